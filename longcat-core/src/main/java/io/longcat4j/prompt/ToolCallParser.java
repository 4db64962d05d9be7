package io.longcat4j.prompt;

import io.longcat4j.ToolCall;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds tool calls in a reply as it arrives: {@code <longcat_tool_call>{"name": ..., "arguments":
 * {...}}</longcat_tool_call>}, white space around the JSON allowed, the closing tag optional at the
 * end of the reply. Text before, between and after calls passes through, without the white space
 * before a call. A call that cannot be read stays text, after a warning. The result does not depend
 * on the portions in which the text arrives, but for where texts are divided. Not thread-safe.
 */
public final class ToolCallParser {
  private final StringBuilder text = new StringBuilder();
  private List<ReplyPiece> pieces = new ArrayList<>();
  private String gap = "";
  private boolean inCall;
  private int searched;
  private int calls;

  /**
   * Takes more text.
   *
   * @param delta any part of the reply
   * @return what is certain now, often nothing
   */
  public List<ReplyPiece> feed(String delta) {
    text.append(delta);
    while (inCall ? endCall() : startCall()) {}
    if (!inCall) {
      words(certain());
    }
    return taken();
  }

  /**
   * Ends the reply and makes the parser ready for another.
   *
   * @return what was held back
   */
  public List<ReplyPiece> finish() {
    if (inCall) {
      call(text.length(), "");
    } else {
      words(text.length());
    }
    inCall = false;
    calls = 0;
    return taken();
  }

  private boolean startCall() {
    int at = text.indexOf(ToolText.CALL_START);
    if (at < 0) {
      return false;
    }
    int end = endOfWords(at);
    gap = text.substring(end, at);
    words(end);
    text.delete(0, gap.length() + ToolText.CALL_START.length());
    inCall = true;
    searched = 0;
    return true;
  }

  private boolean endCall() {
    int at = text.indexOf(ToolText.CALL_END, Math.max(0, searched - ToolText.CALL_END.length()));
    if (at < 0) {
      searched = text.length();
      return false;
    }
    call(at, ToolText.CALL_END);
    return true;
  }

  private void call(int end, String closing) {
    String json = text.substring(0, end);
    text.delete(0, end + closing.length());
    inCall = false;
    try {
      ToolCall call = ToolCallJson.parse("call_" + calls, json);
      pieces.add(new ReplyPiece.Call(call));
      calls++;
    } catch (ToolCallJson.MalformedCallException e) {
      pieces.add(
          new ReplyPiece.Malformed(
              "A tool call of the reply could not be read and was left in the text: "
                  + e.getMessage()));
      pieces.add(new ReplyPiece.Words(gap + ToolText.CALL_START + json + closing));
    }
  }

  private void words(int length) {
    if (length > 0) {
      pieces.add(new ReplyPiece.Words(text.substring(0, length)));
      text.delete(0, length);
    }
  }

  /** What cannot become white space before a call, or a part of its tag. */
  private int certain() {
    int from = Math.max(0, text.length() - ToolText.CALL_START.length() + 1);
    int end = text.length();
    for (int at = from; at < end; at++) {
      if (ToolText.CALL_START.startsWith(text.substring(at))) {
        end = at;
      }
    }
    return endOfWords(end);
  }

  private int endOfWords(int from) {
    int end = from;
    while (end > 0 && Character.isWhitespace(text.charAt(end - 1))) {
      end--;
    }
    return end;
  }

  private List<ReplyPiece> taken() {
    List<ReplyPiece> taken = pieces;
    pieces = new ArrayList<>();
    return List.copyOf(taken);
  }
}
