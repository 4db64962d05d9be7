package io.longcat4j.spi;

/** Opens codecs; found by {@link java.util.ServiceLoader}. */
public interface CodecProvider {
  /**
   * Finds the halves of a codec; each is loaded when it is first needed.
   *
   * @param options what the application asked for
   * @return the codec, owned by the caller
   * @throws io.longcat4j.CheckpointException if there is neither half
   */
  Codec open(CodecOptions options);
}
