package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterProperty;

final class SafetensorsProperties {
  private final Path file = temporary();

  /**
   * A tensor to write.
   *
   * @param dtype its number format
   * @param dims its sizes
   * @param seed of its bytes
   */
  record Sample(DType dtype, List<Integer> dims, long seed) {
    long[] sizes() {
      return dims.stream().mapToLong(Integer::longValue).toArray();
    }

    byte[] bytes() {
      byte[] bytes = new byte[(int) dtype.bytes(Arrays.stream(sizes()).reduce(1, (a, b) -> a * b))];
      new Random(seed).nextBytes(bytes);
      return bytes;
    }
  }

  private static Path temporary() {
    try {
      return Files.createTempFile("tensors", ".safetensors");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterProperty
  void remove() throws IOException {
    Files.delete(file);
  }

  @Provide
  Arbitrary<List<Sample>> samples() {
    Arbitrary<List<Integer>> dims = Arbitraries.integers().between(0, 6).list().ofMaxSize(4);
    return Combinators.combine(Arbitraries.of(DType.class), dims, Arbitraries.longs())
        .as(Sample::new)
        .list()
        .ofMaxSize(8);
  }

  @Property(tries = 500)
  void what_is_written_is_read(@ForAll("samples") List<Sample> samples) {
    SafetensorsBytes written = new SafetensorsBytes();
    List<String> names = new ArrayList<>();
    for (Sample sample : samples) {
      names.add("tensor." + names.size());
      written.tensor(names.get(names.size() - 1), sample.dtype(), sample.sizes(), sample.bytes());
    }

    TensorSource source = SafetensorsFile.open(written.write(file));

    assertThat(source.names()).containsExactlyElementsOf(names);
    for (int i = 0; i < samples.size(); i++) {
      Sample sample = samples.get(i);
      StoredTensor tensor = source.require(names.get(i), sample.sizes());
      byte[] bytes = new byte[Math.toIntExact(tensor.byteSize())];
      tensor.bytes(0, bytes.length).get(bytes);
      assertThat(tensor.dtype()).isEqualTo(sample.dtype());
      assertThat(bytes).isEqualTo(sample.bytes());
    }
  }
}
