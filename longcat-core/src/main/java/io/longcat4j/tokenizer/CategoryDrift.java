package io.longcat4j.tokenizer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Makes regular expressions see every text as Unicode 16 does, whatever version the running JDK
 * knows: a character whose general category differs is replaced, for matching only, by a stand-in
 * of the right category and the same length. JDK 25 needs no stand-ins, JDK 17 needs them for
 * characters assigned after Unicode 13. Immutable.
 */
final class CategoryDrift {
  private static final int BLOCK_SHIFT = 8;
  private static final int FIRST_BEYOND_ASCII = 0x80;

  private final Map<Integer, String> standIns;
  private final BitSet driftedBlocks = new BitSet();

  CategoryDrift(Map<Integer, String> standIns) {
    // no Map.copyOf: runs of neighbouring keys make its look-up of any other key linear
    this.standIns = new HashMap<>(standIns);
    standIns.keySet().forEach(codePoint -> driftedBlocks.set(codePoint >> BLOCK_SHIFT));
  }

  /** The difference between the running JDK and Unicode 16; computed once. */
  static CategoryDrift ofThisJdk() {
    return Holder.DRIFT;
  }

  /**
   * The shadow of a text on the running JDK. ASCII has kept its categories in all versions: a
   * process that sees nothing else does not compare a million characters first.
   */
  static String shadowOnThisJdk(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= FIRST_BEYOND_ASCII) {
        return ofThisJdk().shadow(text);
      }
    }
    return text;
  }

  /** A text of the same length whose characters have their Unicode 16 categories. */
  String shadow(String text) {
    if (standIns.isEmpty()) {
      return text;
    }
    StringBuilder shadow = null;
    int codePoint;
    for (int i = 0; i < text.length(); i += Character.charCount(codePoint)) {
      codePoint = text.codePointAt(i);
      if (codePoint >= FIRST_BEYOND_ASCII && driftedBlocks.get(codePoint >> BLOCK_SHIFT)) {
        String standIn = standIns.get(codePoint);
        if (standIn != null) {
          shadow = shadow == null ? new StringBuilder(text) : shadow;
          for (int k = 0; k < standIn.length(); k++) {
            shadow.setCharAt(i + k, standIn.charAt(k));
          }
        }
      }
    }
    return shadow == null ? text : shadow.toString();
  }

  private static final class Holder {
    static final CategoryDrift DRIFT = measure(readCategories());

    private static byte[] readCategories() {
      byte[] categories = new byte[Character.MAX_CODE_POINT + 1];
      int from = 0;
      for (String run : resource().split("\\s+", -1)) {
        int to = from + Integer.parseInt(run.substring(2), 36);
        java.util.Arrays.fill(categories, from, to, (byte) categoryNamed(run.substring(0, 2)));
        from = to;
      }
      return categories;
    }

    private static String resource() {
      try (InputStream in = CategoryDrift.class.getResourceAsStream("unicode-16-categories.txt")) {
        if (in == null) {
          throw new IllegalStateException("unicode-16-categories.txt is missing from longcat-core");
        }
        return new String(in.readAllBytes(), StandardCharsets.US_ASCII).trim();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static int categoryNamed(String name) {
      String names = "CnLuLlLtLmLoMnMeMcNdNlNoZsZlZpCcCf--CoCsPdPsPePcPoSmScSkSoPiPf";
      return names.indexOf(name) / 2;
    }

    private static CategoryDrift measure(byte[] categories) {
      Map<Integer, String> standIns = new HashMap<>();
      Map<Integer, String> chosen = new HashMap<>();
      for (int codePoint = 0; codePoint < categories.length; codePoint++) {
        int category = categories[codePoint];
        if (Character.getType(codePoint) != category) {
          int from = searchStart(codePoint);
          standIns.put(
              codePoint,
              chosen.computeIfAbsent(
                  from << 5 | category, key -> find(from, category, categories)));
        }
      }
      return new CategoryDrift(standIns);
    }

    /** Han characters get a Han stand-in; all get one with as many UTF-16 units. */
    private static int searchStart(int codePoint) {
      if (codePoint >= 0x20000) {
        return 0x20000;
      }
      if (codePoint >= 0x10000) {
        return 0x10000;
      }
      return codePoint >= 0x3400 && codePoint < 0xa000 ? 0x3400 : 0x250;
    }

    private static String find(int from, int category, byte[] categories) {
      int candidate = from;
      while (categories[candidate] != category || Character.getType(candidate) != category) {
        candidate++;
      }
      return Character.toString(candidate);
    }
  }
}
