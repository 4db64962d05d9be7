package io.longcat4j;

import java.time.Duration;
import java.util.List;

/**
 * Turns that follow each other. What was said before stays in the model's cache as long as there is
 * room, so that a turn computes only what is new; {@link Statistics#reusedTokens()} tells. Earlier
 * replies are read as the model made them, word ids and codec frames, not as text written again.
 *
 * <pre>{@code
 * try (Conversation conversation = longcat.conversation()) {
 *   System.out.println(conversation.send(Generation.text(), Text.of("Who are you?")).text());
 *   System.out.println(conversation.send(Generation.text(), Text.of("Say it shorter.")).text());
 * }
 * }</pre>
 *
 * <p>Not thread-safe, but for the live parts that it opens; several conversations of one {@link
 * LongCat} may run at once. A reply belongs to the conversation once its stream has ended or was
 * closed; whatever is called before closes it. A reply that was closed or failed half-way stays as
 * far as it came; where it had not begun, the question stays open. A conversation holds memory in
 * proportion to its length and no place in the model's cache of its own: closing it frees nothing
 * but that memory, and what a live part holds.
 *
 * <p>One live part may be open at a time. Whatever adds to the question or asks it ends the part
 * first; going back ends it and forgets it. {@link #checkpoint} and {@link #fork} leave it open:
 * they see it as if it were closed now, for the cost of encoding its last moments. A fork can thus
 * begin to answer while the person may still go on. {@link #positions} leaves it open, too, and
 * counts what the model has been given of it.
 */
public interface Conversation extends AutoCloseable {

  /** A state to come back to; of use to the conversation it is of, and its forks. Immutable. */
  interface Checkpoint {}

  /**
   * Adds to the question that is being asked. The model takes it in at once, beside other requests,
   * so that the reply begins sooner; text-only checkpoints read the question when it is complete.
   *
   * @param parts words and media, in order
   * @throws LongCatException if a part cannot be read; the conversation is as it was before
   */
  void append(Part... parts);

  /**
   * Adds what a tool answered to a call of the last reply; once for each call, in their order. The
   * next {@link #stream} or {@link #send} has the model go on with it, with or without more words.
   *
   * @param result its answer, in JSON or any other text
   * @throws InvalidRequestException if the last reply called no tool, or something else was
   *     appended after it
   */
  void appendToolResult(String result);

  /**
   * Adds a sound to the question while it is being made.
   *
   * @param sampleRateHz samples a second that will be written
   * @return the sound, to be closed by the caller; at most 120 s
   * @throws LongCatException if this model or class path has no ears, or not for this rate
   */
  LiveAudio openAudio(int sampleRateHz);

  /**
   * Adds moving pictures to the question while they are being taken.
   *
   * @param longest how long they may last; they share what a whole video may take, so that a longer
   *     one is seen more coarsely
   * @return the pictures, to be closed by the caller
   * @throws LongCatException if this model or class path has no eyes
   */
  LiveVideo openVideo(Duration longest);

  /**
   * Adds moving pictures and their sound to the question while they are being taken.
   *
   * @param sampleRateHz samples a second that will be written
   * @param longest how long they may last, at most 120 s
   * @return both, to be closed by the caller
   * @throws LongCatException if this model or class path lacks ears or eyes
   */
  LiveInterleaved openInterleaved(int sampleRateHz, Duration longest);

  /**
   * Has the model take in all that a reply to the question so far needs, so that it begins sooner.
   * Adds nothing: the question may grow, be asked otherwise or never; as before {@link #append}, a
   * live part ends and a reply is closed. Text-only checkpoints have their questions taken in by
   * this, which {@link #append} does not. Without effect where nothing is being asked.
   *
   * @param generation how the question is going to be answered, as far as is known
   * @throws LongCatException if the question cannot be read
   */
  default void prepare(Generation generation) {}

  /**
   * Asks, and gives the reply bit by bit.
   *
   * @param generation how to answer
   * @param parts what is left to say, in order; may be none after {@link #append}
   * @return the reply as it is made; close it
   * @throws LongCatException if the question cannot be answered, such as where it does not fit into
   *     the context; the conversation is as it was before
   */
  ReplyStream stream(Generation generation, Part... parts);

  /**
   * Asks, and waits for the whole reply.
   *
   * @param generation how to answer
   * @param parts what is left to say, in order; may be none after {@link #append}
   * @return the reply
   * @throws LongCatException if the question cannot be answered
   */
  default Reply send(Generation generation, Part... parts) {
    try (ReplyStream stream = stream(generation, parts)) {
      return stream.toReply();
    }
  }

  /**
   * Cuts the last reply to what a listener has heard of it: words and sound end after the last
   * punctuation mark before that place, or, where there is none, before the first word. Which words
   * a sound speaks is estimated in proportion within a stretch. A tool's call behind the last word
   * that is kept is taken back, too. Without effect where all was heard, and where less was kept
   * already. The next question may have been begun, and may be heard live: it stays as it is.
   *
   * @param heard sound of the last reply that was played, at least 0; longer than the reply is all
   * @return the words that are kept
   * @throws InvalidRequestException if there is no last reply, it was not spoken, a tool has
   *     answered it, or the time is negative
   */
  String truncateAt(Duration heard);

  /**
   * Forgets all that was said, and goes on after what was said elsewhere. What follows the last
   * reply of the messages is what is being asked; more may be appended.
   *
   * @param messages of any role, in order
   * @throws InvalidRequestException for text-only checkpoints, or if a message cannot be read; the
   *     conversation is as it was before
   */
  void restore(List<Message> messages);

  /**
   * The present state.
   *
   * @return for {@link #rollback}
   */
  Checkpoint checkpoint();

  /**
   * Forgets all that was said since, also what was appended.
   *
   * @param checkpoint of this conversation or one it was forked from
   * @throws InvalidRequestException if it is of another model
   */
  void rollback(Checkpoint checkpoint);

  /**
   * A conversation that goes on from here by itself. Both use the same cache for what they share.
   *
   * @return another conversation, owned by the caller
   */
  Conversation fork();

  /**
   * The same with other instructions and tools for all that was said; sliding or not.
   *
   * @param options of the other conversation
   * @return another conversation, owned by the caller
   * @throws InvalidRequestException if this model's format has instructions in the first question,
   *     which was asked already
   */
  Conversation fork(ConversationOptions options);

  /**
   * Positions of the context taken so far.
   *
   * @return at least 0
   */
  int positions();

  /** Ends the conversation and closes its last stream; idempotent, throws nothing. */
  @Override
  void close();
}
