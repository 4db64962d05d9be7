package io.longcat4j.tokenizer;

/**
 * Turns ids into text as they arrive, whole characters only: a character whose bytes are spread
 * over several tokens appears with the last of them. The strings together equal {@link
 * Tokenizer#decode} of all ids. Not thread-safe.
 */
public final class TextDecoder {
  private final Tokenizer tokenizer;
  private final Utf8Assembler assembler = new Utf8Assembler();
  private final StringBuilder complete = new StringBuilder();

  TextDecoder(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * Takes the next id.
   *
   * @param id of a token; one that is in no token adds nothing
   * @return the characters that are complete now, often empty
   */
  public String feed(int id) {
    assembler.append(tokenizer.bytesOf(id), complete);
    return taken();
  }

  /**
   * Ends the text and makes the decoder ready for another.
   *
   * @return U+FFFD if a character was left incomplete, else the empty string
   */
  public String finish() {
    assembler.finish(complete);
    return taken();
  }

  private String taken() {
    String text = complete.toString();
    complete.setLength(0);
    return text;
  }
}
