package io.longcat4j.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Image;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestSetTest {
  private static final String MESSAGES =
      "'messages': [{'role': 'user', 'content': [{'type': 'text', 'text': 'Hi'}]}]";

  @TempDir Path folder;

  @BeforeEach
  void make_media() throws Exception {
    Files.createDirectory(folder.resolve("media"));
    Files.writeString(folder.resolve("media/a.png"), "");
  }

  @Test
  void an_item_has_a_conversation_with_media_beside_the_file() throws Exception {
    TestSet set =
        read(
            "{'id': 'image-01', 'task': 'image', 'kind': 'count', 'measure': 'exact', 'messages':"
                + " [{'role': 'user', 'content': [{'type': 'text', 'text': 'I am Anna.'}]},"
                + " {'role': 'assistant', 'content': [{'type': 'text', 'text': 'Hello.'}]},"
                + " {'role': 'user', 'content': [{'type': 'image', 'image': 'media/a.png'}]}],"
                + " 'answer': 'Three.'}");
    TestItem item = set.items().get(0);
    assertThat(item.id()).isEqualTo("image-01");
    assertThat(item.task()).isEqualTo("image");
    assertThat(item.kind()).isEqualTo("count");
    assertThat(item.measure()).isEqualTo(Measure.EXACT);
    assertThat(item.answer()).isEqualTo("Three.");
    List<Message> messages = item.prompt().messages();
    assertThat(messages).hasSize(3);
    assertThat(messages.get(2).parts())
        .containsExactly(Image.of(folder.toAbsolutePath().resolve("media/a.png")));
  }

  @Test
  void kind_and_measure_may_be_left_out() throws Exception {
    TestItem item =
        read("{'id': 'a', 'task': 'text', " + MESSAGES + ", 'answer': 'Hello.'}").items().get(0);
    assertThat(item.kind()).isEqualTo("text");
    assertThat(item.measure()).isEqualTo(Measure.EXACT);
  }

  @Test
  void the_test_set_of_the_small_model_is_read_with_all_its_media() {
    Path root = Path.of(System.getProperty("longcat.repository.root", ".."));
    TestSet set = TestSet.read(root.resolve("testdata/tiny/testset.jsonl"));
    assertThat(set.tasks())
        .containsExactly(
            "text",
            "image",
            "video",
            "transcription",
            "spoken_question",
            "spoken_about_image",
            "interleaved",
            "kind_of_sound");
    assertThat(set.items()).hasSize(275);
    assertThat(set.items())
        .filteredOn(item -> item.measure() == Measure.WORDS)
        .extracting(TestItem::task)
        .containsOnly("transcription");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'id': 'b', 'task': 't', MESSAGES, 'answer': 'x', 'note': 1} | unknown key 'note'",
        "{'id': 'b', 'task': 't', MESSAGES} | the key 'answer' is missing",
        "{'id': 'b', 'task': 't', 'answer': 'x'} | the key 'messages' is missing",
        "{'id': 'b/c', 'task': 't', MESSAGES, 'answer': 'x'} | 'id' should be a name of letters",
        "{'id': 'b', 'task': 't', MESSAGES, 'answer': 1} | 'answer' should be a text",
        "{'id': 'b', 'task': 't', 'measure': 'vibes', MESSAGES, 'answer': 'x'} | 'measure' should be",
        "{'id': 'a', 'task': 't', MESSAGES, 'answer': 'x'} | the id 'a' is that of line 1 too",
        "{'id': 'b' | not valid JSON",
        "[1] | expected a JSON object",
        "{} {} | not valid JSON",
        "{'id': 'b', 'id': 'c'} | not valid JSON",
        "{'id': 'b', 'task': 't', 'messages': [{'role': 'user', 'content': [{'type': 'image',"
            + " 'image': 'no.png'}]}], 'answer': 'x'} | message 1, part 1: the file 'no.png'",
      })
  void a_wrong_line_is_named(String line, String complaint) {
    String good = "{'id': 'a', 'task': 't', MESSAGES, 'answer': 'x'}\n";
    assertThatThrownBy(() -> read((good + line).replace("MESSAGES", MESSAGES)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("set.jsonl, line 2")
        .hasMessageContaining(complaint);
  }

  @Test
  void an_empty_line_and_an_empty_file_are_named() {
    assertThatThrownBy(() -> read("\n")).hasMessageContaining("line 1: is empty; remove it");
    assertThatThrownBy(() -> read("")).hasMessageContaining("has no line");
  }

  @Test
  void items_are_chosen_by_task_and_number() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      lines.append("{'id': '" + i + "', 'task': '" + (i % 2 == 0 ? "even" : "odd") + "', ");
      lines.append(MESSAGES + ", 'answer': 'x'}\n");
    }
    TestSet set = read(lines.toString());
    assertThat(set.tasks()).containsExactly("even", "odd");
    assertThat(set.ofTasks(List.of("odd")).items())
        .extracting(TestItem::id)
        .containsExactly("1", "3", "5");
    assertThat(set.first(2).items()).extracting(TestItem::id).containsExactly("0", "1", "2", "3");
    assertThatThrownBy(() -> set.ofTasks(List.of("prime")))
        .hasMessage("The test set has no task 'prime'; it has even, odd");
    assertThatThrownBy(() -> set.first(0)).hasMessageContaining("pass at least 1");
  }

  private TestSet read(String lines) throws Exception {
    Path file = folder.resolve("set.jsonl");
    Files.writeString(file, lines.replace('\'', '"'));
    return TestSet.read(file);
  }
}
