package io.longcat4j.tokenizer;

/**
 * How much work one text may still cause: characters that are looked at, whatever a checkpoint's
 * patterns ask for. Not thread-safe.
 */
final class Steps {
  private static final long FOR_ANY_TEXT = 20_000_000;
  private static final long FOR_A_CHARACTER = 200;

  private long left;

  private Steps(long left) {
    this.left = left;
  }

  /** Enough for any usual pattern, and for one that goes back over a few thousand characters. */
  static Steps forText(CharSequence text) {
    return new Steps(FOR_ANY_TEXT + FOR_A_CHARACTER * text.length());
  }

  /** Looks at one more character. */
  void take() {
    if (--left < 0) {
      throw new Exhausted();
    }
  }

  /** A text that counts how often somebody looks at its characters. */
  CharSequence counting(String text) {
    return new Counted(text, this);
  }

  private record Counted(String text, Steps steps) implements CharSequence {
    @Override
    public char charAt(int index) {
      steps.take();
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** Nothing is left. Whoever knows what took so long says so. */
  static final class Exhausted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Exhausted() {
      super(null, null, false, false);
    }
  }
}
