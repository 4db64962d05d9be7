package io.longcat4j.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Random weights by how they were drawn, from a text of lines: {@code seed SEED}, {@code file PATH
 * SHA256}, and for each tensor of the file above {@code NAME TYPE SHAPE} with one of
 *
 * <ul>
 *   <li>{@code over-root PLACE}: normal, divided by the root of how many numbers a row has;
 *   <li>{@code by-root PLACE}: the same, but multiplied by the inverse;
 *   <li>{@code normal MEAN DEVIATION PLACE};
 *   <li>{@code uniform PLACE}: 1 to 1.2;
 *   <li>{@code scales}: those of the FP8 tensor before;
 *   <li>{@code hex BYTES}: as they are.
 * </ul>
 *
 * Behind it may stand {@code row ROW BYTES} and {@code zero FIRST-LAST} for rows that are
 * otherwise.
 */
final class WeightRecipe {
  private final Path directory;
  private final List<GeneratedTensor> tensors = new ArrayList<>();
  private TorchNumbers numbers = new TorchNumbers(0);
  private float[] quantized = {};
  private List<Integer> quantizedShape = List.of();

  private WeightRecipe(Path directory) {
    this.directory = directory;
  }

  /**
   * Writes the files.
   *
   * @throws AssertionError where the bytes of one are not those that the recipe tells
   */
  static void write(Path recipe, Path directory) throws IOException {
    WeightRecipe writer = new WeightRecipe(directory);
    String[] file = {};
    for (String line : Files.readAllLines(recipe)) {
      String[] words = line.split(" ", -1);
      if (words[0].equals("seed")) {
        writer.numbers = new TorchNumbers(Integer.parseInt(words[1]));
      } else if (words[0].equals("file")) {
        writer.finish(file);
        file = words;
      } else {
        writer.tensors.add(writer.tensor(words));
      }
    }
    writer.finish(file);
  }

  private void finish(String[] file) throws IOException {
    if (file.length > 0) {
      Path path = directory.resolve(file[1]);
      String name = path.getFileName().toString();
      byte[] bytes =
          name.endsWith(".pt")
              ? TensorFiles.torch(name.substring(0, name.length() - ".pt".length()), tensors)
              : TensorFiles.safetensors(tensors);
      if (!file[2].equals(sha256(bytes))) {
        throw new AssertionError(file[1] + " did not become what it was");
      }
      Files.createDirectories(path.getParent());
      Files.write(path, bytes);
      tensors.clear();
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private GeneratedTensor tensor(String[] words) {
    String name = words[0];
    String type = words[1];
    List<Integer> shape = Arrays.stream(words[2].split("x", -1)).map(Integer::valueOf).toList();
    int count = shape.stream().reduce(1, Math::multiplyExact);
    if (words[3].equals("hex")) {
      return new GeneratedTensor(name, type, shape, HexFormat.of().parseHex(words[4]));
    }
    if (words[3].equals("scales")) {
      float[] scales = GeneratedTensor.scales(quantizedShape, quantized);
      return GeneratedTensor.of(name, type, shape, scales);
    }
    float[] values =
        switch (words[3]) {
          case "over-root" -> scaled(normal(words, 4, count), 0, 1, (float) root(shape));
          case "by-root" -> scaled(normal(words, 4, count), 0, (float) (1 / root(shape)), 1);
          case "normal" -> {
            float mean = Float.parseFloat(words[4]);
            yield scaled(normal(words, 6, count), mean, Float.parseFloat(words[5]), 1);
          }
          case "uniform" -> scaled(numbers.uniform(Integer.parseInt(words[4]), count), 1, 0.2f, 1);
          default -> throw new IllegalArgumentException(words[3]);
        };
    if (type.equals("F8_E4M3")) {
      quantized = values;
      quantizedShape = shape;
      return GeneratedTensor.blocks(name, shape, values);
    }
    return withOtherRows(GeneratedTensor.of(name, type, shape, values), words);
  }

  private float[] normal(String[] words, int at, int count) {
    return numbers.normal(Integer.parseInt(words[at]), count);
  }

  private static double root(List<Integer> shape) {
    return Math.sqrt(shape.stream().skip(1).reduce(1, Math::multiplyExact));
  }

  private static float[] scaled(float[] values, float mean, float factor, float divisor) {
    for (int i = 0; i < values.length; i++) {
      values[i] = mean + factor * values[i] / divisor;
    }
    return values;
  }

  private static GeneratedTensor withOtherRows(GeneratedTensor tensor, String[] words) {
    GeneratedTensor changed = tensor;
    byte[] zeros = new byte[tensor.bytes().length / tensor.shape().get(0)];
    for (int i = 4; i < words.length; i++) {
      if (words[i].equals("row")) {
        byte[] values = HexFormat.of().parseHex(words[i + 2]);
        changed = changed.withRow(Integer.parseInt(words[i + 1]), values);
      } else if (words[i].equals("zero")) {
        String[] range = words[i + 1].split("-", 2);
        for (int row = Integer.parseInt(range[0]); row <= Integer.parseInt(range[1]); row++) {
          changed = changed.withRow(row, zeros);
        }
      }
    }
    return changed;
  }
}
