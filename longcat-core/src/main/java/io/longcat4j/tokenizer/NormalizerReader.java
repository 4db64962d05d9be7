package io.longcat4j.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import io.longcat4j.InvalidRequestException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads the {@code normalizer} of a {@code tokenizer.json}. */
final class NormalizerReader {
  private static final int LONGEST = 1 << 25;

  private final TokenizerSection section;

  NormalizerReader(TokenizerSection section) {
    this.section = section;
  }

  TextRewrite read(JsonNode node) {
    if (node.isNull() || node.isMissingNode()) {
      return (text, steps) -> text;
    }
    String type = section.type(node);
    return switch (type) {
      case "NFC" -> (text, steps) -> Normalizer.normalize(text, Normalizer.Form.NFC);
      case "NFD" -> (text, steps) -> Normalizer.normalize(text, Normalizer.Form.NFD);
      case "NFKC" -> (text, steps) -> Normalizer.normalize(text, Normalizer.Form.NFKC);
      case "NFKD" -> (text, steps) -> Normalizer.normalize(text, Normalizer.Form.NFKD);
      case "Lowercase" -> (text, steps) -> lowercase(text);
      case "Prepend" -> prepend(section.text(node, "prepend"));
      case "Replace" -> replace(section.pattern(node), section.text(node, "content"));
      case "Sequence" -> sequence(section.array(node, "normalizers"));
      default ->
          throw section.unsupported(
              type, "NFC, NFD, NFKC, NFKD, Lowercase, Prepend, Replace, Sequence");
    };
  }

  private TextRewrite sequence(JsonNode nodes) {
    List<TextRewrite> rewrites = new ArrayList<>();
    nodes.forEach(node -> rewrites.add(read(node)));
    return (text, steps) -> {
      String result = text;
      for (TextRewrite rewrite : rewrites) {
        result = rewrite.apply(result, steps);
      }
      return result;
    };
  }

  private static TextRewrite prepend(String prefix) {
    return (text, steps) -> text.isEmpty() ? text : prefix + text;
  }

  private static TextRewrite replace(SplitPattern pattern, String content) {
    return (text, steps) -> {
      SplitPattern.Spans spans = pattern.spansOf(text, steps);
      StringBuilder result = new StringBuilder(text.length());
      int start = 0;
      for (int i = 0; i < spans.count(); i++) {
        result.append(spans.isMatch(i) ? content : text.substring(start, spans.end(i)));
        start = spans.end(i);
        requireBounded(result, pattern);
      }
      return result.toString();
    };
  }

  private static void requireBounded(StringBuilder result, SplitPattern pattern) {
    if (result.length() > LONGEST) {
      throw new InvalidRequestException(
          "A text grows to more than "
              + LONGEST
              + " characters where the checkpoint's normalizer replaces "
              + pattern
              + "; pass it in shorter parts");
    }
  }

  /** Character by character: a capital sigma at the end of a word becomes a plain one. */
  private static String lowercase(String text) {
    StringBuilder result = new StringBuilder(text.length());
    text.codePoints().forEach(c -> result.append(Character.toString(c).toLowerCase(Locale.ROOT)));
    return result.toString();
  }
}
