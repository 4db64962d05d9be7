package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Device;
import io.longcat4j.LoadingListener;
import io.longcat4j.MissingModuleException;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.modality.ModalityContext;
import io.longcat4j.spi.SenseDevices;
import io.longcat4j.testing.TestData;
import org.junit.jupiter.api.Test;

class VoiceActivityTest {

  @Test
  void without_a_module_that_detects_speech_its_artifact_is_named() {
    ModalityContext context =
        new ModalityContext(TestData.bf16(), 64, Device.cpu(), 1, LoadingListener.silent());
    try (Modalities modalities =
        Modalities.open(
            Checkpoint.open(TestData.bf16()), SenseDevices.all(Device.cpu()), context)) {
      assertThatThrownBy(modalities::voiceActivity)
          .isInstanceOf(MissingModuleException.class)
          .hasMessageContaining("io.longcat4j:longcat-audio");
    }
  }
}
