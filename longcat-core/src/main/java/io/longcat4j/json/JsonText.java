package io.longcat4j.json;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.TreeSet;

/** How values of a schema are written in a document, and when two of them are the same. */
final class JsonText {
  private JsonText() {}

  /** A value as a document has it. */
  static String of(JsonNode value) {
    return withoutLoneSurrogates(value.toString());
  }

  /** A string as a document has it, in quotation marks. */
  static String of(String text) {
    return withoutLoneSurrogates(
        '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + '"');
  }

  /** Half a character has no UTF-8, but JSON has an escape for it. */
  private static String withoutLoneSurrogates(String json) {
    if (json.codePoints().noneMatch(JsonText::isSurrogate)) {
      return json;
    }
    StringBuilder escaped = new StringBuilder();
    json.codePoints()
        .forEach(
            c -> {
              if (isSurrogate(c)) {
                escaped.append("\\u").append(Integer.toHexString(c));
              } else {
                escaped.appendCodePoint(c);
              }
            });
    return escaped.toString();
  }

  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  /** Equal for values that JSON Schema holds to be equal: numbers whatever their spelling. */
  static String key(JsonNode value) {
    if (value.isNumber()) {
      BigDecimal number = value.decimalValue();
      return number.signum() == 0 ? "0" : number.stripTrailingZeros().toString();
    }
    if (!value.isContainerNode()) {
      return value.toString();
    }
    StringBuilder key = new StringBuilder(value.isArray() ? "[" : "{");
    if (value.isArray()) {
      value.forEach(element -> key.append(key(element)).append(','));
      return key.append(']').toString();
    }
    TreeSet<String> names = new TreeSet<>();
    value.fieldNames().forEachRemaining(names::add);
    for (String name : names) {
      key.append(of(name)).append(':').append(key(value.path(name))).append(',');
    }
    return key.append('}').toString();
  }
}
