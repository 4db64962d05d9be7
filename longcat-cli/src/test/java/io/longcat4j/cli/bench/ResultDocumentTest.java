package io.longcat4j.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.testing.TestData;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultDocumentTest {
  @TempDir Path folder;

  @Test
  void what_stands_between_the_marks_is_replaced_and_nothing_else() throws Exception {
    Path file = folder.resolve("figures.md");
    Files.writeString(
        file, "before\n\n<!-- figures -->\n\nold\n\n<!-- end of figures -->\n\nafter\n");
    ResultDocument document = new ResultDocument(file);
    document.requireMarks();
    document.replace("| new |");
    document.replace("| newer |");
    assertThat(file)
        .hasContent(
            "before\n\n<!-- figures -->\n\n| newer |\n\n<!-- end of figures -->\n\nafter\n");
  }

  @Test
  void a_document_without_marks_is_refused() throws Exception {
    Path file = Files.writeString(folder.resolve("figures.md"), "<!-- end of figures -->");
    assertThatThrownBy(() -> new ResultDocument(file).requireMarks())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("'<!-- figures -->'");
    assertThatThrownBy(() -> new ResultDocument(folder.resolve("none.md")).requireMarks())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("correct the path");
  }

  @Test
  void the_documents_of_this_project_have_the_marks() {
    new ResultDocument(TestData.root().resolve("docs/performance.md")).requireMarks();
    new ResultDocument(TestData.root().resolve("benchmarks/figures.md")).requireMarks();
  }
}
