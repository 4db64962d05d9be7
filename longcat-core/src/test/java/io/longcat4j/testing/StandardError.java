package io.longcat4j.testing;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What the logger of the tests writes. */
public final class StandardError {
  private StandardError() {}

  /** Something that may write. */
  public interface Action {
    void run() throws Exception;
  }

  /** What was written during an action; tests that use it must not run beside others. */
  public static String during(Action action) throws Exception {
    PrintStream original = System.err;
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    try {
      action.run();
    } finally {
      System.setErr(original);
    }
    return written.toString(StandardCharsets.UTF_8);
  }
}
