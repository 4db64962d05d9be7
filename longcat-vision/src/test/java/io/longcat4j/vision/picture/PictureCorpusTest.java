package io.longcat4j.vision.picture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.longcat4j.Image;
import io.longcat4j.MediaException;
import io.longcat4j.Pixels;
import io.longcat4j.spi.Cancellation;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Every file of tools/media-corpus is read as the reference reads it, or refused in plain words.
 */
class PictureCorpusTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("longcat.repository.root"), "testdata/media-corpus/pictures");

  /**
   * Files that are read though the reference refuses them, and why: it fails while it looks at what
   * no pixel depends on, and what is not looked at here.
   */
  private static final Map<String, String> READ_THOUGH_REFUSED =
      Map.of(
          "jpeg_adobe_short.jpg", "Adobe's segment ends before its version",
          "jpeg_jfif_short.jpg", "JFIF's segment ends before its version",
          "jpeg_icc_no_numbers.jpg", "a colour profile's segment ends before its number",
          "png_trns_short.png", "a transparent colour of too few bytes");

  /**
   * Files with other bytes inside their data: what becomes of the blocks behind them, and whether a
   * marker among them is an error, differs between the JDK's own JPEG library and the current one
   * that some distributions build it with.
   */
  private static final Set<String> DAMAGED_INSIDE =
      Set.of(
          "jpeg_data_noise3.jpg",
          "jpeg_data_zeroed3.jpg",
          "jpeg_data_stray_marker2.jpg",
          "jpeg_data_stray_marker3.jpg");

  @Test
  void everyFileIsReadAsTheReferenceReadsItOrRefusedInPlainWords() throws Exception {
    JsonNode expected = new JsonMapper().readTree(FOLDER.resolve("expected.json").toFile());
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<String, JsonNode> file : expected.properties()) {
      String actual = read(FOLDER.resolve(file.getKey()));
      String wanted = wanted(file.getValue());
      boolean isRight =
          READ_THOUGH_REFUSED.containsKey(file.getKey())
              ? isRead(actual)
              : DAMAGED_INSIDE.contains(file.getKey())
                  ? isRead(actual) || actual.startsWith("refused")
                  : actual.startsWith(wanted);
      if (!isRight) {
        wrong.add(file.getKey() + ": " + actual + ", not " + wanted);
      }
    }

    assertThat(wrong).isEmpty();
  }

  private static boolean isRead(String actual) {
    return Character.isDigit(actual.charAt(0));
  }

  private static String wanted(JsonNode answer) {
    return answer.has("refused")
        ? "refused"
        : answer.get("width")
            + " x "
            + answer.get("height")
            + " "
            + answer.get("sha256").textValue();
  }

  private static String read(Path file) {
    try {
      Pixels pixels = ImageDecoder.decode(Image.of(file), Cancellation.BY_INTERRUPTION).pixels();
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(pixels.rgb());
      return pixels.width() + " x " + pixels.height() + " " + HexFormat.of().formatHex(digest);
    } catch (MediaException refused) {
      return "refused: " + refused.getMessage();
    } catch (Exception e) {
      return "an untyped error: " + e;
    }
  }
}
