package io.longcat4j.parallel;

import io.longcat4j.RankFailedException;
import io.longcat4j.spi.Cancellation;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BiConsumer;

/** Questions and answers between processes, piece by piece on the connections for orders. */
final class QuestionTraffic implements Questions.Line {
  private final List<Peer> peers;
  private final BiConsumer<Peer, Frame> writer;
  private final Watch usable;
  private final Questions questions = new Questions(this);
  private final Answers answers;

  /**
   * For one rank.
   *
   * @param peers the others, in order; filled before anything is asked
   * @param writer sends a frame, or throws that a rank failed
   * @param usable throws where nothing can be asked any more
   * @param answers what other ranks than 0 do
   */
  QuestionTraffic(List<Peer> peers, BiConsumer<Peer, Frame> writer, Watch usable, Answers answers) {
    this.peers = peers;
    this.writer = writer;
    this.usable = usable;
    this.answers = answers;
  }

  ByteBuffer ask(int rank, ByteBuffer question, Cancellation wanted) {
    return questions.ask(rank, question, wanted);
  }

  Answering answer(Answerer answerer) {
    answers.start(answerer);
    return answers;
  }

  /** Nothing is answered any more. */
  void leave() {
    answers.leave();
  }

  @Override
  public void ask(int rank, long id, ByteBuffer question, Watch watch) {
    ByteBuffer rest = question.duplicate();
    do {
      watch.check();
      writer.accept(peer(rank), Pieces.next(FrameKind.QUESTION, id, rest));
    } while (rest.hasRemaining());
  }

  @Override
  public void forget(int rank, long id) {
    ByteBuffer whose = ByteBuffer.allocate(Long.BYTES).putLong(id).flip();
    try {
      writer.accept(peer(rank), new Frame(FrameKind.FORGET, whose));
    } catch (RankFailedException e) {
      // Then there is nothing to forget.
    }
  }

  @Override
  public void check(int rank) {
    usable.check();
  }

  private Peer peer(int rank) {
    return peers.get(rank - 1);
  }

  /** On the thread that reads from a peer. */
  void heard(Peer peer, Frame frame) throws MalformedFrameException {
    long id = Pieces.id(frame.payload());
    switch (frame.kind()) {
      case QUESTION -> {
        ByteBuffer question = peer.pieces.add(frame.payload());
        if (question != null) {
          answers.asked(id, question.asReadOnlyBuffer(), answer -> send(peer, id, answer));
        }
      }
      case ANSWER -> {
        if (!questions.wasAsked(peer.rank, id)) {
          throw new MalformedFrameException("an answer to question " + id + ", which nobody asked");
        }
        ByteBuffer answer = peer.pieces.add(frame.payload());
        if (answer != null) {
          questions.answered(id, answer);
        }
      }
      case FORGET -> {
        peer.pieces.forget(id);
        answers.forget(id);
      }
      default -> throw new MalformedFrameException("a frame " + frame.kind());
    }
  }

  private void send(Peer peer, long id, ByteBuffer answer) {
    ByteBuffer rest = answer.duplicate();
    do {
      writer.accept(peer, Pieces.next(FrameKind.ANSWER, id, rest));
    } while (rest.hasRemaining());
  }
}
