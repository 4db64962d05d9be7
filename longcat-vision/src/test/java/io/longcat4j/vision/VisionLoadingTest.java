package io.longcat4j.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.BackendException;
import io.longcat4j.CheckpointException;
import io.longcat4j.Device;
import io.longcat4j.LoadingAbortedException;
import io.longcat4j.LoadingListener;
import io.longcat4j.LoadingProgress;
import io.longcat4j.modality.ModalityContext;
import io.longcat4j.testing.Poison;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VisionLoadingTest {
  private static final int HIDDEN = 192;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "vision_model.pt", "vision_projector.pt"})
  void a_missing_file_is_named_with_a_remedy(String file) throws IOException {
    copyVision();
    Files.delete(directory.resolve("vision").resolve(file));

    assertThatThrownBy(() -> LongCatVision.open(context(Device.cpu(), HIDDEN)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(file + " is missing")
        .hasMessageContaining("fetch the checkpoint's vision folder");
  }

  @Test
  void a_tensor_without_a_place_in_the_network_is_told() throws IOException {
    copyVision();
    editConfig("\"num_hidden_layers\": 3", "\"num_hidden_layers\": 2");
    List<String> warnings = new ArrayList<>();

    LongCatVision.open(
            new ModalityContext(
                directory, HIDDEN, Device.cpu(), 1, LoadingListener.silent(), warnings::add))
        .close();

    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("vision_model.pt", "encoder.layers.2.attn.k_norm.weight and others", "check");
  }

  @Test
  void a_vector_that_is_no_number_is_named() throws IOException {
    copyVision();
    String norm = "encoder.layers.1.attn.k_norm.weight";
    Poison.first(directory.resolve("vision/vision_model.pt"), norm);

    assertThatThrownBy(() -> LongCatVision.open(context(Device.cpu(), HIDDEN)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll("vision_model.pt", norm, "NaN");
  }

  @Test
  void a_missing_tensor_is_named() throws IOException {
    copyVision();
    editConfig("\"qkv_bias\": false", "\"qkv_bias\": true");

    assertThatThrownBy(() -> LongCatVision.open(context(Device.cpu(), HIDDEN)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("encoder.layers.0.attn.qkv.bias");
  }

  @Test
  void a_projector_of_another_width_is_refused() throws IOException {
    copyVision();

    assertThatThrownBy(() -> LongCatVision.open(context(Device.cpu(), HIDDEN + 1)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("proj.weight")
        .hasMessageContaining("[193, 96]");
  }

  @Test
  void cuda_without_its_artifact_is_refused_by_name() throws IOException {
    copyVision();

    assertThatThrownBy(() -> LongCatVision.open(context(Device.cuda(0), HIDDEN)))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("onnxruntime_gpu");
  }

  @Test
  void loading_is_reported_up_to_its_end() throws IOException {
    copyVision();
    List<LoadingProgress> heard = new ArrayList<>();

    LongCatVision.open(context(Device.cpu(), HIDDEN, heard::add)).close();

    assertThat(heard).allMatch(at -> at.phase() == LoadingProgress.Phase.VISION);
    assertThat(heard).extracting(LoadingProgress::bytesDone).isSorted();
    LoadingProgress last = heard.get(heard.size() - 1);
    assertThat(last.bytesDone()).isEqualTo(last.bytesTotal()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void a_listener_can_abort_at_every_step(int step) throws IOException {
    copyVision();
    List<LoadingProgress> heard = new ArrayList<>();
    LoadingListener impatient =
        progress -> {
          if (heard.size() == step) {
            progress.abort();
          }
          heard.add(progress);
        };

    assertThatThrownBy(() -> LongCatVision.open(context(Device.cpu(), HIDDEN, impatient)))
        .isInstanceOf(LoadingAbortedException.class);
    assertThat(heard).hasSize(step + 1);
  }

  private ModalityContext context(Device device, int hidden) {
    return context(device, hidden, LoadingListener.silent());
  }

  private ModalityContext context(Device device, int hidden, LoadingListener listener) {
    return new ModalityContext(directory, hidden, device, 1, listener);
  }

  private void editConfig(String from, String to) throws IOException {
    Path config = directory.resolve("vision").resolve("config.json");
    String text = Files.readString(config);
    assertThat(text).contains(from);
    Files.writeString(config, text.replace(from, to));
  }

  private void copyVision() throws IOException {
    Path from = TestData.bf16().resolve("vision");
    Path into = Files.createDirectory(directory.resolve("vision"));
    for (String file : List.of("config.json", "vision_model.pt", "vision_projector.pt")) {
      Files.copy(from.resolve(file), into.resolve(file));
    }
  }
}
