package io.longcat4j.tokenizer;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds added tokens in a text, leftmost first and the longest among those. Thread-safe. */
final class AddedTokenMatcher {
  private static final Pattern WORD =
      Pattern.compile("[\\p{IsAlphabetic}\\p{M}\\p{Nd}\\p{Pc}\\x{200C}\\x{200D}]");

  /** What a text consists of. */
  interface Sink {
    void text(String text);

    void token(AddedToken token);
  }

  private static final class Node {
    final Map<Character, Node> children = new HashMap<>();
    @Nullable AddedToken token;
    int length;
  }

  private final Node root = new Node();

  /**
   * @param tokens each with the text it is found by
   */
  AddedTokenMatcher(Collection<Map.Entry<String, AddedToken>> tokens) {
    for (Map.Entry<String, AddedToken> entry : tokens) {
      Node node = root;
      for (char c : entry.getKey().toCharArray()) {
        node = node.children.computeIfAbsent(c, key -> new Node());
      }
      node.token = entry.getValue();
      node.length = entry.getKey().length();
    }
  }

  /**
   * Hands over a text's tokens and what lies between them, in order. A token inside the white space
   * that an earlier one has swallowed counts once more, unless it swallows space to its left.
   */
  void split(String text, Steps steps, Sink sink) {
    int done = 0;
    int position = 0;
    int spaceEnd = 0;
    while (position < text.length()) {
      Node found = longestAt(text, position, steps);
      if (found == null || found.token == null) {
        position++;
        continue;
      }
      AddedToken token = found.token;
      int start = position;
      int end = start + found.length;
      position = end;
      if (token.singleWord() && touchesWord(text, start, end)) {
        continue;
      }
      if (token.stripLeft()) {
        while (start > done && isSpace(text.charAt(start - 1))) {
          start--;
        }
        start = Math.max(start, done);
      }
      if (token.stripRight()) {
        spaceEnd = end < spaceEnd ? spaceEnd : endOfSpace(text, end);
        end = spaceEnd;
      }
      if (start > done) {
        sink.text(text.substring(done, start));
      }
      if (start < end) {
        sink.token(token);
        done = end;
      }
    }
    if (done < text.length()) {
      sink.text(text.substring(done));
    }
  }

  private @Nullable Node longestAt(String text, int start, Steps steps) {
    Node longest = null;
    Node node = root;
    for (int i = start; i < text.length(); i++) {
      steps.take();
      node = node.children.get(text.charAt(i));
      if (node == null) {
        break;
      }
      if (node.token != null) {
        longest = node;
      }
    }
    return longest;
  }

  private static boolean touchesWord(String text, int start, int end) {
    return (start > 0 && isWord(text.codePointBefore(start)))
        || (end < text.length() && isWord(text.codePointAt(end)));
  }

  private static boolean isWord(int codePoint) {
    String shadow = CategoryDrift.ofThisJdk().shadow(Character.toString(codePoint));
    return WORD.matcher(shadow).matches();
  }

  private static int endOfSpace(String text, int from) {
    int end = from;
    while (end < text.length() && isSpace(text.charAt(end))) {
      end++;
    }
    return end;
  }

  /** The property White_Space of Unicode. */
  private static boolean isSpace(char c) {
    return (c >= '\t' && c <= '\r')
        || c == '\u0085'
        || (Character.isSpaceChar(c) && c != '\u180e' && c != '\u200b');
  }
}
