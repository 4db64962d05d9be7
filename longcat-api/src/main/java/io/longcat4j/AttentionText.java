package io.longcat4j;

import io.longcat4j.Attention.Kind;
import io.longcat4j.Attention.Scorer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Policies of attention in words. */
final class AttentionText {
  private static final String FORMS =
      "dense, top-k:N, top-share:RHO:LEAST, int8:N, columns:N, pages:N, int8:RHO:LEAST,"
          + " columns:RHO:LEAST, pages:RHO:LEAST or window:SINKS:RECENT, and after commas shared, sinks=N, recent=N, dense-prefix=N,"
          + " blocks=0+3+8, measure=STEPS, speculative";

  private AttentionText() {}

  static String name(Kind kind) {
    return kind == Kind.DENSE ? "that is dense" : "'" + word(kind) + "'";
  }

  private static String word(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static String write(Attention policy) {
    StringBuilder text = new StringBuilder();
    text.append(policy.scorer().map(AttentionText::word).orElse(word(policy.kind())));
    if (policy.isWindow()) {
      text.append(':').append(policy.sinks()).append(':').append(policy.recent());
    } else if (!policy.isDense()) {
      if (policy.share() > 0) {
        text.append(':').append(policy.share());
      }
      text.append(':').append(policy.positions());
    }
    if (policy.sharedByHeads()) {
      text.append(",shared");
    }
    if (!policy.isWindow()) {
      option(text, "sinks", policy.sinks());
      option(text, "recent", policy.recent());
    }
    option(text, "dense-prefix", policy.densePrefix());
    if (!policy.blocks().isEmpty()) {
      text.append(",blocks=")
          .append(policy.blocks().stream().map(String::valueOf).collect(Collectors.joining("+")));
    }
    option(text, "measure", policy.measureEvery());
    if (policy.speculative()) {
      text.append(",speculative");
    }
    return text.toString();
  }

  private static String word(Scorer scorer) {
    return scorer.name().toLowerCase(Locale.ROOT);
  }

  private static void option(StringBuilder text, String name, int value) {
    if (value > 0) {
      text.append(',').append(name).append('=').append(value);
    }
  }

  static Attention parse(String text) {
    List<String> parts = List.of(text.split(",", -1));
    Attention.Builder builder = kind(text, parts.get(0)).toBuilder();
    int sinks = -1;
    int recent = -1;
    for (String part : parts.subList(1, parts.size())) {
      String value = part.substring(part.indexOf('=') + 1);
      switch (part.substring(0, part.length() - value.length())) {
        case "" -> {
          if (part.equals("shared")) {
            builder.sharedByHeads();
          } else if (part.equals("speculative")) {
            builder.speculative();
          } else {
            throw unknown(text);
          }
        }
        case "sinks=" -> sinks = number(text, value);
        case "recent=" -> recent = number(text, value);
        case "dense-prefix=" -> builder.densePrefix(number(text, value));
        case "measure=" -> builder.measureEvery(number(text, value));
        case "blocks=" ->
            builder.blocks(
                Arrays.stream(value.split("\\+", -1)).mapToInt(b -> number(text, b)).toArray());
        default -> throw unknown(text);
      }
    }
    if (sinks >= 0 || recent >= 0) {
      if (parts.get(0).startsWith("window")) {
        throw new InvalidRequestException(
            "'" + text + "' tells its sinks and its window twice; write window:SINKS:RECENT");
      }
      builder.alwaysKeep(Math.max(sinks, 0), Math.max(recent, 0));
    }
    return builder.build();
  }

  private static Attention kind(String text, String first) {
    String[] words = first.split(":", -1);
    return switch (words[0] + "/" + (words.length - 1)) {
      case "dense/0" -> Attention.dense();
      case "top-k/1" -> Attention.topK(number(text, words[1]));
      case "top-share/2" -> Attention.topShare(share(text, words[1]), number(text, words[2]));
      case "int8/1" -> Attention.approximate(number(text, words[1]), Scorer.INT8);
      case "pages/1" -> Attention.approximate(number(text, words[1]), Scorer.PAGES);
      case "columns/1" -> Attention.approximate(number(text, words[1]), Scorer.COLUMNS);
      case "columns/2" -> approximate(text, words, Scorer.COLUMNS);
      case "int8/2" -> approximate(text, words, Scorer.INT8);
      case "pages/2" -> approximate(text, words, Scorer.PAGES);
      case "window/2" -> Attention.sinkAndWindow(number(text, words[1]), number(text, words[2]));
      default -> throw unknown(text);
    };
  }

  private static Attention approximate(String text, String[] words, Scorer scorer) {
    return Attention.approximateShare(share(text, words[1]), number(text, words[2]), scorer);
  }

  private static int number(String text, String digits) {
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      throw unknown(text, e);
    }
  }

  private static double share(String text, String digits) {
    try {
      return Double.parseDouble(digits);
    } catch (NumberFormatException e) {
      throw unknown(text, e);
    }
  }

  private static InvalidRequestException unknown(String text) {
    return new InvalidRequestException("'" + text + "' is no attention; write " + FORMS);
  }

  private static InvalidRequestException unknown(String text, Exception cause) {
    return new InvalidRequestException("'" + text + "' is no attention; write " + FORMS, cause);
  }
}
