package io.longcat4j.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Reads the {@code pre_tokenizer} of a {@code tokenizer.json}. */
final class PreTokenizerReader {
  private static final String GPT2 =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
  private static final String RUST_WORD = "\\p{IsAlphabetic}\\p{M}\\p{Nd}\\p{Pc}\\x{200C}\\x{200D}";

  private final TokenizerSection section;

  PreTokenizerReader(TokenizerSection section) {
    this.section = section;
  }

  TextCut read(JsonNode node) {
    if (node.isNull() || node.isMissingNode()) {
      return (piece, steps, out) -> out.add(piece);
    }
    String type = section.type(node);
    return switch (type) {
      case "ByteLevel" -> byteLevel(node);
      case "Split" ->
          split(
              section.pattern(node),
              behavior(section.text(node, "behavior")),
              section.flag(node, "invert", false));
      case "Sequence" -> sequence(section.array(node, "pretokenizers"));
      case "Digits" -> digits(section.flag(node, "individual_digits", false));
      case "Punctuation" -> punctuation(node);
      case "Whitespace" ->
          split(
              SplitPattern.ofJava("[" + RUST_WORD + "]+|[^" + RUST_WORD + "\\p{IsWhite_Space}]+"),
              SplitBehavior.REMOVED,
              true);
      case "WhitespaceSplit" ->
          split(SplitPattern.ofJava("\\p{IsWhite_Space}"), SplitBehavior.REMOVED, false);
      default ->
          throw section.unsupported(
              type, "ByteLevel, Split, Sequence, Digits, Punctuation, Whitespace, WhitespaceSplit");
    };
  }

  private TextCut byteLevel(JsonNode node) {
    boolean prefixSpace = section.flag(node, "add_prefix_space", true);
    SplitPattern words =
        section.flag(node, "use_regex", true) ? SplitPattern.ofOniguruma(GPT2) : null;
    return (piece, steps, out) -> {
      String text = prefixSpace && !piece.startsWith(" ") ? " " + piece : piece;
      int first = out.size();
      if (words == null) {
        out.add(text);
      } else {
        SplitBehavior.ISOLATED.split(text, words, false, steps, out);
      }
      out.subList(first, out.size()).replaceAll(ByteAlphabet::encode);
    };
  }

  private TextCut sequence(JsonNode nodes) {
    List<TextCut> cuts = new ArrayList<>();
    nodes.forEach(node -> cuts.add(read(node)));
    return (piece, steps, out) -> {
      List<String> pieces = List.of(piece);
      for (TextCut cut : cuts) {
        List<String> smaller = new ArrayList<>();
        for (String each : pieces) {
          cut.split(each, steps, smaller);
        }
        pieces = smaller;
      }
      out.addAll(pieces);
    };
  }

  private TextCut digits(boolean individual) {
    return split(
        SplitPattern.ofJava("\\p{N}"),
        individual ? SplitBehavior.ISOLATED : SplitBehavior.CONTIGUOUS,
        false);
  }

  private TextCut punctuation(JsonNode node) {
    SplitBehavior behavior =
        node.has("behavior") ? behavior(section.text(node, "behavior")) : SplitBehavior.ISOLATED;
    return split(SplitPattern.ofJava("[\\p{P}!-/:-@\\[-`{-~]"), behavior, false);
  }

  private static TextCut split(SplitPattern pattern, SplitBehavior behavior, boolean invert) {
    return (piece, steps, out) -> behavior.split(piece, pattern, invert, steps, out);
  }

  private SplitBehavior behavior(String name) {
    return switch (name) {
      case "Removed" -> SplitBehavior.REMOVED;
      case "Isolated" -> SplitBehavior.ISOLATED;
      case "MergedWithPrevious" -> SplitBehavior.MERGED_WITH_PREVIOUS;
      case "MergedWithNext" -> SplitBehavior.MERGED_WITH_NEXT;
      case "Contiguous" -> SplitBehavior.CONTIGUOUS;
      default ->
          throw section.unsupported(
              "behavior " + name,
              "Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous");
    };
  }
}
