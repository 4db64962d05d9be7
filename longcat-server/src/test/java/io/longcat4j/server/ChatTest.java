package io.longcat4j.server;

import static io.longcat4j.server.ServerUnderTest.error;
import static io.longcat4j.server.ServerUnderTest.events;
import static io.longcat4j.server.ServerUnderTest.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longcat4j.Audio;
import io.longcat4j.AudioDelta;
import io.longcat4j.BackendException;
import io.longcat4j.Done;
import io.longcat4j.EngineBusyException;
import io.longcat4j.Event;
import io.longcat4j.FinishReason;
import io.longcat4j.Generation;
import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.LongCatException;
import io.longcat4j.MediaException;
import io.longcat4j.Message;
import io.longcat4j.Prompt;
import io.longcat4j.Role;
import io.longcat4j.Samples;
import io.longcat4j.Statistics;
import io.longcat4j.Text;
import io.longcat4j.TextDelta;
import io.longcat4j.TokenLogprobs;
import io.longcat4j.ToolCall;
import io.longcat4j.Video;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes from a request to the model, and back. */
class ChatTest {
  private static final String DATA = Base64.getEncoder().encodeToString(new byte[] {1, 2, 3});

  @Test
  void a_reply_comes_whole_with_its_usage() throws Exception {
    try (ServerUnderTest server = saying("Hello ", "you")) {
      HttpResponse<String> response = server.chat("");
      JsonNode reply = json(response);
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(reply.at("/choices/0/message/content").asText()).isEqualTo("Hello you");
      assertThat(reply.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
      assertThat(reply.at("/usage/prompt_tokens").asInt()).isEqualTo(7);
      assertThat(reply.at("/usage/completion_tokens").asInt()).isEqualTo(3);
      assertThat(reply.at("/usage/prompt_tokens_details/cached_tokens").asInt()).isEqualTo(2);
      assertThat(server.script.generations.take().topK()).isEqualTo(1);
    }
  }

  @Test
  void a_reply_is_streamed_word_by_word_and_ends_with_its_usage() throws Exception {
    try (ServerUnderTest server = saying("Hello ", "you")) {
      HttpResponse<String> response =
          server.chat(",\"stream\":true,\"stream_options\":{\"include_usage\":true}");
      List<JsonNode> events = events(response);
      assertThat(response.headers().firstValue("Content-Type").orElseThrow())
          .startsWith("text/event-stream");
      assertThat(events.stream().map(event -> event.at("/choices/0/delta/content").asText("")))
          .containsExactly("", "Hello ", "you", "", "");
      assertThat(events.get(3).at("/choices/0/finish_reason").asText()).isEqualTo("stop");
      assertThat(events.get(4).path("choices")).isEmpty();
      assertThat(events.get(4).at("/usage/total_tokens").asInt()).isEqualTo(10);
      assertThat(response.body()).endsWith("data: [DONE]\n\n");
    }
  }

  @Test
  void all_that_tells_how_to_sample_reaches_the_model() throws Exception {
    try (ServerUnderTest server = saying("x")) {
      HttpResponse<String> response =
          server.chat(
              ",\"temperature\":0.5,\"top_p\":0.9,\"seed\":4,\"stop\":[\"a\",\"b\"],"
                  + "\"presence_penalty\":1,\"frequency_penalty\":-1,\"logit_bias\":{\"5\":-100},"
                  + "\"max_completion_tokens\":9,\"logprobs\":true,\"top_logprobs\":3");
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      Generation asked = server.script.generations.take();
      assertThat(asked.topK()).isZero();
      assertThat(asked.temperature()).isEqualTo(0.5);
      assertThat(asked.topP()).isEqualTo(0.9);
      assertThat(asked.seed()).hasValue(4);
      assertThat(asked.stop()).containsExactly("a", "b");
      assertThat(asked.presencePenalty()).isEqualTo(1);
      assertThat(asked.frequencyPenalty()).isEqualTo(-1);
      assertThat(asked.logitBias()).isEqualTo(Map.of(5, -100f));
      assertThat(asked.maxNewTokens()).isEqualTo(9);
      assertThat(asked.topLogprobs()).hasValue(3);
      assertThat(asked.timeout()).isPresent();
    }
  }

  @Test
  void a_format_holds_the_reply_to_a_schema() throws Exception {
    String format = ",\"response_format\":{\"type\":";
    try (ServerUnderTest server = saying("x")) {
      server.chat(format + "\"text\"}");
      assertThat(server.script.generations.take().jsonSchema()).isEmpty();
      server.chat(format + "\"json_object\"}");
      assertThat(server.script.generations.take().jsonSchema()).hasValue("{\"type\":\"object\"}");
      server.chat(format + "\"json_schema\",\"json_schema\":{\"schema\":{\"const\":1}}}");
      assertThat(server.script.generations.take().jsonSchema()).hasValue("{\"const\":1}");
    }
  }

  @Test
  void a_temperature_of_zero_is_greedy() throws Exception {
    try (ServerUnderTest server = saying("x")) {
      server.chat(",\"temperature\":0,\"top_p\":0.5");
      assertThat(server.script.generations.take().topK()).isEqualTo(1);
    }
  }

  @Test
  void media_of_all_kinds_reach_the_model_in_order() throws Exception {
    String content =
        ("[{'type':'image_url','image_url':{'url':'data:image/png;base64,%1$s'}},"
                + "{'type':'input_audio','input_audio':{'format':'mp3','data':'%1$s'}},"
                + "{'type':'video_url','video_url':{'url':'data:video/mp4;base64,%1$s'}},"
                + "{'type':'video_url','video_url':{'url':'data:video/mp4;base64,%1$s','with_audio':true}},"
                + "{'type':'text','text':'Well?'}]")
            .formatted(DATA)
            .replace('\'', '"');
    try (ServerUnderTest server = saying("x")) {
      HttpResponse<String> response =
          server.post(
              ServerUnderTest.CHAT,
              "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":" + content + "}]}");
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      List<?> parts = server.script.prompts.take().messages().get(0).parts();
      assertThat(parts)
          .extracting(Object::getClass)
          .isEqualTo(List.of(Image.class, Audio.class, Video.class, Interleaved.class, Text.class));
      assertThat(parts.get(0)).isEqualTo(Image.of(new byte[] {1, 2, 3}));
    }
  }

  @Test
  void results_of_tools_are_put_in_the_order_of_their_calls() throws Exception {
    String messages =
        ("[{'role':'system','content':'Be short.'},{'role':'developer','content':'Be kind.'},"
                + "{'role':'user','content':'Hi'},"
                + "{'role':'assistant','content':null,'tool_calls':["
                + "{'id':'one','type':'function','function':{'name':'f','arguments':'{}'}},"
                + "{'id':'two','type':'function','function':{'name':'g','arguments':'{}'}}]},"
                + "{'role':'tool','tool_call_id':'two','content':'2'},"
                + "{'role':'tool','tool_call_id':'one','content':'1'}]")
            .replace('\'', '"');
    try (ServerUnderTest server = saying("x")) {
      HttpResponse<String> response =
          server.post(ServerUnderTest.CHAT, "{\"model\":\"m\",\"messages\":" + messages + "}");
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      Prompt prompt = server.script.prompts.take();
      assertThat(prompt.messages())
          .extracting(Message::role)
          .containsExactly(Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.TOOL, Role.TOOL);
      assertThat(prompt.messages().get(0)).isEqualTo(Message.system("Be short.\n\nBe kind."));
      assertThat(prompt.messages().get(3)).isEqualTo(Message.tool("1"));
      assertThat(prompt.messages().get(4)).isEqualTo(Message.tool("2"));
    }
  }

  @Test
  void a_call_of_a_tool_is_told_whole_and_streamed() throws Exception {
    String tools =
        ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"description\":\"d\"}}]";
    try (ServerUnderTest server =
        new ServerUnderTest(
            (prompt, generation) ->
                Events.of(new ToolCall("c1", "f", "{\"a\":1}"), Events.done(FinishReason.END)))) {
      JsonNode choice = json(server.chat(tools)).at("/choices/0");
      assertThat(choice.at("/message/tool_calls/0/function/arguments").asText())
          .isEqualTo("{\"a\":1}");
      assertThat(choice.at("/message/content").isNull()).isTrue();
      assertThat(choice.path("finish_reason").asText()).isEqualTo("tool_calls");
      List<JsonNode> events = events(server.chat(tools + ",\"stream\":true"));
      assertThat(events.get(1).at("/choices/0/delta/tool_calls/0/index").asInt(-1)).isZero();
      assertThat(events.get(1).at("/choices/0/delta/tool_calls/0/id").asText()).isEqualTo("c1");
      assertThat(events.get(2).at("/choices/0/finish_reason").asText()).isEqualTo("tool_calls");
      assertThat(server.script.prompts.take().tools().get(0).name()).isEqualTo("f");
    }
  }

  @Test
  void a_required_call_is_made_of_constrained_text() throws Exception {
    String tools =
        ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":"
            + "{\"type\":\"object\"}}}],\"tool_choice\":\"required\"";
    try (ServerUnderTest server = saying("{\"name\":\"f\",", "\"arguments\":{\"a\":2}}")) {
      for (String stream : List.of("false", "true")) {
        HttpResponse<String> response = server.chat(tools + ",\"stream\":" + stream);
        assertThat(server.script.generations.take().jsonSchema().orElseThrow())
            .contains("\"const\":\"f\"");
        assertThat(response.body())
            .contains("\"arguments\":\"{\\\"a\\\":2}\"")
            .contains("\"finish_reason\":\"tool_calls\"")
            .doesNotContain("\"content\":\"{");
      }
    }
  }

  @Test
  void a_spoken_reply_is_a_wav_file_of_24_kilohertz_or_samples_as_they_come() throws Exception {
    String spoken = ",\"modalities\":[\"text\",\"audio\"],\"audio\":{\"voice\":\"v\",\"format\":";
    try (ServerUnderTest server = new ServerUnderTest((prompt, generation) -> speaking(16_000))) {
      JsonNode audio = json(server.chat(spoken + "\"wav\"}")).at("/choices/0/message/audio");
      byte[] wav = Base64.getDecoder().decode(audio.path("data").asText());
      assertThat(audio.path("transcript").asText()).isEqualTo("Moo.");
      assertThat(new String(wav, 0, 4, java.nio.charset.StandardCharsets.US_ASCII))
          .isEqualTo("RIFF");
      assertThat(wav).hasSize(44 + 2 * 24_000);
      assertThat(server.script.generations.take().isSpeech()).isTrue();

      List<JsonNode> events = events(server.chat(spoken + "\"pcm16\"},\"stream\":true"));
      int bytes = 0;
      StringBuilder words = new StringBuilder();
      for (JsonNode event : events) {
        JsonNode delta = event.at("/choices/0/delta/audio");
        bytes += Base64.getDecoder().decode(delta.path("data").asText("")).length;
        words.append(delta.path("transcript").asText(""));
      }
      assertThat(bytes).isEqualTo(2 * 24_000);
      assertThat(words).hasToString("Moo.");

      String id = audio.path("id").asText();
      server.script.prompts.clear();
      HttpResponse<String> next =
          server.post(
              ServerUnderTest.CHAT,
              "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"},"
                  + "{\"role\":\"assistant\",\"audio\":{\"id\":\""
                  + id
                  + "\"}},{\"role\":\"user\",\"content\":\"b\"}]}");
      assertThat(next.statusCode()).isEqualTo(200);
      assertThat(server.script.prompts.take().messages().get(1))
          .isEqualTo(Message.assistant("Moo."));
    }
  }

  @Test
  void logprobs_are_told_in_json_even_where_the_model_rules_a_token_out() throws Exception {
    TokenLogprobs.Token one = new TokenLogprobs.Token(1, "ä", Double.NEGATIVE_INFINITY);
    Done done =
        new Done(
            FinishReason.LENGTH,
            Statistics.builder().build(),
            List.of(1),
            List.of(),
            List.of(new TokenLogprobs(one, List.of(one))));
    try (ServerUnderTest server =
        new ServerUnderTest((prompt, generation) -> Events.of(new TextDelta("ä"), done))) {
      JsonNode choice = json(server.chat(",\"logprobs\":true")).at("/choices/0");
      assertThat(choice.at("/logprobs/content/0/logprob").asDouble()).isEqualTo(-9999);
      assertThat(choice.at("/logprobs/content/0/bytes/0").asInt()).isEqualTo(0xc3);
      assertThat(choice.path("finish_reason").asText()).isEqualTo("length");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ",\"n\":2 | n",
        ",\"functions\":[] | functions",
        ",\"no_such\":1 | no_such",
        ",\"temperature\":3 | temperature",
        ",\"temperature\":\"hot\" | temperature",
        ",\"top_logprobs\":2 | top_logprobs",
        ",\"max_tokens\":0 | max_tokens",
        ",\"max_tokens\":1e99 | max_tokens",
        ",\"stop\":[\"\"] | stop",
        ",\"logit_bias\":{\"x\":1} | logit_bias.x",
        ",\"tool_choice\":\"required\" | tool_choice",
        ",\"modalities\":[\"smell\"] | modalities",
        ",\"modalities\":[\"audio\"] | audio",
        ",\"modalities\":[\"audio\"],\"audio\":{\"format\":\"mp3\"} | audio.format",
        ",\"stream\":true,\"modalities\":[\"audio\"],\"audio\":{\"format\":\"wav\"} | audio.format",
        ",\"response_format\":{\"type\":\"json_schema\"} | response_format.json_schema",
        ",\"response_format\":{\"type\":\"xml\"} | response_format.type",
      })
  void what_is_wrong_is_refused_by_name(String more, String param) throws Exception {
    try (ServerUnderTest server = saying("x")) {
      HttpResponse<String> response = server.chat(more);
      assertThat(response.statusCode()).isEqualTo(400);
      assertThat(error(response).path("param").asText()).isEqualTo(param);
      assertThat(error(response).path("type").asText()).isEqualTo("invalid_request_error");
      assertThat(server.script.prompts).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'role':'user'} | messages[0].content",
        "{'content':'x'} | messages[0].role",
        "{'role':'user','content':[]} | messages[0].content",
        "{'role':'user','content':[{'type':'smell'}]} | messages[0].content[0].type",
        "{'role':'user','content':[{'type':'image_url','image_url':{'url':'http://a/b'}}]} |"
            + " messages[0].content[0].image_url.url",
        "{'role':'user','content':[{'type':'image_url','image_url':{'url':'data:image/png;base64,%%'}}]}"
            + " | messages[0].content[0].image_url.url",
        "{'role':'user','content':[{'type':'input_audio','input_audio':{'data':'AAAA','format':'midi'}}]}"
            + " | messages[0].content[0].input_audio.format",
        "{'role':'tool','tool_call_id':'a','content':'x'} | messages[0].tool_call_id",
        "7 | messages[0]",
      })
  void a_wrong_message_is_refused_with_its_place(String message, String param) throws Exception {
    try (ServerUnderTest server = saying("x")) {
      HttpResponse<String> response =
          server.post(
              ServerUnderTest.CHAT,
              "{\"model\":\"m\",\"messages\":[" + message.replace('\'', '"') + "]}");
      assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
      assertThat(error(response).path("param").asText()).isEqualTo(param);
    }
  }

  @Test
  void failures_of_the_model_have_their_own_status() throws Exception {
    assertFails(new MediaException("bad picture"), 400, "invalid_media");
    assertFails(new EngineBusyException("busy"), 429, "engine_busy");
    assertFails(new BackendException("broken"), 500, "model_error");
  }

  private static void assertFails(LongCatException failure, int status, String code)
      throws Exception {
    try (ServerUnderTest server =
        new ServerUnderTest(
            (prompt, generation) -> {
              throw failure;
            })) {
      for (String stream : List.of("false", "true")) {
        HttpResponse<String> response = server.chat(",\"stream\":" + stream);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(error(response).path("code").asText()).isEqualTo(code);
      }
    }
  }

  @Test
  void a_reply_that_fails_half_way_ends_with_the_error() throws Exception {
    try (ServerUnderTest server =
        new ServerUnderTest(
            (prompt, generation) -> {
              Events<Event> events = Events.of(new TextDelta("Hel"));
              events.fail(new BackendException("broken"));
              return events;
            })) {
      List<JsonNode> events = events(server.chat(",\"stream\":true"));
      assertThat(events.get(1).at("/choices/0/delta/content").asText()).isEqualTo("Hel");
      assertThat(events.get(2).at("/error/message").asText()).isEqualTo("broken");
      assertThat(error(server.chat("")).path("message").asText()).isEqualTo("broken");
    }
  }

  @Test
  void defects_are_not_told_in_detail() throws Exception {
    try (ServerUnderTest server =
        new ServerUnderTest(
            (prompt, generation) -> {
              throw new IllegalStateException("secret");
            })) {
      HttpResponse<String> response = server.chat("");
      assertThat(response.statusCode()).isEqualTo(500);
      assertThat(response.body()).doesNotContain("secret");
    }
  }

  private static ServerUnderTest saying(String... words) {
    return new ServerUnderTest((prompt, generation) -> Events.saying(words));
  }

  /** A second of sound in two pieces. */
  static Events<Event> speaking(int sampleRateHz) {
    Samples half = new Samples(new float[sampleRateHz / 2], sampleRateHz);
    return Events.of(
        new TextDelta("Moo."),
        new AudioDelta(half, 0, 0, 4),
        new AudioDelta(half, sampleRateHz / 2, 0, 4),
        Events.done(FinishReason.END));
  }
}
