package io.longcat4j.cli.quantize;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Texts that two checkpoints are compared on. */
public final class Prompts {
  private static final int MOST_TOKENS = 8192;

  private static final List<String> DEFAULT =
      List.of(
          "The capital of France is Paris, and the capital of Italy is Rome. The capital of Japan"
              + " is",
          "Water boils at 100 degrees Celsius at sea level, but on a high mountain it boils sooner,"
              + " because the pressure of the air is lower there.",
          "public static int gcd(int a, int b) {\n  return b == 0 ? a : gcd(b, a % b);\n}",
          "Three apples cost 2.40 euros. How much do seven apples cost? One apple costs 2.40 / 3 ="
              + " 0.80 euros, so seven apples cost 7 * 0.80 =",
          "\u7535\u89c6\u548c\u6536\u97f3\u673a\u6709\u4ec0\u4e48\u4e0d\u540c\uff1f\u8bf7\u7528\u4e00"
              + "\u53e5\u8bdd\u56de\u7b54\u3002",
          "Es war einmal ein alter M\u00fcller, der hatte drei S\u00f6hne, eine M\u00fchle und einen"
              + " Esel.");

  private Prompts() {}

  /**
   * Reads and encodes prompts; each begins with the model's token for the beginning of text.
   *
   * @param checkpoint whose tokenizer is used
   * @param file one prompt on each line that is not blank; empty for the default ones
   * @return ids of each, at most 8192
   * @throws InvalidRequestException if the file cannot be read, or has no prompt
   */
  public static List<int[]> ids(Checkpoint checkpoint, Optional<Path> file) {
    Tokenizer tokenizer = Tokenizer.open(checkpoint.directory()).asPlainText();
    int most = Math.min(MOST_TOKENS, checkpoint.model().maxPositionEmbeddings());
    return file.map(Prompts::read).orElse(DEFAULT).stream()
        .map(text -> ids(tokenizer.encode(text), checkpoint.model().bosTokenId(), most))
        .toList();
  }

  private static int[] ids(int[] text, int beginning, int most) {
    int[] ids = Arrays.copyOf(new int[] {beginning}, Math.min(most, text.length + 1));
    System.arraycopy(text, 0, ids, 1, ids.length - 1);
    return ids;
  }

  private static List<String> read(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file).stream().filter(line -> !line.isBlank()).toList();
    } catch (IOException e) {
      throw new InvalidRequestException(
          "--prompts " + file + ": cannot be read as UTF-8 text (" + e + "); correct the path", e);
    }
    if (lines.isEmpty()) {
      throw new InvalidRequestException(
          "--prompts " + file + ": has no text; write one prompt on each line");
    }
    return lines;
  }
}
