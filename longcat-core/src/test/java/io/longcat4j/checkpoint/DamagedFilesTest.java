package io.longcat4j.checkpoint;

import io.longcat4j.testing.Mutations;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A damaged header, index, pickle, archive or configuration is read or refused by a typed error, at
 * once, and with no more memory than its length explains.
 */
@Tag("once")
@Timeout(value = 4, unit = TimeUnit.HOURS)
final class DamagedFilesTest {
  private static final int MAX_ELEMENTS = 64;
  private static final long MEMORY = 64L << 20;

  /** A file that is not mapped, so that a hundred thousand can be read one after the other. */
  private record Bytes(byte[] array) implements Storage {
    @Override
    public long bytes() {
      return array.length;
    }

    @Override
    public ByteBuffer slice(long offset, int length) {
      java.util.Objects.checkFromIndexSize(offset, length, (long) array.length);
      return ByteBuffer.wrap(array, (int) offset, length)
          .slice()
          .asReadOnlyBuffer()
          .order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] start(Path file, int length) throws IOException {
    return Arrays.copyOf(Files.readAllBytes(file), length);
  }

  private static void readAll(TensorSource source) {
    for (String name : source.names()) {
      StoredTensor tensor = source.require(name);
      if (tensor.dtype().isRead()) {
        long elements = tensor.shape().elements();
        float[] some = new float[(int) Math.min(elements, MAX_ELEMENTS)];
        tensor.readFloats(0, some);
        tensor.readFloats(elements - some.length, some);
      }
    }
  }

  private static void config(byte[] bytes) {
    ModelConfigReader.read(
        ConfigFile.of("config.json", ConfigParser.json("config.json", bytes)), warning -> {});
  }

  @Test
  void headers_of_safetensors() throws IOException {
    byte[] whole =
        new SafetensorsBytes()
            .entry("\"__metadata__\":{\"format\":\"pt\"}")
            .floats("model.layers.0.mlp.experts.gate_up_proj", new long[] {1, 2, 2}, 1, 2, 3, 4)
            .floats("b", new long[] {4}, 1, 2, 3, 4)
            .bytes();
    byte[] shard =
        Files.readAllBytes(
            TestData.root().resolve("testdata/siblings/yarn-bias/model.safetensors"));
    int header = (int) ByteBuffer.wrap(shard).order(ByteOrder.LITTLE_ENDIAN).getLong(0) + 8;
    Mutations.of(1, whole, whole, Arrays.copyOf(shard, Math.min(shard.length, header + 256)))
        .readOrRefuse(
            Mutations.times(30_000, 2_000_000),
            MEMORY,
            bytes -> {
              TensorSource source = SafetensorsFile.read("x.safetensors", new Bytes(bytes));
              readAll(new NamedTensors("x", ExpertSlices.of(source)));
            });
  }

  @Test
  void pickles_and_archives_of_pytorch() throws IOException {
    Mutations.of(
            2,
            TestResources.checkpoint("zip.pt"),
            TestResources.checkpoint("zip-protocol5.pt"),
            TestResources.checkpoint("legacy.pt"),
            TestResources.checkpoint("legacy-protocol4.pt"),
            TestResources.checkpoint("compressed.pt"),
            TestResources.checkpoint("nested-with-optimizer.pt"),
            TestResources.checkpoint("negated.pt"))
        .readOrRefuse(
            Mutations.times(60_000, 4_000_000),
            MEMORY,
            bytes -> readAll(PyTorchFile.read("x.pt", new Bytes(bytes))));
  }

  @Test
  void kaldi_matrices() throws IOException {
    byte[] whole = Files.readAllBytes(TestData.bf16().resolve("audio/global_cmvn"));
    byte[] small = text("\0BFM \4\2\0\0\0\4\3\0\0\0" + "abcd".repeat(6));
    Mutations.of(3, whole, small)
        .readOrRefuse(
            Mutations.times(15_000, 500_000),
            MEMORY,
            bytes -> KaldiMatrix.read("global_cmvn", new Bytes(bytes)));
  }

  @Test
  void configurations_of_the_language_model() {
    Mutations.of(
            4,
            TestData.bf16().resolve("config.json"),
            TestData.fp8().resolve("config.json"),
            TestData.root().resolve("testdata/siblings/yarn-bias/config.json"))
        .readOrRefuse(Mutations.times(20_000, 1_500_000), MEMORY, DamagedFilesTest::config);
  }

  @Test
  void what_ends_a_text() {
    byte[] whole = text("{\"bos_token_id\":1,\"eos_token_id\":[2,5],\"temperature\":0.7}");
    Mutations.of(5, whole)
        .readOrRefuse(
            Mutations.times(5_000, 200_000),
            MEMORY,
            bytes ->
                EndOfTextReader.ids(
                    ConfigFile.of("g.json", ConfigParser.json("g.json", bytes)), 100));
  }

  @Test
  void indices() throws IOException {
    Mutations.of(6, start(TestData.bf16().resolve("model.safetensors.index.json"), 12_991))
        .readOrRefuse(
            Mutations.times(5_000, 400_000),
            MEMORY,
            bytes -> {
              ConfigFile map =
                  ConfigFile.of("i.json", ConfigParser.json("i.json", bytes)).child("weight_map");
              map.keys().forEach(map::requireString);
            });
  }

  @Test
  void yaml() throws IOException {
    byte[] whole = Files.readAllBytes(TestData.bf16().resolve("audio_codec/config.yaml"));
    byte[] aliases =
        text(
            """
            a: &a [1, 2]
            b: &b {x: *a, y: [*a, *a]}
            c:
              <<: *b
              ? k
              : 0x1f
            codec_config: {codec_dec_ratios: [1, 2], d: 2001-01-01, e: !!set {a, b}}
            """);
    Mutations.of(7, whole, aliases)
        .readOrRefuse(
            Mutations.times(15_000, 1_400_000),
            MEMORY,
            bytes ->
                ConfigFile.of("c.yaml", ConfigParser.yaml("c.yaml", bytes))
                    .child("codec_config")
                    .requireInts("codec_dec_ratios"));
  }
}
