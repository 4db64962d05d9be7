package io.longcat4j.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words of a sentence as they are said, so that what was heard can be compared with what was
 * said: in lower case, without punctuation, numbers and the signs plus and minus in English words.
 * A character of a script without spaces (Chinese, Japanese) is a word.
 */
public final class Words {
  private static final Pattern NUMBER = Pattern.compile("\\d+");
  private static final Pattern WORD =
      Pattern.compile(
          "[\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}]"
              + "|[\\p{L}\\p{M}'&&[^\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}]]+");

  private static final List<String> BELOW_TWENTY =
      List.of(
          "zero",
          "one",
          "two",
          "three",
          "four",
          "five",
          "six",
          "seven",
          "eight",
          "nine",
          "ten",
          "eleven",
          "twelve",
          "thirteen",
          "fourteen",
          "fifteen",
          "sixteen",
          "seventeen",
          "eighteen",
          "nineteen");
  private static final List<String> TENS =
      List.of("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety");

  private Words() {}

  /**
   * The words of a sentence.
   *
   * @param sentence as written
   * @return its words
   */
  public static List<String> of(String sentence) {
    String signs = sentence.replace(" + ", " plus ").replace(" - ", " minus ");
    String said = NUMBER.matcher(signs).replaceAll(Words::number);
    Matcher matcher = WORD.matcher(said.toLowerCase(Locale.ROOT));
    return matcher.results().map(MatchResult::group).toList();
  }

  /** Below 100 as it is said; longer ones digit by digit. */
  private static String number(MatchResult digits) {
    String number = digits.group();
    if (number.length() > 2) {
      List<String> each = new ArrayList<>();
      number.chars().forEach(digit -> each.add(BELOW_TWENTY.get(Character.digit(digit, 10))));
      return String.join(" ", each);
    }
    int value = Integer.parseInt(number);
    if (value < BELOW_TWENTY.size()) {
      return BELOW_TWENTY.get(value);
    }
    String tens = TENS.get(value / 10 - 2);
    return value % 10 == 0 ? tens : tens + " " + BELOW_TWENTY.get(value % 10);
  }

  /**
   * The word errors between two sentences: how many words must be changed, added or left out.
   *
   * @param said the words of the one
   * @param heard the words of the other
   * @return their Levenshtein distance
   */
  public static int errors(List<String> said, List<String> heard) {
    int[] row = new int[heard.size() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= said.size(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int changed = diagonal + (said.get(i - 1).equals(heard.get(j - 1)) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[heard.size()];
  }
}
