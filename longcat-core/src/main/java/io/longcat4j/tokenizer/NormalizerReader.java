package io.longcat4j.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads the {@code normalizer} of a {@code tokenizer.json}. */
final class NormalizerReader {
  private final TokenizerSection section;

  NormalizerReader(TokenizerSection section) {
    this.section = section;
  }

  TextRewrite read(JsonNode node) {
    if (node.isNull() || node.isMissingNode()) {
      return text -> text;
    }
    String type = section.type(node);
    return switch (type) {
      case "NFC" -> text -> Normalizer.normalize(text, Normalizer.Form.NFC);
      case "NFD" -> text -> Normalizer.normalize(text, Normalizer.Form.NFD);
      case "NFKC" -> text -> Normalizer.normalize(text, Normalizer.Form.NFKC);
      case "NFKD" -> text -> Normalizer.normalize(text, Normalizer.Form.NFKD);
      case "Lowercase" -> NormalizerReader::lowercase;
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
    return text -> {
      String result = text;
      for (TextRewrite rewrite : rewrites) {
        result = rewrite.apply(result);
      }
      return result;
    };
  }

  private static TextRewrite prepend(String prefix) {
    return text -> text.isEmpty() ? text : prefix + text;
  }

  private static TextRewrite replace(SplitPattern pattern, String content) {
    return text -> {
      SplitPattern.Spans spans = pattern.spansOf(text);
      StringBuilder result = new StringBuilder(text.length());
      int start = 0;
      for (int i = 0; i < spans.count(); i++) {
        result.append(spans.isMatch(i) ? content : text.substring(start, spans.end(i)));
        start = spans.end(i);
      }
      return result.toString();
    };
  }

  /** Character by character: a capital sigma at the end of a word becomes a plain one. */
  private static String lowercase(String text) {
    StringBuilder result = new StringBuilder(text.length());
    text.codePoints().forEach(c -> result.append(Character.toString(c).toLowerCase(Locale.ROOT)));
    return result.toString();
  }
}
