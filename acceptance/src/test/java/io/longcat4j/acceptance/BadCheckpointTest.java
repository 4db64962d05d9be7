package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LoadingAbortedException;
import io.longcat4j.LoadingProgress;
import io.longcat4j.LongCat;
import io.longcat4j.LongCatException;
import io.longcat4j.Prompt;
import io.longcat4j.WeightMemory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("once")
class BadCheckpointTest {
  private static final String FIRST_SHARD = "model_00001-of-00002.safetensors";
  private static final String SECOND_SHARD = "model_00002-of-00002.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  @TempDir private Path parent;
  private CheckpointCopy copy;

  @BeforeEach
  void copyTheFixture() throws IOException {
    copy = CheckpointCopy.in(parent);
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertLoadingFails(
      Class<? extends LongCatException> type) {
    return assertThatThrownBy(() -> LongCat.builder().model(copy.directory()).build().close())
        .isInstanceOf(type);
  }

  @Test
  void aDirectoryThatIsNotThere() {
    copy = null;
    assertThatThrownBy(() -> LongCat.builder().model(parent.resolve("nowhere")).build())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("nowhere")
        .hasMessageContaining("does not exist");
  }

  @Test
  void aShardThatIsNotThere() throws IOException {
    copy.delete(SECOND_SHARD);
    assertLoadingFails(CheckpointException.class).hasMessageContaining(SECOND_SHARD);
  }

  @Test
  void aShardThatWasCutShort() throws IOException {
    copy.truncate(FIRST_SHARD, Files.size(copy.file(FIRST_SHARD)) / 2);
    assertLoadingFails(CheckpointException.class).hasMessageContaining(FIRST_SHARD);
  }

  @Test
  void anIndexThatNamesAFileThatIsNotThere() throws IOException {
    copy.replace(INDEX, SECOND_SHARD, "model_00009-of-00002.safetensors");
    assertLoadingFails(CheckpointException.class)
        .hasMessageContaining("model_00009-of-00002.safetensors");
  }

  @Test
  void aHeaderLongerThanItsFile() throws IOException {
    byte[] shard = Files.readAllBytes(copy.file(FIRST_SHARD));
    ByteBuffer.wrap(shard).order(ByteOrder.LITTLE_ENDIAN).putLong(0, shard.length + 1L);
    copy.write(FIRST_SHARD, shard);
    assertLoadingFails(CheckpointException.class)
        .hasMessageContaining(FIRST_SHARD)
        .hasMessageContaining("header");
  }

  @Test
  void aTensorOfAnotherShape() throws IOException {
    copy.replace("config.json", "\"ffn_hidden_size\": 320", "\"ffn_hidden_size\": 319");
    assertLoadingFails(CheckpointException.class)
        .hasMessageContaining("mlps.0.gate_proj.weight")
        .hasMessageContaining("[320, 192]")
        .hasMessageContaining("[319, 192]");
  }

  @Test
  void aTensorOfAnotherFormat() throws IOException {
    byte[] shard = Files.readAllBytes(copy.file(SECOND_SHARD));
    String text = new String(shard, StandardCharsets.ISO_8859_1);
    String name = "\"model.norm.weight\": {\"dtype\": \"BF16\"";
    int at = text.indexOf(name);
    byte[] other = name.replace("\"BF16\"", "\"I16\" ").getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(other, 0, shard, at, other.length);
    copy.write(SECOND_SHARD, shard);
    assertLoadingFails(CheckpointException.class)
        .hasMessageContaining("model.norm.weight")
        .hasMessageContaining("I16");
  }

  @Test
  void aPickleThatWouldRunACommand() throws IOException {
    copy.write("audio/audio_embeddings.pt", pickleThatCalls("os", "system"));
    assertLoadingFails(CheckpointException.class)
        .hasMessageContaining("audio_embeddings.pt")
        .hasMessageContaining("os.system");
  }

  @Test
  void aConfigurationKeyThatChangesTheResult() throws IOException {
    copy.replace(
        "config.json", "\"zero_expert_type\": \"identity\"", "\"zero_expert_type\": \"drop\"");
    assertLoadingFails(CheckpointException.class)
        .hasMessageContaining("zero_expert_type")
        .hasMessageContaining("drop");
  }

  @Test
  void aTokenizerThatIsNoJson() throws IOException {
    copy.truncate("tokenizer.json", 1000);
    assertLoadingFails(CheckpointException.class).hasMessageContaining("tokenizer.json");
  }

  @Test
  void aVisionEncoderWithoutItsWeights() throws IOException {
    copy.delete("vision/vision_model.pt");
    assertLoadingFails(CheckpointException.class).hasMessageContaining("vision_model.pt");
  }

  @Test
  void anAudioEncoderWithoutItsProjector() throws IOException {
    copy.delete("audio/audio_projector.pt");
    assertLoadingFails(CheckpointException.class).hasMessageContaining("audio_projector.pt");
  }

  @Test
  void aListenerThatAborts() {
    // Loading waits for weights only with native kernels; WeightPagesTest aborts there.
    for (LoadingProgress.Phase phase :
        EnumSet.complementOf(EnumSet.of(LoadingProgress.Phase.WEIGHTS))) {
      assertThatThrownBy(
              () ->
                  LongCat.builder()
                      .model(copy.directory())
                      .weights(WeightMemory.preloaded())
                      .onProgress(
                          progress -> {
                            if (progress.phase() == phase) {
                              progress.abort();
                            }
                          })
                      .build())
          .as(phase.name())
          .isInstanceOf(LoadingAbortedException.class);
    }
  }

  @Test
  void aTextOnlyCheckpointAnswersTextAndRefusesMore() throws IOException {
    copy.delete("vision").delete("audio").delete("audio_codec");
    try (LongCat longcat = LongCat.builder().model(copy.directory()).build()) {
      Prompt picture =
          Prompt.user(io.longcat4j.Image.of(io.longcat4j.testing.TestData.media("tiny_30x20.png")));
      assertThatThrownBy(() -> longcat.generate(picture))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("vision/");
      io.longcat4j.Generation shortly =
          io.longcat4j.Generation.builder().maxNewTokens(3).ignoreEos(true).build();
      org.assertj.core.api.Assertions.assertThat(
              longcat.generate(Prompt.user("Hello"), shortly).textIds())
          .hasSize(3);
      assertThatThrownBy(
              () -> longcat.generate(Prompt.user("Hello"), io.longcat4j.Generation.speech()))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("audio_codec/");
    }
  }

  /** A PyTorch zip file whose pickle calls {@code module.name("true")}. */
  private static byte[] pickleThatCalls(String module, String name) throws IOException {
    byte[] pickle =
        ("\u0080\u0002c" + module + "\n" + name + "\nX\u0004\0\0\0true\u0085R.")
            .getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(file)) {
      ZipEntry entry = new ZipEntry("archive/data.pkl");
      entry.setMethod(ZipEntry.STORED);
      entry.setSize(pickle.length);
      CRC32 crc = new CRC32();
      crc.update(pickle);
      entry.setCrc(crc.getValue());
      zip.putNextEntry(entry);
      zip.write(pickle);
      zip.closeEntry();
    }
    return file.toByteArray();
  }
}
