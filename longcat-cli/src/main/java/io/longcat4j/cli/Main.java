package io.longcat4j.cli;

/** The entry point of {@code longcat}. */
public final class Main {
  private Main() {}

  /**
   * Runs a command and ends the process with its exit code.
   *
   * @param arguments as typed
   */
  public static void main(String[] arguments) {
    System.exit(LongCatCommand.run(Terminal.system(), Home.find(), arguments));
  }
}
