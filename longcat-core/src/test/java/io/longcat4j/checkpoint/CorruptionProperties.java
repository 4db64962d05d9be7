package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.CheckpointException;
import io.longcat4j.tensor.DType;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterProperty;

/** A damaged file is read or refused: no other exception, no exhausted memory, no hang. */
@Tag("once")
final class CorruptionProperties {
  private static final int MAX_ELEMENTS = 1000;

  private final Path file = temporary();

  /**
   * Bytes to overwrite, and where the file ends.
   *
   * @param place from 0 to 1, of the file's length
   * @param value the new byte
   */
  record Damage(double place, byte value) {
    void apply(byte[] bytes) {
      if (bytes.length > 0) {
        bytes[(int) Math.min(bytes.length - 1, place * bytes.length)] = value;
      }
    }
  }

  private static Path temporary() {
    try {
      return Files.createTempFile("damaged", ".bin");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterProperty
  void remove() throws IOException {
    Files.delete(file);
  }

  @Provide
  Arbitrary<List<Damage>> damages() {
    Arbitrary<Byte> value =
        Arbitraries.oneOf(Arbitraries.bytes(), Arbitraries.of((byte) 0, (byte) -1, (byte) 127));
    return Combinators.combine(Arbitraries.doubles().between(0, 1), value)
        .as(Damage::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(6);
  }

  private void damage(byte[] bytes, List<Damage> damages) {
    damages.forEach(damage -> damage.apply(bytes));
    SafetensorsBytes.write(file, bytes);
  }

  private static byte[] resource(String name) {
    return bytes(TestResources.checkpoint(name));
  }

  private static byte[] bytes(Path path) {
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void readAll(TensorSource source) {
    for (String name : source.names()) {
      StoredTensor tensor = source.require(name);
      long elements = tensor.shape().elements();
      float[] first = new float[(int) Math.min(elements, MAX_ELEMENTS)];
      tensor.readFloats(0, first);
      tensor.readFloats(elements - first.length, first);
    }
  }

  private void readOrRefuse(Runnable read) {
    try {
      read.run();
    } catch (CheckpointException e) {
      assertThat(e).hasMessageContaining(file.toString());
    }
  }

  @Property(tries = 400, shrinking = ShrinkingMode.BOUNDED)
  void damaged_zip_files_are_read_or_refused(@ForAll("damages") List<Damage> damages) {
    damage(resource("zip.pt"), damages);
    readOrRefuse(() -> readAll(PyTorchFile.open(file)));
  }

  @Property(tries = 400, shrinking = ShrinkingMode.BOUNDED)
  void damaged_legacy_files_are_read_or_refused(@ForAll("damages") List<Damage> damages) {
    damage(resource("legacy.pt"), damages);
    readOrRefuse(() -> readAll(PyTorchFile.open(file)));
  }

  @Property(tries = 400, shrinking = ShrinkingMode.BOUNDED)
  void damaged_protocol_4_files_are_read_or_refused(@ForAll("damages") List<Damage> damages) {
    damage(resource("legacy-protocol4.pt"), damages);
    readOrRefuse(() -> readAll(PyTorchFile.open(file)));
  }

  @Property(tries = 400, shrinking = ShrinkingMode.BOUNDED)
  void damaged_compressed_files_are_read_or_refused(@ForAll("damages") List<Damage> damages) {
    damage(resource("compressed.pt"), damages);
    readOrRefuse(() -> readAll(PyTorchFile.open(file)));
  }

  @Property(tries = 400, shrinking = ShrinkingMode.BOUNDED)
  void damaged_safetensors_are_read_or_refused(@ForAll("damages") List<Damage> damages) {
    byte[] whole =
        new SafetensorsBytes()
            .entry("\"__metadata__\":{\"format\":\"pt\"}")
            .floats("model.norm.weight", new long[] {2, 3}, 1, 2, 3, 4, 5, 6)
            .tensor("b", DType.BF16, new long[] {4}, new byte[8])
            .tensor("c", DType.F8_E4M3, new long[] {1, 0, 2}, new byte[0])
            .bytes();
    damage(whole, damages);
    readOrRefuse(() -> readAll(SafetensorsFile.open(file)));
  }

  @Property(tries = 400, shrinking = ShrinkingMode.BOUNDED)
  void damaged_matrices_are_read_or_refused(@ForAll("damages") List<Damage> damages) {
    byte[] whole = bytes(TestData.bf16().resolve("audio/global_cmvn"));
    damage(Arrays.copyOf(whole, 15), damages);
    readOrRefuse(() -> KaldiMatrix.read(file));
  }

  @Property(tries = 400, shrinking = ShrinkingMode.BOUNDED)
  void damaged_json_configurations_are_read_or_refused(@ForAll("damages") List<Damage> damages) {
    damage(bytes(TestData.fp8().resolve("config.json")), damages);
    readOrRefuse(() -> ModelConfigReader.read(ConfigFile.json(file), warning -> {}));
  }

  @Property(tries = 400, shrinking = ShrinkingMode.BOUNDED)
  void damaged_yaml_configurations_are_read_or_refused(@ForAll("damages") List<Damage> damages) {
    damage(bytes(TestData.bf16().resolve("audio_codec/config.yaml")), damages);
    readOrRefuse(() -> ConfigFile.yaml(file).child("codec_config").requireInts("codec_dec_ratios"));
  }
}
