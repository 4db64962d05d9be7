package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Device;
import io.longcat4j.LoadingListener;
import io.longcat4j.LongCatException;
import io.longcat4j.VoiceActivity;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.modality.ModalityContext;
import io.longcat4j.spi.SenseDevices;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With longcat-audio on the class path; a checkpoint of text alone is enough. */
class VoiceActivityOfAnEngineTest {
  @TempDir Path folder;

  @Test
  void an_engine_without_ears_tells_speech_from_silence_until_it_is_closed() throws IOException {
    try (Stream<Path> files = Files.list(TestData.bf16())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    Modalities modalities = modalities();
    VoiceActivity.Factory factory = modalities.voiceActivity();
    assertThat(modalities.voiceActivity()).isSameAs(factory);
    VoiceActivity activity = factory.open(24_000);
    assertThat(activity.probability(new float[activity.windowSamples()])).isLessThan(0.3);
    modalities.close();
    assertThatThrownBy(() -> activity.probability(new float[activity.windowSamples()]))
        .isInstanceOf(LongCatException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(modalities::voiceActivity)
        .isInstanceOf(LongCatException.class)
        .hasMessageContaining("closed");
    activity.close();
  }

  private Modalities modalities() {
    return Modalities.open(
        Checkpoint.open(folder),
        SenseDevices.all(Device.cpu()),
        new ModalityContext(folder, 64, Device.cpu(), 1, LoadingListener.silent()));
  }
}
