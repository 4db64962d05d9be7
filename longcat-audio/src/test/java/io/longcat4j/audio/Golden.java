package io.longcat4j.audio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longcat4j.CodecFrame;
import io.longcat4j.Device;
import io.longcat4j.LoadingListener;
import io.longcat4j.checkpoint.SafetensorsFile;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.modality.ModalityContext;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Expected numbers of a fixture checkpoint, and how near to them a result must be. */
record Golden(Path checkpoint, TensorSource tensors, JsonNode json) {

  static Golden of(Path checkpoint) {
    Path folder = TestData.golden(checkpoint);
    try {
      return new Golden(
          checkpoint,
          SafetensorsFile.open(folder.resolve("golden.safetensors")),
          new ObjectMapper().readTree(folder.resolve("golden.json").toFile()));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static ModalityContext context(Path checkpoint) {
    return context(checkpoint, 192);
  }

  static ModalityContext context(Path checkpoint, int hiddenSize) {
    return new ModalityContext(checkpoint, hiddenSize, Device.cpu(), 2, LoadingListener.silent());
  }

  /** 16-bit PCM of a WAV file with a 44-byte header, as numbers between -1 and 1. */
  static float[] pcm(String name) {
    try {
      ByteBuffer wav =
          ByteBuffer.wrap(Files.readAllBytes(TestData.media(name))).order(ByteOrder.LITTLE_ENDIAN);
      float[] samples = new float[wav.getInt(40) / 2];
      for (int i = 0; i < samples.length; i++) {
        samples[i] = wav.getShort(44 + 2 * i) / 32768f;
      }
      return samples;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  List<CodecFrame> codecFrames() {
    float[] semantic = tensors.require("codec.semantic").toFloats();
    StoredTensor acoustic = tensors.require("codec.acoustic");
    float[] codes = acoustic.toFloats();
    List<CodecFrame> frames = new ArrayList<>();
    for (int frame = 0; frame < semantic.length; frame++) {
      List<Integer> ids = new ArrayList<>();
      for (int codebook = 0; codebook < acoustic.shape().dim(0); codebook++) {
        ids.add((int) codes[codebook * semantic.length + frame]);
      }
      frames.add(new CodecFrame((int) semantic[frame], ids));
    }
    return frames;
  }

  List<CodecFrame> spokenFrames() {
    List<CodecFrame> frames = new ArrayList<>();
    for (JsonNode codes : json.get("speech_generation").get("shifted_codes")) {
      List<Integer> acoustic = new ArrayList<>();
      for (int i = 1; i < codes.size(); i++) {
        acoustic.add(codes.get(i).asInt() - 32);
      }
      frames.add(new CodecFrame(codes.get(0).asInt() - 32, acoustic));
    }
    return frames;
  }

  void assertFeatures(String name, Frames actual) {
    assertNear(name, actual.values(), 2e-3);
  }

  void assertActivations(String name, float[] actual) {
    double largest = 0;
    for (float value : tensors.require(name).toFloats()) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertNear(name, actual, 1e-3 * largest);
  }

  private void assertNear(String name, float[] actual, double tolerance) {
    float[] expected = tensors.require(name).toFloats();
    assertThat(actual).as(name).hasSameSizeAs(expected);
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      double error = Math.abs((double) actual[i] - expected[i]);
      worst = error <= worst ? worst : error;
    }
    assertThat(worst)
        .as("largest error of %s in %s", name, checkpoint.getFileName())
        .isLessThanOrEqualTo(tolerance);
  }
}
