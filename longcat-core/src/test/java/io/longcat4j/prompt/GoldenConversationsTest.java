package io.longcat4j.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longcat4j.Audio;
import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Prompt;
import io.longcat4j.Role;
import io.longcat4j.Text;
import io.longcat4j.Video;
import io.longcat4j.VideoSampling.Strategy;
import io.longcat4j.testing.TestData;
import io.longcat4j.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class GoldenConversationsTest {
  private static final Path ANY_FILE = Path.of("any");
  private static final int SAMPLES_PER_FRAME = 160;
  private static final int WINDOW_SAMPLES = 400;
  private static final int FRAMES_PER_TOKEN = 8;

  @TestFactory
  Stream<DynamicTest> have_the_text_and_the_ids_of_the_published_demo() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path checkpoint : List.of(TestData.bf16(), TestData.fp8())) {
      PromptEncoder encoder = new PromptEncoder(Tokenizer.open(checkpoint), true);
      for (JsonNode golden : templates(checkpoint)) {
        boolean voice = golden.get("voice").booleanValue();
        String name = checkpoint.getFileName() + " " + golden.get("name").textValue() + " " + voice;
        tests.add(DynamicTest.dynamicTest(name, () -> check(encoder, golden, voice)));
      }
    }
    return tests.stream();
  }

  @Test
  void number_22_in_each_checkpoint() throws IOException {
    assertThat(templates(TestData.bf16())).hasSize(22);
    assertThat(templates(TestData.fp8())).hasSize(22);
  }

  private static JsonNode templates(Path checkpoint) throws IOException {
    Path file = TestData.golden(checkpoint).resolve("golden.json");
    return new ObjectMapper().readTree(file.toFile()).get("templates");
  }

  private static void check(PromptEncoder encoder, JsonNode golden, boolean voice) {
    List<MediaLayout> layouts = new ArrayList<>();
    Prompt prompt = prompt(golden.get("messages"), layouts);

    EncodedPrompt encoded = encoder.encode(prompt, layouts, voice);

    assertThat(encoded.text()).isEqualTo(golden.get("text").textValue());
    assertThat(encoded.ids()).isEqualTo(ints(golden.get("input_ids")));
    assertThat(encoded.media()).hasSameSizeAs(layouts);
    for (int i = 0; i < layouts.size(); i++) {
      EncodedPrompt.Placement placement = encoded.media().get(i);
      placement.requireRows(layouts.get(i).imageTokens(), layouts.get(i).audioTokens());
      assertThat(placement.image())
          .allSatisfy(run -> holds(encoded, run, Marker.IMAGE_PAD, encoder));
      assertThat(placement.audio())
          .allSatisfy(run -> holds(encoded, run, Marker.AUDIO_PAD, encoder));
    }
  }

  private static void holds(
      EncodedPrompt encoded, EncodedPrompt.Run run, Marker marker, PromptEncoder encoder) {
    assertThat(encoded.ids())
        .satisfies(
            ids ->
                assertThat(IntStream.range(run.start(), run.start() + run.length()))
                    .allMatch(position -> ids[position] == encoder.tokens().idOf(marker)));
  }

  private static Prompt prompt(JsonNode messages, List<MediaLayout> layouts) {
    List<Message> result = new ArrayList<>();
    for (JsonNode message : messages) {
      List<Part> parts = new ArrayList<>();
      message.get("content").forEach(item -> parts.add(part(item, layouts)));
      Role role = Role.valueOf(message.get("role").textValue().toUpperCase(Locale.ROOT));
      result.add(new Message(role, parts));
    }
    return new Prompt(result);
  }

  private static Part part(JsonNode item, List<MediaLayout> layouts) {
    String type = item.get("type").textValue();
    JsonNode meta = item.path("meta");
    return switch (type) {
      case "text" -> Text.of(item.get("text").textValue());
      case "audio" -> {
        layouts.add(new MediaLayout.OfAudio(audioTokens(item.get("audio").intValue())));
        yield Audio.of(ANY_FILE);
      }
      case "image" -> {
        layouts.add(new MediaLayout.OfImage(meta.get("image_token_num").get(0).intValue()));
        yield Image.of(ANY_FILE);
      }
      case "video" -> {
        layouts.add(new MediaLayout.OfVideo(pairs(meta)));
        yield Video.of(ANY_FILE);
      }
      case "multimodal_interleaved" -> {
        layouts.add(interleaved(item.get(type), meta));
        yield Interleaved.of(ANY_FILE);
      }
      default -> throw new AssertionError("The golden file has a part of type " + type);
    };
  }

  private static MediaLayout interleaved(JsonNode media, JsonNode meta) {
    String strategy = meta.get("frame_sample_strategy").textValue().toUpperCase(Locale.ROOT);
    return new MediaLayout.OfInterleaved(
        pairs(meta),
        audioTokens(media.get("audio").intValue()),
        Strategy.valueOf(strategy),
        meta.get("sequential_sample_num_frame_per_sec").intValue());
  }

  private static List<MediaLayout.Pair> pairs(JsonNode meta) {
    List<MediaLayout.Pair> pairs = new ArrayList<>();
    for (int i = 0; i < meta.get("frame_secs").size(); i++) {
      pairs.add(
          new MediaLayout.Pair(
              meta.get("frame_secs").get(i).textValue(),
              meta.get("image_token_num").get(i).intValue()));
    }
    return pairs;
  }

  private static int audioTokens(int samples) {
    int frames = 1 + (samples - WINDOW_SAMPLES) / SAMPLES_PER_FRAME;
    return (frames + FRAMES_PER_TOKEN - 1) / FRAMES_PER_TOKEN;
  }

  private static int[] ints(JsonNode array) {
    int[] ints = new int[array.size()];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = array.get(i).intValue();
    }
    return ints;
  }
}
