package io.longcat4j.remote;

/** What a question is about; each begins with its name. */
enum Ask {
  /** What there is on that rank. */
  DESCRIBE,
  /** {@link io.longcat4j.modality.Vision}: parts, a pair of frames of a live video, pixels. */
  SEE,
  SEE_PAIR,
  DECODE,
  /** {@link io.longcat4j.modality.Hearing}: a whole sound, or one that comes bit by bit. */
  HEAR,
  EARS_OPEN,
  EARS_PUSH,
  EARS_FINISH,
  EARS_FORK,
  EARS_CLOSE,
  /** {@link io.longcat4j.modality.Voice}: a whole utterance, or one that comes bit by bit. */
  SPEAK,
  VOICE_OPEN,
  VOICE_PUSH,
  VOICE_FINISH,
  VOICE_CLOSE
}
