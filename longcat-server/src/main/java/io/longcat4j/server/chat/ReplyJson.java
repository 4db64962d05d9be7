package io.longcat4j.server.chat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.Done;
import io.longcat4j.FinishReason;
import io.longcat4j.Statistics;
import io.longcat4j.TokenLogprobs;
import io.longcat4j.ToolCall;
import io.longcat4j.server.wire.Fields;
import io.longcat4j.server.wire.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Pieces of replies in JSON. */
final class ReplyJson {
  private ReplyJson() {}

  static String finish(Done done, boolean called) {
    if (called) {
      return "tool_calls";
    }
    return done.finishReason() == FinishReason.LENGTH ? "length" : "stop";
  }

  static ObjectNode usage(Done done) {
    Statistics statistics = done.statistics();
    ObjectNode usage =
        Json.object()
            .put("prompt_tokens", statistics.promptTokens())
            .put("completion_tokens", statistics.newTokens())
            .put("total_tokens", statistics.promptTokens() + statistics.newTokens());
    usage.putObject("prompt_tokens_details").put("cached_tokens", statistics.reusedTokens());
    usage
        .putObject("completion_tokens_details")
        .put("audio_tokens", done.codecFrames().size())
        .put("reasoning_tokens", 0);
    return usage;
  }

  static ObjectNode call(ToolCall call) {
    ObjectNode json = Json.object().put("id", call.id()).put("type", "function");
    json.putObject("function").put("name", call.name()).put("arguments", call.arguments());
    return json;
  }

  /** The call that a forced reply's text is; the text satisfies the schema unless it was cut. */
  static ToolCall forced(String id, String text) {
    Fields call = Fields.of(Json.read(text));
    return new ToolCall(
        id, call.requireText("name"), Json.write(call.requireObject("arguments").node()));
  }

  static ObjectNode logprobs(List<TokenLogprobs> steps) {
    ObjectNode json = Json.object();
    ArrayNode content = json.putArray("content");
    for (TokenLogprobs step : steps) {
      ObjectNode chosen = token(step.chosen());
      ArrayNode top = chosen.putArray("top_logprobs");
      step.top().forEach(token -> top.add(token(token)));
      content.add(chosen);
    }
    json.putNull("refusal");
    return json;
  }

  private static ObjectNode token(TokenLogprobs.Token token) {
    ObjectNode json =
        Json.object()
            .put("token", token.text())
            .put("logprob", Math.max(token.logprob(), LEAST_LOGPROB));
    ArrayNode bytes = json.putArray("bytes");
    for (byte one : token.text().getBytes(StandardCharsets.UTF_8)) {
      bytes.add(one & 0xff);
    }
    return json;
  }

  /** JSON has no infinity; OpenAI's clients know this number for it. */
  private static final double LEAST_LOGPROB = -9999.0;
}
