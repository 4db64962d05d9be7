package io.longcat4j.modality;

import io.longcat4j.CodecFrame;
import java.util.List;
import java.util.Optional;

/**
 * One utterance that becomes sound while its frames are still being generated. What the sessions of
 * a {@link Voice} give does not depend on how the frames are cut into pushes: together it is what
 * {@link Voice#speak} gives, to 1e-4.
 *
 * <p>A session belongs to one utterance. Calls from several threads are served one after the other;
 * sessions of one voice share its weights and do not disturb each other. The caller closes it,
 * which may happen from any thread and at any time.
 */
public interface VoiceSession extends AutoCloseable {
  /**
   * Goes on with the utterance. The work is proportional to the frames pushed.
   *
   * @param frames the next frames, any number of them
   * @return the sound that is determined by now and was not given before: all frames but the last
   *     {@link Voice#lookAheadFrames}; empty if there is none
   * @throws io.longcat4j.InvalidRequestException if an index lies outside its codebook; the session
   *     is as it was before
   * @throws io.longcat4j.LongCatException if the session is finished or closed, or its voice is
   */
  Optional<SpeechChunk> push(List<CodecFrame> frames);

  /**
   * Ends the utterance.
   *
   * @return the sound of the frames that were still waiting; empty if there are none
   * @throws io.longcat4j.LongCatException if the session is finished or closed, or its voice is
   */
  Optional<SpeechChunk> finish();

  /** Frees what the session carries; further calls do nothing. */
  @Override
  void close();
}
