package io.longcat4j.audio;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Device;
import io.longcat4j.checkpoint.SafetensorsFile;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.testing.TestData;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

/** A codec encoder and what the reference computes from its weights. */
record EncoderGolden(Path folder, TensorSource tensors) {

  static EncoderGolden published() {
    return of(TestData.codecEncoder());
  }

  static EncoderGolden variant(String name) {
    URL folder = EncoderGolden.class.getResource("/encoders/" + name);
    try {
      return of(Path.of(Objects.requireNonNull(folder, name).toURI()));
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static EncoderGolden of(Path folder) {
    return new EncoderGolden(folder, SafetensorsFile.open(folder.resolve("golden.safetensors")));
  }

  CodecEncoder open() {
    return CodecEncoder.open(folder, Device.cpu(), 2);
  }

  float[] samples() {
    return tensors.require("sound.samples").toFloats();
  }

  void assertStages(CodecEncoder encoder, String name, float[] samples) {
    float[] padded = encoder.padded(samples);
    Frames latent = encoder.latent(padded);
    assertNear(name + ".acoustic_latent", columns(latent));
    assertThat(rows(encoder.acousticCodes(latent))).isEqualTo(ints(name + ".acoustic_codes"));
    CodecEncoder.Semantic semantic = encoder.semantic(padded);
    assertNear(name + ".semantic_features", semantic.features().values());
    assertThat(semantic.codes()).isEqualTo(ints(name + ".semantic_codes"));
  }

  private static float[] columns(Frames rows) {
    float[] columns = new float[rows.values().length];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = rows.values()[i % rows.count() * rows.width() + i / rows.count()];
    }
    return columns;
  }

  /** Codes in the golden's order: all frames of a codebook, then those of the next. */
  private static int[] rows(int[][] codes) {
    int[] rows = new int[codes.length * codes[0].length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = codes[i % codes.length][i / codes.length];
    }
    return rows;
  }

  int[] ints(String name) {
    float[] values = tensors.require(name).toFloats();
    int[] ints = new int[values.length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = (int) values[i];
    }
    return ints;
  }

  private void assertNear(String name, float[] actual) {
    float[] expected = tensors.require(name).toFloats();
    assertThat(actual).as(name).hasSameSizeAs(expected);
    double largest = 0;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      double error = Math.abs((double) actual[i] - expected[i]);
      worst = error <= worst ? worst : error;
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    assertThat(worst).as(name).isLessThanOrEqualTo(1e-3 * largest);
  }
}
