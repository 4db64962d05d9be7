package io.longcat4j.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.longcat4j.MediaException;
import io.longcat4j.MediaSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sounds that libsndfile, librosa and ffmpeg have read. */
@Tag("once")
class SoundCorpusTest {
  private static final Corpus CORPUS = Corpus.of("sounds");
  private static final int RATE = 16_000;

  static Stream<String> readable() {
    return CORPUS.readable();
  }

  static Stream<String> refused() {
    return CORPUS.refused();
  }

  @Test
  void corpusIsAsLargeAsItShouldBe() {
    assertThat(readable().count() + refused().count()).isGreaterThanOrEqualTo(140);
  }

  @ParameterizedTest
  @MethodSource("readable")
  void soundsAreThoseOfTheReferences(String name) throws IOException {
    JsonNode expected = CORPUS.expected(name);
    int rateHz = expected.get("rate").asInt();
    float[] values = decode(CORPUS.source(name), rateHz);

    assertThat(decode(MediaSource.of(Files.readAllBytes(CORPUS.path(name))), rateHz))
        .containsExactly(values);
    assertThat(values).hasSize(expected.get("frames").asInt());
    if (expected.has("sha256")) {
      assertThat(sha256(values)).isEqualTo(expected.get("sha256").asText());
    }
    assertEnergies(decode(CORPUS.source(name), RATE), expected);
  }

  @ParameterizedTest
  @MethodSource("refused")
  void soundsThatAreNoneAreRefusedClearly(String name) {
    assertThatThrownBy(() -> decode(CORPUS.source(name), RATE))
        .isExactlyInstanceOf(MediaException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(CORPUS.expected(name).get("refused").asText())
        .hasMessageContaining(";");
  }

  private static void assertEnergies(float[] values, JsonNode expected) {
    JsonNode rms = expected.get("rms");
    double loudest = 0;
    for (JsonNode part : rms) {
      loudest = Math.max(loudest, part.asDouble());
    }
    boolean exact = expected.has("sha256");
    for (int part = 0; part < rms.size(); part++) {
      assertThat(rootMeanSquare(values, part, rms.size()))
          .as("part " + part)
          .isCloseTo(rms.get(part).asDouble(), within(loudest * (exact ? 0.005 : 0.05)));
    }
  }

  /** Of the parts that numpy's array_split makes: the first ones are longer by one. */
  private static double rootMeanSquare(float[] values, int part, int parts) {
    int size = values.length / parts;
    int longer = values.length % parts;
    int from = part * size + Math.min(part, longer);
    int to = from + size + (part < longer ? 1 : 0);
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += (double) values[i] * values[i];
    }
    return Math.sqrt(sum / (to - from));
  }

  private static float[] decode(MediaSource source, int rateHz) {
    return AudioFile.decode(source, rateHz, 100).samples().values();
  }

  private static String sha256(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
