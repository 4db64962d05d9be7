package io.longcat4j.session;

import io.longcat4j.Conversation;
import io.longcat4j.ConversationOptions;
import io.longcat4j.Generation;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCatException;
import io.longcat4j.Part;
import io.longcat4j.ReplyStream;
import io.longcat4j.Video;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the conversation of a session: encoders and model are asked here, one thing after the
 * other, on another thread than that which listens. Methods belong to one thread at a time and
 * return at once; what they ask for is done in their order. Owns the conversation.
 */
final class Mind {
  private static final Logger LOG = LoggerFactory.getLogger(Mind.class);

  /** Hears what became of it; called on the mind's thread. */
  interface Listener {
    /** A reply is being made. */
    void onReply(int reply, ReplyStream stream);

    /** A reply could not be begun; never called for one that may be thrown away. */
    void onFailed(int reply, LongCatException reason);

    /** Something was lost. */
    void onTrouble(String what);

    /** Pictures were looked at. */
    void onSeen(int frames);
  }

  /** A reply that may be thrown away, in a conversation of its own. */
  private record Speculation(int reply, Conversation fork, ReplyStream stream) {}

  private final Serial serial;
  private final Listener listener;
  private final Backlog backlog;
  private final Intake intake;
  private final Object lock = new Object();
  private @Nullable Hearing last;
  private Conversation conversation;
  private Conversation.@Nullable Checkpoint begun;
  private @Nullable Speculation speculation;
  private @Nullable Conversation ready;
  private boolean closed;

  Mind(
      Conversation conversation, Serial serial, Backlog backlog, Intake intake, Listener listener) {
    this.conversation = conversation;
    this.serial = serial;
    this.listener = listener;
    this.backlog = backlog;
    this.intake = intake;
  }

  /** Sound that waits; more of it may come in before anything else does. */
  private final class Hearing implements Runnable {
    private final Sound sound = new Sound();
    private final long atSample;

    Hearing(long atSample) {
      this.atSample = atSample;
    }

    @Override
    public void run() {
      float[] samples;
      synchronized (lock) {
        if (last == this) {
          last = null;
        }
        samples = sound.toArray();
      }
      try {
        attempt(
            "Some of what was said was not heard",
            () -> intake.hear(conversation, samples, atSample));
      } finally {
        backlog.leave(samples.length);
      }
    }
  }

  private void then(Runnable task) {
    synchronized (lock) {
      last = null;
    }
    serial.execute(
        () -> {
          if (!closed) {
            task.run();
          }
        });
  }

  /** The person begins; what was seen before comes first. */
  void begin(List<Video> seen, boolean watching) {
    then(
        () ->
            attempt(
                "What was seen before the turn is left out",
                () -> {
                  begun = conversation.checkpoint();
                  intake.begin(watching);
                  if (!seen.isEmpty()) {
                    conversation.append(seen.toArray(new Part[0]));
                    listener.onSeen(seen.stream().mapToInt(Mind::framesOf).sum());
                  }
                }));
  }

  private static int framesOf(Video video) {
    return video.content() instanceof Video.Decoded decoded
        ? decoded.frames().pairSeconds().size()
        : 0;
  }

  /** Goes on with what the person says. */
  void hear(float[] samples, long atSample) {
    backlog.add(samples.length);
    Hearing next;
    synchronized (lock) {
      if (last != null) {
        last.sound.add(samples);
        return;
      }
      next = new Hearing(atSample);
      next.sound.add(samples);
      last = next;
    }
    serial.execute(next);
  }

  /** Goes on with what the camera sees while the person speaks. */
  void see(SeenFrame frame) {
    then(
        () ->
            attempt(
                "A picture was left out",
                () -> listener.onSeen(intake.see(conversation, frame) ? 1 : 0)));
  }

  /** Begins a reply to what was said so far. */
  void speculate(int reply, Generation generation) {
    then(
        () -> {
          try {
            Conversation fork = conversation.fork();
            speculation = new Speculation(reply, fork, speculated(fork, generation));
            listener.onReply(reply, speculation.stream);
          } catch (LongCatException e) {
            LOG.debug("A reply was not begun ahead", e);
          }
        });
  }

  private ReplyStream speculated(Conversation fork, Generation generation) {
    try {
      intake.rest().ifPresent(fork::append);
      return fork.stream(generation);
    } catch (RuntimeException | Error e) {
      fork.close();
      throw e;
    }
  }

  /** Has all that was said so far taken in, in case the turn is over. */
  void prepare(Generation generation) {
    then(
        () -> {
          try {
            ready = taken(generation);
          } catch (LongCatException e) {
            LOG.debug("A question was not taken in ahead", e);
          }
        });
  }

  private Conversation taken(Generation generation) {
    Conversation fork = conversation.fork();
    try {
      fork.append(intake.rest().stream().toArray(Part[]::new));
      fork.prepare(generation);
      return fork;
    } catch (RuntimeException | Error e) {
      fork.close();
      throw e;
    }
  }

  /** Throws the begun reply away, or what was taken in for one. */
  void discard() {
    then(this::drop);
  }

  private void drop() {
    Speculation dropped = speculation;
    speculation = null;
    if (dropped != null) {
      dropped.stream.close();
      dropped.fork.close();
    }
    if (ready != null) {
      ready.close();
      ready = null;
    }
  }

  /** The begun reply is the reply. Without one, the question is asked now. */
  void keep(int reply, Generation generation) {
    then(
        () -> {
          Speculation kept = speculation;
          speculation = null;
          if (kept != null && kept.reply == reply) {
            goOnIn(kept.fork);
          } else {
            answer(reply, generation);
          }
        });
  }

  private void goOnIn(Conversation fork) {
    intake.forget();
    conversation.close();
    conversation = fork;
  }

  /** Has the question answered. */
  void ask(int reply, Generation generation) {
    then(() -> answer(reply, generation));
  }

  private void answer(int reply, Generation generation) {
    begin(
        reply,
        () -> {
          Conversation prepared = ready;
          ready = null;
          if (prepared == null) {
            intake.end(conversation);
          } else {
            goOnIn(prepared);
          }
          return conversation.stream(generation);
        });
  }

  private void begin(int reply, Supplier<ReplyStream> stream) {
    try {
      listener.onReply(reply, stream.get());
    } catch (LongCatException e) {
      listener.onFailed(reply, e);
    }
  }

  /**
   * Cuts the last reply.
   *
   * @param heard of its sound
   * @param kept hears which words are kept
   */
  void cut(Duration heard, Consumer<String> kept) {
    then(() -> kept.accept(truncated(heard)));
  }

  private String truncated(Duration heard) {
    try {
      return conversation.truncateAt(heard);
    } catch (InvalidRequestException nothingWasSaidYet) {
      return "";
    } catch (LongCatException e) {
      listener.onTrouble("A reply was not cut to what was heard: " + e.getMessage());
      return "";
    }
  }

  /** Adds to the question. */
  void append(List<Part> parts) {
    then(
        () ->
            attempt(
                "What was added is left out",
                () -> {
                  intake.end(conversation);
                  conversation.append(parts.toArray(new Part[0]));
                }));
  }

  /** Adds what tools answered, in the order of their calls. */
  void answered(List<String> results) {
    then(
        () ->
            attempt(
                "A tool's result is left out",
                () -> results.forEach(conversation::appendToolResult)));
  }

  /** Forgets what was said since the person began. */
  void forget() {
    then(
        () -> {
          intake.forget();
          Conversation.Checkpoint beginning = begun;
          if (beginning != null) {
            attempt("What was cleared is kept", () -> conversation.rollback(beginning));
          }
        });
  }

  /** Does something with the conversation that gives another one. */
  void change(Function<Conversation, Conversation> change) {
    then(
        () ->
            attempt(
                "The session's options were not changed",
                () -> {
                  intake.end(conversation);
                  Conversation other = change.apply(conversation);
                  if (other != conversation) {
                    conversation.close();
                    conversation = other;
                    begun = null;
                  }
                }));
  }

  /** Goes on under other instructions. */
  void instruct(ConversationOptions options) {
    change(before -> before.fork(options));
  }

  void close() {
    then(
        () -> {
          closed = true;
          drop();
          conversation.close();
        });
  }

  private void attempt(String otherwise, Runnable action) {
    if (closed) {
      return;
    }
    try {
      action.run();
    } catch (LongCatException e) {
      listener.onTrouble(otherwise + ": " + e.getMessage());
    }
  }
}
