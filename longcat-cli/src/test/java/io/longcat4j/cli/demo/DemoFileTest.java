package io.longcat4j.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Audio;
import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.MediaSource;
import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Prompt;
import io.longcat4j.Role;
import io.longcat4j.Text;
import io.longcat4j.Video;
import io.longcat4j.VideoSampling;
import io.longcat4j.VideoSampling.Strategy;
import io.longcat4j.testing.TestData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DemoFileTest {
  @TempDir Path folder;

  @BeforeEach
  void make_media() throws Exception {
    for (String name : List.of("a.wav", "b.png", "c.mp4")) {
      Files.writeString(folder.resolve(name), "");
    }
  }

  @Test
  void the_published_cases_become_prompts() {
    List<DemoCase> cases = DemoFile.read(TestData.media("demo.json"));
    assertThat(cases)
        .extracting(DemoCase::name)
        .containsExactly(
            "text_case",
            "audio_case",
            "image_case",
            "text_video_case",
            "video_audio_case",
            "video_case");
    assertThat(cases).allSatisfy(one -> assertThat(one.failure()).isEmpty());
    assertThat(parts(cases.get(0)))
        .containsExactly(Text.of("Is there anything delicious or fun to do in Beijing?"));
    assertThat(parts(cases.get(1)).get(0)).isInstanceOf(Audio.class);
    assertThat(parts(cases.get(2)).get(0)).isInstanceOf(Image.class);

    Video video = (Video) parts(cases.get(3)).get(0);
    assertThat(video.sampling().bound()).contains(new VideoSampling.Bound(2, 5));

    Interleaved asked = (Interleaved) parts(cases.get(4)).get(0);
    assertThat(path(asked.audio())).hasFileName("audio_question_3s.wav");
    assertThat(asked.video().sampling().strategy()).isEqualTo(Strategy.SEQUENTIAL);
    assertThat(asked.video().sampling().maxFrames()).isEqualTo(-1);

    Interleaved own = (Interleaved) parts(cases.get(5)).get(0);
    assertThat(path(own.audio())).hasFileName("wurenche_3s_interleaved.mp4");
  }

  @Test
  void the_cases_of_the_small_model_become_prompts() {
    assertThat(DemoFile.read(TestData.media("tiny/demo.json")))
        .hasSizeGreaterThan(5)
        .allSatisfy(one -> assertThat(one.failure()).isEmpty());
  }

  @Test
  void every_sampling_field_has_its_effect() throws Exception {
    VideoSampling sampling =
        interleaved(
                """
                {"frame_sample_strategy": "average", "average_sample_num_frame_per_video": 5,
                 "sequential_sample_num_frame_per_sec": 2, "sequential_max_num_sample_frame": 7,
                 "time_offset": -1.5, "bound": [1, 2.5], "use_audio_track": false}
                """)
            .video()
            .sampling();
    assertThat(sampling.strategy()).isEqualTo(Strategy.AVERAGE);
    assertThat(sampling.averageFrames()).isEqualTo(5);
    assertThat(sampling.framesPerSecond()).isEqualTo(2);
    assertThat(sampling.maxFrames()).isEqualTo(7);
    assertThat(sampling.timeOffsetSeconds()).isEqualTo(-1.5);
    assertThat(sampling.bound()).contains(new VideoSampling.Bound(1, 2.5));
  }

  @Test
  void a_null_strategy_is_taken_for_average_as_the_published_code_does() throws Exception {
    assertThat(interleaved("{\"frame_sample_strategy\": null}").video().sampling().strategy())
        .isEqualTo(Strategy.AVERAGE);
    assertThat(interleaved("{}").video().sampling().strategy()).isEqualTo(Strategy.SEQUENTIAL);
  }

  @ParameterizedTest
  @CsvSource({"-3, 0", "0, 0", "2.5, 2.5"})
  void a_plain_video_applies_positive_offsets_only(double given, double applied) throws Exception {
    Video video =
        (Video)
            part(
                "{\"type\":\"video\",\"video\":\"c.mp4\",\"meta\":{\"time_offset\":"
                    + given
                    + "}}");
    assertThat(video.sampling().timeOffsetSeconds()).isEqualTo(applied);
  }

  @ParameterizedTest
  @CsvSource({"true, true", "false, false", "null, false"})
  void a_picture_is_turned_upright_on_request(String given, boolean upright) throws Exception {
    Image image =
        (Image)
            part("{\"type\":\"image\",\"image\":\"b.png\",\"meta\":{\"upright\":" + given + "}}");
    assertThat(image.isUpright()).isEqualTo(upright);
  }

  @Test
  void history_and_system_messages_keep_their_roles() throws Exception {
    Prompt prompt =
        read("""
                {"x": [
                  {"role": "system", "content": [{"type": "text", "text": "Be brief."}]},
                  {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
                  {"role": "assistant", "content": [{"type": "text", "text": "Hello"}]},
                  {"role": "user", "content": [{"type": "text", "text": "Bye"}]}]}
                """)
            .get(0)
            .prompt()
            .orElseThrow();
    assertThat(prompt.messages())
        .extracting(Message::role)
        .containsExactly(Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.USER);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'type':'smell'}|unknown type 'smell'; allowed are text, image, audio, video",
        "{'type':'text'}|the key 'text' is missing",
        "{'type':'text','text':5}|'text' should be a text in quotation marks, but is 5",
        "{'text':'x'}|the key 'type' is missing",
        "{'type':'text','text':'x','volume':3}|unknown key 'volume'; allowed are [meta, text, type]",
        "{'type':'image','image':'none.png'}|the file 'none.png' was found neither at",
        "{'type':'image','image':'b.png','meta':{'zoom':2}}|meta: unknown key 'zoom'; allowed are [upright]",
        "{'type':'audio','audio':'a.wav','meta':{'sample_rate':8000}}|sample_rate is 8000",
        "{'type':'audio','audio':'a.wav','meta':[]}|meta: expected a JSON object in braces",
        "{'type':'video','video':'c.mp4','meta':{'frame_indices':[1]}}|unknown key 'frame_indices'",
        "{'type':'video','video':'c.mp4','meta':{'bound':[1]}}|'bound' should be [start; end]",
        "{'type':'video','video':'c.mp4','meta':{'bound':[5;2]}}|The bound 5.0 to 2.0 s is empty",
        "{'type':'multimodal_interleaved'}|the key 'multimodal_interleaved' is missing",
        "{'type':'multimodal_interleaved','multimodal_interleaved':{'audio':'a.wav'}}|the key 'video' is missing",
        "{'type':'multimodal_interleaved','multimodal_interleaved':{'video':'c.mp4'}}|there is no sound; add 'audio'",
        "{'type':'multimodal_interleaved','multimodal_interleaved':{'video':'c.mp4';'audio':'a.wav'},'meta':{'use_audio_track':true}}|both 'audio' and use_audio_track",
        "{'type':'multimodal_interleaved','multimodal_interleaved':{'video':'c.mp4';'audio':'a.wav'},'meta':{'use_audio_track':1}}|'use_audio_track' should be true or false, but is 1",
        "{'type':'multimodal_interleaved','multimodal_interleaved':{'video':'c.mp4';'audio':'a.wav'},'meta':{'frame_sample_strategy':'all'}}|'frame_sample_strategy' should be",
        "{'type':'multimodal_interleaved','multimodal_interleaved':{'video':'c.mp4';'audio':'a.wav'},'meta':{'sequential_sample_num_frame_per_sec':0.5}}|should be a whole number, but is 0.5",
        "{'type':'multimodal_interleaved','multimodal_interleaved':{'video':'c.mp4';'audio':'a.wav'},'meta':{'sequential_sample_num_frame_per_sec':0}}|framesPerSecond is 0",
      })
  void a_wrong_part_is_named_with_its_case_and_place(String part, String message) throws Exception {
    String json = part.replace('\'', '"').replace(';', ',');
    DemoCase one = read("{\"weather\": [" + userMessage(json) + "]}").get(0);
    assertThat(one.prompt()).isEmpty();
    assertThat(one.failure().orElseThrow())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("case weather, message 1, part 1")
        .hasMessageContaining(message.replace("; end]", ", end]"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'x': 5}|case x: a conversation should be a list of messages",
        "{'x': [7]}|case x, message 1: expected a JSON object in braces, but found 7",
        "{'x': [{'role':'user'}]}|case x, message 1: the key 'content' is missing",
        "{'x': [{'role':'user','content':'hi'}]}|case x, message 1: 'content' should be a list",
        "{'x': [{'role':'robot','content':[]}]}|case x, message 1: unknown role 'robot'",
        "{'x': [{'role':'user','content':[],'mood':1}]}|case x, message 1: unknown key 'mood'",
        "{'x': [{'role':'system','content':[{'type':'text','text':'a'}]}]}|case x: The last message",
        "{'x': [{'role':'assistant','content':[{'type':'image','image':'b.png'}]}]}|case x, message 1: A message of role ASSISTANT may hold text only",
        "{'a/b': [1]}|case 'a/b': the name becomes a file name",
        "{'..': [1]}|case '..': the name becomes a file name",
      })
  void a_wrong_conversation_is_named(String json, String message) throws Exception {
    assertThat(read(json.replace('\'', '"')).get(0).failure().orElseThrow())
        .hasMessageStartingWith(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "{}", "3", "\"x\""})
  void a_file_without_named_conversations_is_refused(String json) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("expected an object of named conversations");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"a\": [}", "{\"a\": 1, \"a\": 2}", "{} {}"})
  void a_file_that_breaks_json_is_refused(String json) {
    assertThatThrownBy(() -> read(json)).isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void a_missing_file_is_named() {
    assertThatThrownBy(() -> DemoFile.read(folder.resolve("none.json")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("none.json: cannot be read");
  }

  private Interleaved interleaved(String meta) throws Exception {
    return (Interleaved)
        part(
            "{\"type\": \"multimodal_interleaved\", \"multimodal_interleaved\": {\"video\":"
                + " \"c.mp4\", \"audio\": \"a.wav\"}, \"meta\": "
                + meta
                + "}");
  }

  private Part part(String json) throws Exception {
    return parts(read("{\"x\": [" + userMessage(json) + "]}").get(0)).get(0);
  }

  private static List<Part> parts(DemoCase one) {
    return one.prompt().orElseThrow().messages().get(0).parts();
  }

  private static Path path(Audio audio) {
    return ((MediaSource.File) ((Audio.Encoded) audio.content()).source()).path();
  }

  private static String userMessage(String part) {
    return "{\"role\": \"user\", \"content\": [" + part + "]}";
  }

  private List<DemoCase> read(String json) throws Exception {
    return DemoFile.read(Files.writeString(folder.resolve("cases.json"), json));
  }
}
