package io.longcat4j;

import java.time.Duration;
import java.util.List;

/**
 * A spoken conversation with eyes open, both sides at once: the model listens while it speaks. The
 * application writes what microphone and camera give, reads {@link #events()}, plays the sound of
 * the replies and tells how much of it was {@link #played}.
 *
 * <pre>{@code
 * try (Session session = longcat.session(SessionOptions.defaults())) {
 *   microphone.onSamples(session::write);               // another thread
 *   for (SessionEvent event : session.events()) {
 *     if (event instanceof AudioDelta sound) {
 *       loudspeaker.play(sound);
 *     } else if (event instanceof Interrupted) {
 *       loudspeaker.stop();
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>While somebody speaks, the model takes in sound and pictures as they come; when they have been
 * silent for {@link TurnDetection#silence()}, it answers. Who speaks while it answers interrupts
 * it: the rest of the reply is forgotten from the last punctuation mark before what was heard.
 *
 * <p>Thread-safe: microphone, camera, loudspeaker and reader may be threads of their own. Methods
 * return before the model has done anything; where {@link #write} is given more than 30 s of sound
 * ahead of the encoders it waits. What fails later is told by {@link Warning} or {@link TurnDone}.
 */
public interface Session extends AutoCloseable {
  /**
   * Goes on with the microphone's sound.
   *
   * @param samples the next ones, any number of them, one channel between -1 and 1, at {@link
   *     SessionOptions#sampleRateHz()}; copied
   * @throws MediaException if a sample is no finite number; nothing of it is heard
   * @throws GenerationCancelledException if the session is closed, or the thread interrupted
   */
  void write(float[] samples);

  /**
   * Goes on with the microphone's sound.
   *
   * @param pcm16 signed 16-bit samples of one channel; copied
   * @throws GenerationCancelledException if the session is closed, or the thread interrupted
   */
  void write(short[] pcm16);

  /**
   * Shows what the camera sees. While somebody speaks, two frames of every second are looked at,
   * else one in two seconds, of which the last {@link SessionOptions#keptFrames()} are put before
   * the next turn. Other frames are left out, so that any number may be shown.
   *
   * @param frame of any size; one of another size than the frame before begins another video
   * @param at when it was taken, counted as the samples are: 0 is the first sample of the session
   * @throws InvalidRequestException if the time is negative or before that of the last frame, or
   *     this model has no eyes
   * @throws GenerationCancelledException if the session is closed
   */
  void show(Pixels frame, Duration at);

  /**
   * Shows what the camera sees, as a picture file; decoded by the calling thread.
   *
   * @param frame of any size and format that {@link Image} reads
   * @param at when it was taken, as in {@link #show(Pixels, Duration)}
   * @throws MediaException if it is no picture
   * @throws LongCatException as {@link #show(Pixels, Duration)}
   */
  void show(Image frame, Duration at);

  /**
   * Says something in writing and has it answered. Interrupts a reply; belongs to what the person
   * is saying, if they are, which ends their turn.
   *
   * @param text the words
   * @throws GenerationCancelledException if the session is closed
   */
  void say(String text);

  /**
   * Adds to the question without having it answered: words, pictures, files. What was said of the
   * question aloud stays before it. Interrupts a reply.
   *
   * @param parts in order
   * @throws GenerationCancelledException if the session is closed
   */
  void add(Part... parts);

  /**
   * Has the question answered as it is; ends the turn of a person who is speaking. Where a reply is
   * being made already, nothing happens.
   *
   * @throws GenerationCancelledException if the session is closed
   */
  void respond();

  /**
   * The same, in another way than {@link SessionOptions#generation()} says, once.
   *
   * @param generation how to answer
   * @throws GenerationCancelledException if the session is closed
   */
  void respond(Generation generation);

  /**
   * Ends the turn of the person, as a button of push-to-talk does, and has it answered if {@link
   * SessionOptions#respondsItself()}. Without anything said nothing happens.
   *
   * @throws GenerationCancelledException if the session is closed
   */
  void commit();

  /**
   * Forgets what the person has said of their turn.
   *
   * @throws GenerationCancelledException if the session is closed
   */
  void clear();

  /**
   * Tells how much of the last reply's sound the loudspeaker has played. Where this is never
   * called, sound counts as played in time from when it was read.
   *
   * @param duration from the beginning of the reply's sound, at least 0; less than was told before
   *     changes nothing
   * @throws InvalidRequestException if it is negative
   * @throws GenerationCancelledException if the session is closed
   */
  void played(Duration duration);

  /**
   * Cuts the reply off, as somebody does who speaks. Without one, nothing happens.
   *
   * @throws GenerationCancelledException if the session is closed
   */
  void interrupt();

  /**
   * Cuts the last reply, whose sound was stopped, to what the loudspeaker has really played: as
   * {@link #interrupt} does with a time of its own, or after {@link Interrupted} and while the
   * person speaks already, where it was less than the session had taken it for. {@link Interrupted}
   * tells the words that are kept. Without effect for an earlier reply.
   *
   * @param turn of {@link TurnStarted}
   * @param heard how much of its sound was played, at least 0
   * @throws InvalidRequestException if the time is negative
   * @throws GenerationCancelledException if the session is closed
   */
  void truncate(int turn, Duration heard);

  /**
   * Forgets all that was said, and goes on after what was said elsewhere; a reply is cut off first,
   * and what the person is saying is forgotten. What follows the last reply of the messages is what
   * is being asked.
   *
   * @param messages of any role, in order
   * @throws GenerationCancelledException if the session is closed
   */
  void restore(List<Message> messages);

  /**
   * Gives what a tool answered. When all calls of the reply have their results, the model goes on
   * if {@link SessionOptions#respondsItself()}, else with {@link #respond()}.
   *
   * @param callId of the {@link ToolCall}
   * @param result its answer, in JSON or any other text
   * @throws InvalidRequestException if no such call waits for a result: it has one, or the
   *     conversation went on without it
   * @throws GenerationCancelledException if the session is closed
   */
  void toolResult(String callId, String result);

  /**
   * Changes how turns are detected, replies generated and so on, from now on; other instructions
   * and tools from the next reply on.
   *
   * @param options as before but for instructions, tools, {@link SessionOptions#sliding()}, {@link
   *     SessionOptions#generation()}, {@link SessionOptions#detection()}, {@link
   *     SessionOptions#interruptible()}, {@link SessionOptions#resume()} and {@link
   *     SessionOptions#respondsItself()}
   * @throws InvalidRequestException if anything else differs
   * @throws GenerationCancelledException if the session is closed
   */
  void update(SessionOptions options);

  /**
   * What happens, for one reader.
   *
   * @return always the same; closing it closes the session
   */
  SessionEvents events();

  /**
   * What the session has done.
   *
   * @return figures up to now
   */
  SessionStatistics statistics();

  /**
   * Ends the session: a reply is cut off, {@link SessionClosed} follows what waits to be read.
   * Idempotent, throws nothing.
   */
  @Override
  void close();
}
