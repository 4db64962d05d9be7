package io.longcat4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longcat4j.AudioDelta;
import io.longcat4j.BackendException;
import io.longcat4j.Done;
import io.longcat4j.FinishReason;
import io.longcat4j.Interrupted;
import io.longcat4j.Message;
import io.longcat4j.Prompt;
import io.longcat4j.Samples;
import io.longcat4j.SpeechStarted;
import io.longcat4j.SpeechStopped;
import io.longcat4j.TextDelta;
import io.longcat4j.ToolCall;
import io.longcat4j.TurnDetection;
import io.longcat4j.TurnDone;
import io.longcat4j.TurnStarted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The realtime protocol over a session that the test plays. */
class RealtimeTest {
  private static final String SOUND = Base64.getEncoder().encodeToString(new byte[2 * 24_000 / 5]);

  private final ServerUnderTest server =
      new ServerUnderTest((prompt, generation) -> Events.saying("aside"));

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void a_session_tells_how_it_is_held_and_takes_other_settings() throws Exception {
    try (Talker talker = new Talker(server)) {
      JsonNode session = talker.next("session.created").path("session");
      assertThat(session.path("type").asText()).isEqualTo("realtime");
      assertThat(session.at("/audio/input/format/rate").asInt()).isEqualTo(24_000);
      assertThat(session.at("/audio/input/turn_detection/type").asText()).isEqualTo("server_vad");
      talker.send(
          "{'type':'session.update','session':{'type':'realtime','instructions':'Be kind.',"
              + "'audio':{'input':{'format':{'type':'audio/pcmu'},'turn_detection':"
              + "{'type':'server_vad','threshold':0.7,'silence_duration_ms':900,"
              + "'prefix_padding_ms':100,'create_response':false,'interrupt_response':false}},"
              + "'output':{'format':{'type':'audio/pcma'}}},'max_output_tokens':50,"
              + "'tools':[{'type':'function','name':'f','parameters':{'type':'object'}}]}}");
      JsonNode updated = talker.next("session.updated").path("session");
      assertThat(updated.at("/audio/output/format/type").asText()).isEqualTo("audio/pcma");
      assertThat(updated.path("max_output_tokens").asInt()).isEqualTo(50);
      talker.send("{'type':'input_audio_buffer.append','audio':'/////w=='}");
      ScriptedSession opened = server.script.sessions.poll(30, TimeUnit.SECONDS);
      assertThat(opened.options.sampleRateHz()).isEqualTo(8_000);
      assertThat(opened.options.conversation().system()).hasValue("Be kind.");
      assertThat(opened.options.conversation().tools().get(0).name()).isEqualTo("f");
      assertThat(opened.options.generation().maxNewTokens()).isEqualTo(50);
      assertThat(opened.options.respondsItself()).isFalse();
      assertThat(opened.options.interruptible()).isFalse();
      TurnDetection detection = opened.options.detection().orElseThrow();
      assertThat(detection.threshold()).isEqualTo(0.7);
      assertThat(detection.silence()).isEqualTo(Duration.ofMillis(900));
      assertThat(detection.padding()).isEqualTo(Duration.ofMillis(100));
      assertThat(opened.written.poll(30, TimeUnit.SECONDS)).containsExactly(0, 0, 0, 0);
    }
  }

  @ParameterizedTest
  @CsvSource({"low, 1000", "medium, 600", "auto, 600", "high, 300"})
  void eagerness_is_how_long_a_pause_may_be(String eagerness, int millis) throws Exception {
    try (Talker talker = new Talker(server)) {
      talker.send(
          "{'type':'session.update','session':{'audio':{'input':{'turn_detection':"
              + "{'type':'semantic_vad','eagerness':'"
              + eagerness
              + "'}}}}}");
      talker.find("session.updated");
      ScriptedSession session = said(talker);
      assertThat(session.options.detection().orElseThrow().silence().toMillis()).isEqualTo(millis);
    }
  }

  @Test
  void a_spoken_turn_is_answered_by_itself() throws Exception {
    try (Talker talker = new Talker(server)) {
      talker.next("session.created");
      ScriptedSession session = said(talker);
      session.happens(
          new SpeechStarted(Duration.ofMillis(500)),
          new SpeechStopped(Duration.ofMillis(900), false),
          new TurnStarted(1, true),
          new TextDelta("Moo"),
          sound(16_000),
          new TextDelta("."),
          done(1, FinishReason.END));
      JsonNode started = talker.next("input_audio_buffer.speech_started");
      assertThat(started.path("audio_start_ms").asInt()).isEqualTo(200);
      String item = started.path("item_id").asText();
      assertThat(talker.next("input_audio_buffer.speech_stopped").path("item_id").asText())
          .isEqualTo(item);
      assertThat(talker.next("input_audio_buffer.committed").path("item_id").asText())
          .isEqualTo(item);
      assertThat(talker.next("conversation.item.added").at("/item/role").asText())
          .isEqualTo("user");
      talker.next("conversation.item.done");
      JsonNode response = talker.next("response.created").path("response");
      assertThat(response.path("status").asText()).isEqualTo("in_progress");
      talker.next("response.output_item.added");
      assertThat(talker.next("conversation.item.added").path("previous_item_id").asText())
          .isEqualTo(item);
      talker.next("response.content_part.added");
      assertThat(talker.next("response.output_audio_transcript.delta").path("delta").asText())
          .isEqualTo("Moo");
      int bytes = length(talker.next("response.output_audio.delta"));
      talker.next("response.output_audio_transcript.delta");
      bytes += length(talker.next("response.output_audio.delta"));
      assertThat(bytes).as("16 kHz come as 24 kHz, to the last sample").isEqualTo(2 * 24_000);
      talker.next("response.output_audio.done");
      assertThat(talker.next("response.output_audio_transcript.done").path("transcript").asText())
          .isEqualTo("Moo.");
      talker.next("response.content_part.done");
      talker.next("response.output_item.done");
      talker.next("conversation.item.done");
      JsonNode end = talker.next("response.done").path("response");
      assertThat(end.path("id")).isEqualTo(response.path("id"));
      assertThat(end.path("status").asText()).isEqualTo("completed");
      assertThat(end.at("/usage/total_tokens").asInt()).isEqualTo(10);
      assertThat(end.at("/output/0/content/0/transcript").asText()).isEqualTo("Moo.");
      talker.send("{'type':'conversation.item.retrieve','item_id':'" + item + "'}");
      JsonNode retrieved = talker.next("conversation.item.retrieved").path("item");
      assertThat(retrieved.at("/content/0/type").asText()).isEqualTo("input_audio");
    }
  }

  @Test
  void what_was_said_can_be_fetched_and_written_down() throws Exception {
    try (Talker talker = new Talker(server)) {
      talker.send(
          "{'type':'session.update','session':{'audio':{'input':{'transcription':"
              + "{'model':'m'}}}}}");
      ScriptedSession session = said(talker);
      session.happens(
          new SpeechStarted(Duration.ofMillis(320)),
          new SpeechStopped(Duration.ofMillis(120), false));
      String item = talker.find("conversation.item.added").at("/item/id").asText();
      JsonNode words = talker.find("conversation.item.input_audio_transcription.delta");
      assertThat(words.path("delta").asText()).isEqualTo("aside");
      assertThat(words.path("item_id").asText()).isEqualTo(item);
      JsonNode written = talker.next("conversation.item.input_audio_transcription.completed");
      assertThat(written.path("transcript").asText()).isEqualTo("aside");
      assertThat(written.path("item_id").asText()).isEqualTo(item);
      talker.send("{'type':'conversation.item.retrieve','item_id':'" + item + "'}");
      JsonNode part = talker.find("conversation.item.retrieved").at("/item/content/0");
      assertThat(Base64.getDecoder().decode(part.path("audio").asText())).hasSize(2 * 2400);
      assertThat(part.path("transcript").asText()).isEqualTo("aside");
    }
  }

  @Test
  void speech_interrupts_and_only_what_was_heard_stays() throws Exception {
    try (Talker talker = new Talker(server)) {
      ScriptedSession session = said(talker);
      session.happens(
          new TurnStarted(1, false),
          new TextDelta("One. Two."),
          sound(24_000),
          new Interrupted(1, Duration.ofMillis(400), "One."),
          interrupted(1),
          new SpeechStarted(Duration.ofMillis(500)));
      String item = talker.find("response.output_item.added").at("/item/id").asText();
      JsonNode cut = talker.find("conversation.item.truncated");
      assertThat(cut.path("audio_end_ms").asInt()).isEqualTo(400);
      assertThat(cut.path("item_id").asText()).isEqualTo(item);
      JsonNode end = talker.find("response.done").path("response");
      assertThat(end.path("status").asText()).isEqualTo("cancelled");
      assertThat(end.at("/status_details/reason").asText()).isEqualTo("turn_detected");
      assertThat(end.at("/output/0/content/0/transcript").asText()).isEqualTo("One.");
      assertThat(end.at("/output/0/status").asText()).isEqualTo("incomplete");
      talker.next("input_audio_buffer.speech_started");
      talker.send(
          "{'type':'conversation.item.truncate','item_id':'"
              + item
              + "','content_index':0,'audio_end_ms':1001}");
      JsonNode tooLate = talker.next("error").path("error");
      assertThat(tooLate.path("param").asText()).isEqualTo("audio_end_ms");
      assertThat(tooLate.path("message").asText()).contains("1000 ms");
      // The client knows better what it played.
      talker.send(
          "{'type':'conversation.item.truncate','item_id':'"
              + item
              + "','content_index':0,'audio_end_ms':250}");
      assertThat(talker.next("conversation.item.truncated").path("audio_end_ms").asInt())
          .isEqualTo(250);
      assertThat(session.calls.poll(30, TimeUnit.SECONDS)).isEqualTo("truncate 1 at 250");
      session.happens(new Interrupted(1, Duration.ofMillis(250), ""));
      talker.send("{'type':'conversation.item.retrieve','item_id':'" + item + "'}");
      assertThat(talker.next("conversation.item.retrieved").at("/item/type").asText())
          .isEqualTo("message");
    }
  }

  @Test
  void push_to_talk_commits_and_asks_by_hand() throws Exception {
    try (Talker talker = new Talker(server)) {
      talker.send(
          "{'type':'session.update','session':{'audio':{'input':{'turn_detection':null}}}}");
      talker.find("session.updated");
      talker.send("{'type':'input_audio_buffer.commit'}");
      assertThat(talker.next("error").at("/error/code").asText())
          .isEqualTo("input_audio_buffer_commit_empty");
      ScriptedSession session = said(talker);
      assertThat(session.options.detection()).isEmpty();
      assertThat(session.options.respondsItself()).isFalse();
      // What the session says of the turn is told at the commit already.
      session.happens(new SpeechStarted(Duration.ZERO));
      talker.send("{'type':'input_audio_buffer.commit'}");
      talker.next("input_audio_buffer.committed");
      session.happens(new SpeechStopped(Duration.ofMillis(200), false));
      talker.next("conversation.item.added");
      talker.next("conversation.item.done");
      talker.send(
          "{'type':'response.create','response':{'output_modalities':['text'],"
              + "'metadata':{'a':'b'}}}");
      assertThat(session.calls.take()).isEqualTo("commit");
      assertThat(session.calls.take()).isEqualTo("respond written");
      talker.send("{'type':'response.create'}");
      assertThat(talker.next("error").at("/error/code").asText())
          .isEqualTo("conversation_already_has_active_response");
      session.happens(new TurnStarted(1, false), new TextDelta("Hi"), done(1, FinishReason.LENGTH));
      assertThat(talker.next("response.created").at("/response/metadata/a").asText())
          .isEqualTo("b");
      assertThat(talker.find("response.output_text.done").path("text").asText()).isEqualTo("Hi");
      JsonNode end = talker.find("response.done").path("response");
      assertThat(end.path("status").asText()).isEqualTo("incomplete");
      assertThat(end.at("/status_details/reason").asText()).isEqualTo("max_output_tokens");
      talker.send("{'type':'input_audio_buffer.clear'}");
      talker.next("input_audio_buffer.cleared");
      assertThat(session.calls.take()).isEqualTo("clear");
    }
  }

  @Test
  void by_push_to_talk_sound_does_not_interrupt_before_it_is_committed() throws Exception {
    try (Talker talker = new Talker(server)) {
      talker.send(
          "{'type':'session.update','session':{'audio':{'input':{'turn_detection':null}}}}");
      ScriptedSession session = said(talker);
      session.happens(new TurnStarted(1, false));
      talker.find("response.created");
      talker.send("{'type':'input_audio_buffer.append','audio':'" + SOUND + "'}");
      talker.send("{'type':'input_audio_buffer.append','audio':'%'}");
      talker.next("error");
      assertThat(session.written).isEmpty();
      talker.send("{'type':'input_audio_buffer.commit'}");
      assertThat(session.calls.take()).isEqualTo("commit");
      assertThat(session.written.take()).hasSize(24_000 / 5);
    }
  }

  @Test
  void results_of_tools_are_given_when_the_model_is_asked_to_go_on() throws Exception {
    try (Talker talker = new Talker(server)) {
      ScriptedSession session = said(talker);
      session.happens(
          new TurnStarted(1, false),
          new ToolCall("c1", "clock", "{\"zone\":\"utc\"}"),
          done(1, FinishReason.END));
      JsonNode added = talker.find("response.output_item.added");
      assertThat(added.at("/item/type").asText()).isEqualTo("function_call");
      assertThat(talker.find("response.function_call_arguments.done").path("arguments").asText())
          .isEqualTo("{\"zone\":\"utc\"}");
      assertThat(talker.find("response.done").at("/response/output/0/call_id").asText())
          .isEqualTo("c1");
      talker.send(
          "{'type':'conversation.item.create','item':{'type':'function_call_output',"
              + "'call_id':'c1','output':'noon'}}");
      talker.next("conversation.item.added");
      talker.next("conversation.item.done");
      assertThat(session.calls).isEmpty();
      talker.send("{'type':'response.create'}");
      assertThat(session.calls.take()).isEqualTo("result c1 noon");
      assertThat(session.calls.take()).isEqualTo("respond aloud");
    }
  }

  @Test
  void other_instructions_hold_for_one_response() throws Exception {
    try (Talker talker = new Talker(server)) {
      ScriptedSession session = said(talker);
      talker.send("{'type':'response.create','response':{'instructions':'Whisper.'}}");
      assertThat(session.calls.take()).isEqualTo("update Whisper.");
      assertThat(session.calls.take()).isEqualTo("respond aloud");
      session.happens(new TurnStarted(1, false));
      assertThat(session.calls.take()).isEqualTo("update ");
    }
  }

  @Test
  void a_response_of_no_conversation_is_made_beside_it() throws Exception {
    try (Talker talker = new Talker(server)) {
      talker.next("session.created");
      talker.send(
          "{'type':'response.create','response':{'conversation':'none','output_modalities':"
              + "['text'],'input':[{'type':'message','role':'user','content':"
              + "[{'type':'input_text','text':'Hi'}]}]}}");
      JsonNode created = talker.next("response.created").path("response");
      assertThat(created.path("conversation_id").isNull()).isTrue();
      assertThat(talker.find("response.done").at("/response/output/0/content/0/text").asText())
          .isEqualTo("aside");
      assertThat(server.script.sessions).isEmpty();
    }
  }

  @Test
  void a_response_of_no_conversation_may_be_about_it() throws Exception {
    try (Talker talker = new Talker(server)) {
      talker.send("{'type':'response.create','response':{'conversation':'none'}}");
      JsonNode nothing = talker.find("error").path("error");
      assertThat(nothing.path("param").asText()).isEqualTo("response.input");
      for (String id : List.of("a", "b")) {
        talker.send(
            item(
                "{'id':'"
                    + id
                    + "','type':'message','role':'user','content':"
                    + "[{'type':'input_text','text':'This is "
                    + id
                    + ".'}]}"));
      }
      talker.send(
          "{'type':'response.create','response':{'conversation':'none','instructions':'Sum up.'}}");
      talker.find("response.done");
      Prompt whole = server.script.prompts.take();
      assertThat(whole.messages())
          .containsExactly(
              Message.system("Sum up."), Message.user("This is a."), Message.user("This is b."));
      talker.send(
          "{'type':'response.create','response':{'conversation':'none','input':["
              + "{'type':'item_reference','id':'b'},{'type':'message','role':'user','content':"
              + "[{'type':'input_text','text':'What?'}]}]}}");
      talker.find("response.done");
      assertThat(server.script.prompts.take().messages())
          .containsExactly(Message.user("This is b."), Message.user("What?"));
      talker.send(
          "{'type':'response.create','response':{'conversation':'none','input':["
              + "{'type':'item_reference','id':'c'}]}}");
      assertThat(talker.find("error").at("/error/code").asText()).isEqualTo("item_not_found");
      talker.send("{'type':'response.create','response':{'input':[]}}");
      assertThat(talker.find("error").at("/error/code").asText())
          .isEqualTo("unsupported_parameter");
    }
  }

  @Test
  void after_a_long_silence_the_model_goes_on_by_itself() throws Exception {
    try (Talker talker = new Talker(server)) {
      talker.send(
          "{'type':'session.update','session':{'audio':{'input':{'turn_detection':"
              + "{'type':'server_vad','idle_timeout_ms':5000}}}}}");
      assertThat(
              talker
                  .find("session.updated")
                  .at("/session/audio/input/turn_detection/idle_timeout_ms")
                  .asInt())
          .isEqualTo(5000);
      ScriptedSession session = said(talker);
      silence(talker, session, 5200); // Before any reply nobody waits.
      reply(talker, session, 1);
      silence(talker, session, 5800); // Of which the reply is played for a second.
      session.happens(
          new SpeechStarted(Duration.ofMillis(11_500)),
          new SpeechStopped(Duration.ofMillis(11_600), false));
      talker.next("input_audio_buffer.speech_started");
      talker.find("conversation.item.done");
      silence(talker, session, 5200); // Whoever has spoken is answered without that.
      reply(talker, session, 2);
      silence(talker, session, 5800);
      silence(talker, session, 200);
      JsonNode told = talker.next("input_audio_buffer.timeout_triggered");
      assertThat(told.path("audio_start_ms").asInt()).isEqualTo(17_400);
      assertThat(told.path("audio_end_ms").asInt()).isEqualTo(22_400);
      JsonNode committed = talker.next("input_audio_buffer.committed");
      assertThat(committed.path("item_id")).isEqualTo(told.path("item_id"));
      talker.next("conversation.item.added");
      talker.next("conversation.item.done");
      assertThat(session.calls.take()).contains("Audio");
      assertThat(session.calls.take()).isEqualTo("respond aloud");
      silence(talker, session, 5200); // Once for each reply.
      talker.send("{'type':'no.such'}");
      talker.next("error");
      assertThat(session.calls).isEmpty();
    }
  }

  private static void reply(Talker talker, ScriptedSession session, int turn)
      throws InterruptedException {
    session.happens(new TurnStarted(turn, false), sound(16_000), done(turn, FinishReason.END));
    talker.find("response.done");
  }

  private static void silence(Talker talker, ScriptedSession session, int millis)
      throws InterruptedException {
    String audio = Base64.getEncoder().encodeToString(new byte[2 * 24 * millis]);
    talker.send("{'type':'input_audio_buffer.append','audio':'" + audio + "'}");
    assertThat(session.written.poll(30, TimeUnit.SECONDS)).hasSize(24 * millis);
  }

  @Test
  void a_server_that_closes_lets_a_spoken_reply_end() throws Exception {
    try (Talker talker = new Talker(server)) {
      ScriptedSession session = said(talker);
      session.happens(new TurnStarted(1, false), new TextDelta("One"));
      talker.find("response.output_audio_transcript.delta");
      CompletableFuture<Void> closing = CompletableFuture.runAsync(server.server::close);
      session.happens(new TextDelta(" and all."), done(1, FinishReason.END));
      assertThat(
              talker.find("response.done").at("/response/output/0/content/0/transcript").asText())
          .isEqualTo("One and all.");
      assertThat(talker.closed.get(30, TimeUnit.SECONDS)).isEqualTo(1001);
      closing.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void what_is_written_shown_and_known_from_before_reaches_the_session() throws Exception {
    try (Talker talker = new Talker(server)) {
      talker.send(
          item(
              "{'id':'a','type':'message','role':'user','content':"
                  + "[{'type':'input_text','text':'Hi'},{'type':'input_image','image_url':"
                  + "'data:image/png;base64,AAAA','time_ms':70}]}"));
      ScriptedSession session = server.script.sessions.poll(30, TimeUnit.SECONDS);
      assertThat(talker.find("error").at("/error/code").asText()).isEqualTo("invalid_media");
      talker.send("{'type':'input_video_buffer.append','image':'AAAAAAAA','time_ms':90}");
      talker.send("{'type':'input_video_buffer.append','image':'AAAAAAAA'}");
      talker.send(
          item(
              "{'id':'b','type':'message','role':'user','content':"
                  + "[{'type':'input_text','text':'Hi'}]}"));
      talker.send(
          item(
              "{'id':'c','type':'message','role':'assistant','content':"
                  + "[{'type':'output_text','text':'Ho'}]}"));
      talker.send("{'type':'conversation.item.delete','item_id':'b'}");
      List<String> calls = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        calls.add(session.calls.poll(30, TimeUnit.SECONDS));
      }
      assertThat(calls)
          .containsExactly(
              "show 6 bytes in memory at 90",
              "show 6 bytes in memory at 0",
              "add [Text[text=Hi]]",
              "restore [USER, ASSISTANT]",
              "restore [ASSISTANT]");
      talker.find("conversation.item.deleted");
    }
  }

  @Test
  void cancelling_and_playing_are_told_to_the_session() throws Exception {
    try (Talker talker = new Talker(server)) {
      talker.next("session.created");
      talker.send("{'type':'response.cancel','event_id':'e7'}");
      JsonNode error = talker.next("error").path("error");
      assertThat(error.path("code").asText()).isEqualTo("response_cancel_not_active");
      assertThat(error.path("event_id").asText()).isEqualTo("e7");
      ScriptedSession session = said(talker);
      session.happens(new TurnStarted(1, false));
      talker.next("response.created");
      talker.send("{'type':'output_audio_buffer.played','audio_end_ms':30}");
      talker.send("{'type':'response.cancel'}");
      talker.send("{'type':'output_audio_buffer.clear'}");
      assertThat(session.calls.take()).isEqualTo("played 30");
      assertThat(session.calls.take()).isEqualTo("interrupt");
      assertThat(session.calls.take()).isEqualTo("interrupt");
      session.happens(new Interrupted(1, Duration.ZERO, ""), interrupted(1));
      JsonNode end = talker.next("response.done").path("response");
      assertThat(end.at("/status_details/reason").asText()).isEqualTo("client_cancelled");
    }
  }

  @Test
  void a_reply_that_fails_does_not_end_the_session() throws Exception {
    try (Talker talker = new Talker(server)) {
      ScriptedSession session = said(talker);
      session.happens(
          new TurnStarted(1, false),
          new TurnDone(
              1,
              TurnDone.End.FAILED,
              Optional.empty(),
              Optional.of(new BackendException("broken")),
              Optional.empty(),
              Optional.empty()),
          new TurnStarted(2, false));
      JsonNode end = talker.find("response.done").path("response");
      assertThat(end.path("status").asText()).isEqualTo("failed");
      assertThat(end.at("/status_details/error/message").asText()).isEqualTo("broken");
      talker.next("response.created");
    }
  }

  @Test
  void clients_of_the_beta_get_the_older_names() throws Exception {
    try (Talker talker = new Talker(server, "OpenAI-Beta", "realtime=v1")) {
      JsonNode created = talker.next("session.created").path("session");
      assertThat(created.path("input_audio_format").asText()).isEqualTo("pcm16");
      talker.next("conversation.created");
      talker.send(
          "{'type':'session.update','session':{'modalities':['text','audio'],"
              + "'output_audio_format':'g711_ulaw','turn_detection':{'type':'server_vad'},"
              + "'max_response_output_tokens':'inf','voice':'alloy','temperature':0.8}}");
      assertThat(talker.next("session.updated").at("/session/output_audio_format").asText())
          .isEqualTo("g711_ulaw");
      ScriptedSession session = said(talker);
      assertThat(session.options.generation().temperature()).isEqualTo(0.8);
      session.happens(
          new TurnStarted(1, false),
          new TextDelta("Moo."),
          sound(24_000),
          done(1, FinishReason.END));
      List<String> types = new ArrayList<>();
      int bytes = 0;
      while (!types.contains("response.done")) {
        JsonNode event = talker.events.poll(30, TimeUnit.SECONDS);
        types.add(event.path("type").asText());
        bytes += event.path("type").asText().equals("response.audio.delta") ? length(event) : 0;
      }
      assertThat(types)
          .contains(
              "conversation.item.created",
              "response.audio_transcript.delta",
              "response.audio.delta",
              "response.audio.done",
              "response.audio_transcript.done")
          .doesNotContain("conversation.item.done", "conversation.item.added");
      assertThat(bytes).as("a second of a telephone").isEqualTo(8000);
    }
  }

  /** Says something, so that there is a session. */
  private ScriptedSession said(Talker talker) throws Exception {
    talker.send("{'type':'input_audio_buffer.append','audio':'" + SOUND + "'}");
    ScriptedSession session = server.script.sessions.poll(30, TimeUnit.SECONDS);
    assertThat(session.written.poll(30, TimeUnit.SECONDS)).hasSize(24_000 / 5);
    return session;
  }

  private static String item(String item) {
    return "{'type':'conversation.item.create','item':" + item + "}";
  }

  private static int length(JsonNode event) {
    return Base64.getDecoder().decode(event.path("delta").asText()).length;
  }

  private static AudioDelta sound(int sampleRateHz) {
    return new AudioDelta(new Samples(new float[sampleRateHz], sampleRateHz), 0, 0, 3);
  }

  private static TurnDone interrupted(int turn) {
    return new TurnDone(
        turn,
        TurnDone.End.INTERRUPTED,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static TurnDone done(int turn, FinishReason reason) {
    Done done = Events.done(reason);
    return new TurnDone(
        turn,
        TurnDone.End.COMPLETE,
        Optional.of(done),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
