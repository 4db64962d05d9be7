package io.longcat4j.cli.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.longcat4j.Message;
import io.longcat4j.Prompt;
import io.longcat4j.audio.AudioEncoder;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.prompt.EncodedPrompt;
import io.longcat4j.prompt.Marker;
import io.longcat4j.prompt.PromptEncoder;
import io.longcat4j.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** Conversations to text and ids: {@code templates}, and the ids of a generation's prompt. */
record TemplateStage(Target target) implements Stage {
  private static final String LIST = "templates";
  private static final String PROMPT = "speech_generation.prompt";
  private static final String PROMPT_IDS = "speech_generation.prompt_ids";

  @Override
  public String name() {
    return "templates";
  }

  @Override
  public boolean covers(String entry) {
    return entry.startsWith(LIST + "[") || entry.equals(PROMPT);
  }

  @Override
  public void run(Comparison comparison) {
    Tokenizer tokenizer = Tokenizer.open(target.checkpoint());
    Golden golden = comparison.golden();
    if (golden.has(PROMPT) && golden.has(PROMPT_IDS)) {
      comparison.value(PROMPT, decoded(tokenizer, golden.value(PROMPT_IDS)));
    }
    if (golden.json().has(LIST)) {
      boolean omni = Checkpoint.open(target.checkpoint()).hasAudio();
      PromptEncoder encoder = new PromptEncoder(tokenizer, omni);
      try (AudioEncoder audio = AudioEncoder.open(target.context())) {
        compare(comparison, encoder, audio);
      }
    }
  }

  private static void compare(Comparison comparison, PromptEncoder encoder, AudioEncoder audio) {
    JsonNode list = comparison.golden().json().get(LIST);
    for (int i = 0; i < list.size(); i++) {
      JsonNode expected = list.get(i);
      TemplateConversation conversation = new TemplateConversation(audio::rows);
      List<Message> messages = new ArrayList<>();
      expected.get("messages").forEach(message -> messages.add(conversation.message(message)));
      EncodedPrompt encoded =
          encoder.encode(
              new Prompt(messages), conversation.layouts(), expected.path("voice").asBoolean());
      comparison.value(LIST + "[" + i + "]", with(expected, encoded));
    }
  }

  private static JsonNode with(JsonNode expected, EncodedPrompt encoded) {
    ObjectNode actual = expected.deepCopy();
    actual.put("text", encoded.text());
    ArrayNode ids = actual.putArray("input_ids");
    for (int id : encoded.ids()) {
      ids.add(id);
    }
    return actual;
  }

  private static JsonNode decoded(Tokenizer tokenizer, JsonNode ids) {
    int[] all = StreamSupport.stream(ids.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
    return TextNode.valueOf(Marker.fromTokens(tokenizer.decode(all)));
  }
}
