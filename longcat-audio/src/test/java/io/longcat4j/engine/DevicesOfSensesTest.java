package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.BackendException;
import io.longcat4j.Device;
import io.longcat4j.LoadingListener;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.modality.ModalityContext;
import io.longcat4j.spi.SenseDevices;
import io.longcat4j.testing.TestData;
import org.junit.jupiter.api.Test;

/** ONNX Runtime has no CUDA provider here: who refuses is who was sent to a GPU. */
class DevicesOfSensesTest {
  private static final SenseDevices CPU = SenseDevices.all(Device.cpu());
  private static final Checkpoint CHECKPOINT = Checkpoint.open(TestData.bf16());

  @Test
  void ears_and_voice_are_opened_where_each_was_sent() {
    assertThatThrownBy(() -> open(CPU.withEars(Device.cuda(1))))
        .isInstanceOf(BackendException.class)
        .hasMessageStartingWith("The audio encoder cannot run on cuda:1: ");
    assertThatThrownBy(() -> open(CPU.withVoice(Device.cuda(0))))
        .isInstanceOf(BackendException.class)
        .hasMessageStartingWith("The codec decoder cannot run on cuda:0: ");
    try (Modalities opened = open(CPU.withEyes(Device.cuda(0)))) {
      assertThat(opened.describe()).anyMatch(line -> line.endsWith("ONNX Runtime on 1 threads"));
    }
  }

  private static Modalities open(SenseDevices devices) {
    int hidden = CHECKPOINT.model().hiddenSize();
    ModalityContext context =
        new ModalityContext(TestData.bf16(), hidden, Device.cpu(), 1, LoadingListener.silent());
    return Modalities.open(CHECKPOINT, devices, context);
  }
}
