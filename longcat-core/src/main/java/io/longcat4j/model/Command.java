package io.longcat4j.model;

/**
 * Something for the model to do: a value that {@link ModelRunner} runs, on this rank or, as bytes,
 * on others. Immutable. Commands refer to what the ones before them left behind, so each rank runs
 * the same ones in the same order.
 */
public sealed interface Command permits Pass, Draft, AudioHead {
  /** Stands for no id. */
  int NONE = -1;

  /**
   * This command as bytes: a version, a kind, then numbers, the lowest byte first.
   *
   * @return what {@link #read} makes an equal command of
   */
  default byte[] toBytes() {
    return CommandWriter.write(this);
  }

  /**
   * A command of bytes that may come from anywhere. Whether a model can run it is another matter,
   * which its runner checks.
   *
   * @param bytes from {@link #toBytes}
   * @return the command
   * @throws MalformedCommandException if they are none
   */
  static Command read(byte[] bytes) {
    return CommandReader.read(bytes);
  }
}
