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
  private static final Pattern SPACE = Pattern.compile("\\p{IsWhite_Space}");

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

  /** Hands over a text's tokens and what lies between them, in order. */
  void split(String text, Sink sink) {
    int done = 0;
    int position = 0;
    while (position < text.length()) {
      Node found = longestAt(text, position);
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
        while (start > done && isSpace(text.codePointBefore(start))) {
          start--;
        }
      }
      if (token.stripRight()) {
        while (end < text.length() && isSpace(text.codePointAt(end))) {
          end++;
        }
      }
      if (start > done) {
        sink.text(text.substring(done, start));
      }
      sink.token(token);
      done = end;
    }
    if (done < text.length()) {
      sink.text(text.substring(done));
    }
  }

  private @Nullable Node longestAt(String text, int start) {
    Node longest = null;
    Node node = root;
    for (int i = start; i < text.length(); i++) {
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

  private static boolean isSpace(int codePoint) {
    return SPACE.matcher(Character.toString(codePoint)).matches();
  }
}
