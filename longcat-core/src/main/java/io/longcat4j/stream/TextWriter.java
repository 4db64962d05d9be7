package io.longcat4j.stream;

import io.longcat4j.TextDelta;
import io.longcat4j.Warning;
import io.longcat4j.decode.TextRule;
import io.longcat4j.prompt.ReplyPiece;
import io.longcat4j.prompt.TextDeltas;
import io.longcat4j.prompt.ToolCallParser;

/** Words and tool calls of a reply, up to the first stop string, as events. Not thread-safe. */
final class TextWriter implements TextRule {
  private final TextDeltas deltas;
  private final boolean tools;
  private final ToolCallParser parser = new ToolCallParser();
  private final Outbox outbox;
  private final StringBuilder text = new StringBuilder();
  private int toolCalls;

  /** Begins a reply that may call tools, or one whose tags mean nothing. */
  TextWriter(TextDeltas deltas, boolean tools, Outbox outbox) {
    this.deltas = deltas;
    this.tools = tools;
    this.outbox = outbox;
  }

  @Override
  public boolean isStopped(int id) {
    take(deltas.feed(id));
    return deltas.isStopped();
  }

  /** Lets go what was held back; call once, after the last id. */
  void finish() {
    take(deltas.finish());
    parser.finish().forEach(this::put);
  }

  /** Characters of text that have become events. */
  int length() {
    return text.length();
  }

  /** The text that has become events. */
  String text() {
    return text.toString();
  }

  /** Calls that have become events. */
  int toolCalls() {
    return toolCalls;
  }

  private void take(String delta) {
    if (tools) {
      parser.feed(delta).forEach(this::put);
    } else {
      words(delta);
    }
  }

  private void put(ReplyPiece piece) {
    if (piece instanceof ReplyPiece.Words saying) {
      words(saying.text());
    } else if (piece instanceof ReplyPiece.Call call) {
      toolCalls++;
      outbox.put(call.call());
    } else if (piece instanceof ReplyPiece.Malformed malformed) {
      outbox.put(new Warning(malformed.warning()));
    }
  }

  private void words(String delta) {
    if (!delta.isEmpty()) {
      text.append(delta);
      outbox.put(new TextDelta(delta));
    }
  }
}
