package io.longcat4j.engine;

import io.longcat4j.ToolCall;
import io.longcat4j.decode.TextRule;
import io.longcat4j.prompt.ReplyPiece;
import io.longcat4j.prompt.TextDeltas;
import io.longcat4j.prompt.ToolCallParser;
import java.util.ArrayList;
import java.util.List;

/** Gathers the words and tool calls of a reply, up to the first stop string. Not thread-safe. */
final class ReplyAssembly implements TextRule {
  private final TextDeltas deltas;
  private final boolean tools;
  private final ToolCallParser parser = new ToolCallParser();
  private final StringBuilder text = new StringBuilder();
  private final List<ToolCall> toolCalls = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  /** Begins a reply that may call tools, or one whose tags mean nothing. */
  ReplyAssembly(TextDeltas deltas, boolean tools) {
    this.deltas = deltas;
    this.tools = tools;
  }

  @Override
  public boolean isStopped(int id) {
    take(deltas.feed(id));
    return deltas.isStopped();
  }

  /** The whole text; call once, after the last id. */
  String finish() {
    take(deltas.finish());
    parser.finish().forEach(this::gather);
    return text.toString();
  }

  /** What the reply wants to have called; complete after the end. */
  List<ToolCall> toolCalls() {
    return toolCalls;
  }

  /** What was malformed; complete after the end. */
  List<String> warnings() {
    return warnings;
  }

  private void take(String delta) {
    if (tools) {
      parser.feed(delta).forEach(this::gather);
    } else {
      text.append(delta);
    }
  }

  private void gather(ReplyPiece piece) {
    if (piece instanceof ReplyPiece.Words words) {
      text.append(words.text());
    } else if (piece instanceof ReplyPiece.Call call) {
      toolCalls.add(call.call());
    } else if (piece instanceof ReplyPiece.Malformed malformed) {
      warnings.add(malformed.warning());
    }
  }
}
