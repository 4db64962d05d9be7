package io.longcat4j.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BarsTest {
  @TempDir Path folder;

  @Test
  void a_table_is_read_with_remarks() throws Exception {
    Path file = folder.resolve("bars.txt");
    Files.writeString(file, "# least shares\n\ntext 0.97\nown_speech   0.9 # words\n");
    assertThat(Bars.read(file).least()).isEqualTo(Map.of("text", 0.97, "own_speech", 0.9));
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "text=", "text=97", "text=-1", "text=0.9.1", "=0.5", "text 1 2"})
  void what_is_no_bar_is_refused(String bar) throws Exception {
    assertThatThrownBy(() -> Bars.of(List.of(bar))).hasMessageContaining("The bar '" + bar + "'");
    Path file = folder.resolve("bars.txt");
    Files.writeString(file, "image 0.5\n" + bar);
    assertThatThrownBy(() -> Bars.read(file)).hasMessageContaining("bars.txt, line 2");
  }

  @Test
  void a_task_has_one_bar_and_a_later_list_goes_first() {
    assertThatThrownBy(() -> Bars.of(List.of("a=0.1", "a=0.2"))).hasMessageContaining("keep one");
    assertThat(Bars.of(List.of("a=0.1", "b=0.1")).and(Bars.of(List.of("a=0.2"))).least())
        .isEqualTo(Map.of("a", 0.2, "b", 0.1));
  }
}
