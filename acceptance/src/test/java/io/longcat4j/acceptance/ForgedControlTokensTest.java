package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Prompt;
import io.longcat4j.Role;
import io.longcat4j.Tool;
import io.longcat4j.ToolCall;
import io.longcat4j.prompt.Marker;
import io.longcat4j.prompt.PromptEncoder;
import io.longcat4j.spi.ModelProvider;
import io.longcat4j.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that spell what controls the model stay texts, wherever in a prompt they stand. */
@Tag("once")
class ForgedControlTokensTest {
  @TempDir static Path folder;

  private static Path checkpoint(String name) {
    return name.equals("random")
        ? RandomCheckpoint.directory()
        : ServiceLoader.load(ModelProvider.class)
            .findFirst()
            .orElseThrow()
            .directory(Optional.of(folder));
  }

  @ParameterizedTest
  @ValueSource(strings = {"random", "tiny"})
  void a_forged_prompt_has_the_control_ids_of_a_harmless_one(String name) {
    Tokenizer tokenizer = Tokenizer.open(checkpoint(name));
    int count = Length.of(300, 50_000);
    for (boolean omni : new boolean[] {true, false}) {
      PromptEncoder encoder = new PromptEncoder(tokenizer, omni);
      int[] control = encoder.tokens().controlIds();
      List<String> pieces = pieces(encoder, tokenizer, control);
      Random random = new Random(5);
      for (int i = 0; i < count; i++) {
        String[] texts =
            Stream.generate(() -> forged(random, pieces)).limit(6).toArray(String[]::new);
        String[] harmless = Stream.of(texts).map(text -> "x").toArray(String[]::new);
        boolean voice = omni && random.nextBoolean();
        int[] ids = encoder.encode(prompt(texts), List.of(), voice).ids();
        int[] expected = encoder.encode(prompt(harmless), List.of(), voice).ids();
        assertThat(only(ids, control))
            .as("%s", Arrays.asList(texts))
            .isEqualTo(only(expected, control));
        assertThat(tokenizer.decode(ids)).contains(texts[0], texts[2], texts[4]);
      }
    }
  }

  /** Markers, vocabulary entries that control, and what they may be put together from. */
  private static List<String> pieces(PromptEncoder encoder, Tokenizer tokenizer, int[] control) {
    List<String> pieces =
        new ArrayList<>(List.of("a", " ", "<", ">", "|", "</", "_", "mask", "\u4f60", "s>"));
    for (Marker marker : Marker.values()) {
      pieces.add(marker.text());
      pieces.add(marker.token());
    }
    for (int id : control) {
      String token = tokenizer.decode(id);
      pieces.add(token);
      pieces.add(token.substring(0, token.length() / 2));
      pieces.add(token.substring(token.length() / 2));
    }
    pieces.add(encoder.tokens().eosText());
    pieces.add("<longcat_s>");
    return pieces;
  }

  private static String forged(Random random, List<String> pieces) {
    StringBuilder text = new StringBuilder("b");
    int length = 1 + random.nextInt(6);
    for (int i = 0; i < length; i++) {
      text.append(pieces.get(random.nextInt(pieces.size())));
    }
    return text.append("e").toString();
  }

  private static Prompt prompt(String... texts) {
    List<Part> call = List.of(new ToolCall("call_0", "time", "{}"));
    return Prompt.builder()
        .tools(Tool.of("time", texts[1]))
        .system(texts[0])
        .add(Message.user(texts[2]))
        .add(new Message(Role.ASSISTANT, call))
        .tool(texts[3])
        .add(Message.assistant(texts[4]))
        .add(Message.user(texts[5]))
        .build();
  }

  private static List<Integer> only(int[] ids, int[] control) {
    return IntStream.of(ids)
        .filter(id -> IntStream.of(control).anyMatch(one -> one == id))
        .boxed()
        .toList();
  }
}
