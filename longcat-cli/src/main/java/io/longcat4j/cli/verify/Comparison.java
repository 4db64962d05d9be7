package io.longcat4j.cli.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.longcat4j.Numerics;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.quantize.Divergence;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.IntPredicate;

/**
 * Gives a golden folder's inputs to stages and compares what they compute. Remembers which entries
 * were used. Not thread-safe.
 */
public final class Comparison {
  private static final double FEATURE_TOLERANCE = 2e-3;
  private static final double EXACT_TOLERANCE = 1e-3;

  private final Golden golden;
  private final Numerics numerics;
  private final Allowance allowance;
  private final BiConsumer<String, float[]> computed;
  private final Map<String, Line> lines = new LinkedHashMap<>();

  Comparison(Golden golden, Numerics numerics, BiConsumer<String, float[]> computed) {
    this.golden = golden;
    this.numerics = numerics;
    this.allowance = Allowance.of(numerics);
    this.computed = computed;
  }

  /**
   * What is compared with.
   *
   * @return the folder
   */
  public Golden golden() {
    return golden;
  }

  Optional<Line> line(String entry) {
    return Optional.ofNullable(lines.get(entry));
  }

  /**
   * A tensor that a stage starts from.
   *
   * @param name its name
   * @return the tensor
   */
  public StoredTensor input(String name) {
    StoredTensor tensor = golden.tensors().require(name);
    lines.putIfAbsent(name, Line.without(name, Line.Status.INPUT, ""));
    return tensor;
  }

  /**
   * A JSON value that a stage starts from.
   *
   * @param entry its name
   * @return the value
   */
  public JsonNode inputValue(String entry) {
    JsonNode value = golden.value(entry);
    lines.putIfAbsent(entry, Line.without(entry, Line.Status.INPUT, ""));
    return value;
  }

  /**
   * Integers that a stage starts from.
   *
   * @param name a tensor's name
   * @return all of them, row by row
   */
  public int[] inputIds(String name) {
    return toInts(input(name));
  }

  /**
   * Compares features: at most 2e-3 off.
   *
   * @param name a tensor's name
   * @param actual what was computed, row by row
   */
  public void features(String name, float[] actual) {
    float[] expected = golden.tensors().require(name).toFloats();
    numbers(name, expected, actual, FEATURE_TOLERANCE);
  }

  /**
   * Compares numbers of the language model: at most 1e-3 of the expected tensor's largest magnitude
   * off, or 2e-2 where activations are rounded to BF16, or 1e-1 where they are to FP8.
   *
   * @param name a tensor's name
   * @param actual what was computed, row by row
   */
  public void activations(String name, float[] actual) {
    activations(name, actual, Choices.none());
  }

  /**
   * The same for what follows from choices: only what followed from expected ones.
   *
   * @param name a tensor's name
   * @param actual what was computed, row by row, as many numbers after each choice
   * @param choices that were made before
   */
  void activations(String name, float[] actual, Choices choices) {
    double tolerance = allowance.numbers();
    float[] expected = golden.tensors().require(name).toFloats();
    numbers(
        name,
        expected,
        actual,
        tolerance * largestMagnitude(expected),
        element -> choices.isComparable(element, actual.length));
  }

  /**
   * Compares logits that follow from choices nobody sees, such as a router's and those of the
   * positions a head keeps: as {@link #activations}, but where activations are rounded logits
   * beyond that differ without failing if the distributions they mean are near.
   *
   * @param name a tensor's name
   * @param actual what was computed, row by row
   * @param width logits of each row
   */
  void logits(String name, float[] actual, int width) {
    activations(name, actual);
    Line line = lines.get(name);
    float[] expected = golden.tensors().require(name).toFloats();
    if (numerics == Numerics.EXACT
        || line == null
        || line.status() != Line.Status.FAILED
        || expected.length != actual.length) {
      return;
    }
    double divergence = Divergence.of(expected, actual, width).meanKl();
    put(
        new Line(
            name,
            divergence <= allowance.divergence() ? Line.Status.DIFFERS : Line.Status.FAILED,
            line.error(),
            line.tolerance(),
            String.format(
                Locale.ROOT,
                "mean KL divergence %.1e, at most %.0e; %s",
                divergence,
                allowance.divergence(),
                line.note())));
  }

  /**
   * Compares choices that a network makes at near ties, such as a router's: exactly, but where
   * activations are rounded to BF16 one in twenty may differ, to FP8 one in five.
   *
   * @param name a tensor's name
   * @param actual ids that were chosen
   * @param size ids of each choice
   * @return where they differ as they may; none in exact numerics, which compare all that follows
   */
  Choices choices(String name, int[] actual, int size) {
    ids(name, actual);
    int[] expected = expectedIds(name);
    if (numerics == Numerics.EXACT || expected.length != actual.length) {
      return Choices.none();
    }
    Choices choices = Choices.of(size, expected, actual);
    int most = (int) (allowance.otherChoices() * choices.count());
    int differing = choices.differing();
    Line.Status within = differing == 0 ? Line.Status.OK : Line.Status.DIFFERS;
    put(
        new Line(
            name,
            differing <= most ? within : Line.Status.FAILED,
            differing,
            most,
            differing == 0 ? "" : differing + " of " + choices.count() + " choices"));
    return choices;
  }

  /**
   * Where a network starts again in its middle, so that it is not judged by what came before.
   *
   * @param name a tensor's name
   * @return its expected numbers where activations are rounded to BF16, else nothing
   */
  Optional<float[]> restart(String name) {
    return numerics == Numerics.EXACT
        ? Optional.empty()
        : Optional.of(golden.tensors().require(name).toFloats());
  }

  /** Integers that are expected. */
  int[] expectedIds(String name) {
    return toInts(golden.tensors().require(name));
  }

  /**
   * Compares numbers: at most 1e-3 of the expected tensor's largest magnitude off.
   *
   * @param name a tensor's name
   * @param actual what was computed, row by row
   */
  public void values(String name, float[] actual) {
    float[] expected = golden.tensors().require(name).toFloats();
    numbers(name, expected, actual, EXACT_TOLERANCE * largestMagnitude(expected));
  }

  /**
   * Compares ids that the language model chose: exactly, but where activations are rounded to BF16
   * other ids are reported and no failure.
   *
   * @param name a tensor's name
   * @param actual what was computed, row by row
   */
  public void ids(String name, int[] actual) {
    exact(name, toInts(golden.tensors().require(name)), actual);
    allowDifference(name);
  }

  /**
   * Compares ids that no rounding may change.
   *
   * @param name a tensor's name
   * @param actual what was computed, row by row
   */
  public void codes(String name, int[] actual) {
    exact(name, toInts(golden.tensors().require(name)), actual);
  }

  /**
   * Compares a JSON value, exactly; numbers by value, so that 3 equals 3.0.
   *
   * @param entry its name
   * @param actual what was computed, in Jackson's terms
   */
  public void value(String entry, JsonNode actual) {
    JsonNode expected = golden.value(entry);
    boolean same = expected.equals(Comparison::compareNodes, actual);
    put(Line.compared(entry, same ? 0 : 1, 0, same ? "" : difference(expected, actual)));
  }

  /**
   * Compares a JSON value that follows from ids that the language model chose, as {@link #ids}.
   *
   * @param entry its name
   * @param actual what was computed, in Jackson's terms
   */
  public void choice(String entry, JsonNode actual) {
    value(entry, actual);
    allowDifference(entry);
  }

  private void allowDifference(String entry) {
    Line line = lines.get(entry);
    if (numerics != Numerics.EXACT && line != null && line.status() == Line.Status.FAILED) {
      put(new Line(entry, Line.Status.DIFFERS, line.error(), Double.NaN, line.note()));
    }
  }

  /**
   * Records that an entry could not be computed.
   *
   * @param entry its name
   * @param why the reason
   */
  public void failed(String entry, String why) {
    put(Line.without(entry, Line.Status.FAILED, why));
  }

  private void numbers(String name, float[] expected, float[] actual, double tolerance) {
    numbers(name, expected, actual, tolerance, element -> true);
  }

  private void numbers(
      String name, float[] expected, float[] actual, double tolerance, IntPredicate compared) {
    computed.accept(name, actual);
    if (expected.length != actual.length) {
      failed(name, expected.length + " numbers expected, " + actual.length + " computed");
      return;
    }
    double worst = 0;
    int at = 0;
    for (int i = 0; i < expected.length; i++) {
      if (!compared.test(i)) {
        continue;
      }
      double error = Math.abs((double) expected[i] - actual[i]);
      if (!(error <= worst)) {
        worst = error;
        at = i;
        if (Double.isNaN(worst)) {
          break;
        }
      }
    }
    put(Line.compared(name, worst, tolerance, note(worst <= tolerance, expected, actual, at)));
  }

  private static String note(boolean fits, float[] expected, float[] actual, int at) {
    return fits ? "" : "element " + at + ": expected " + expected[at] + ", computed " + actual[at];
  }

  private void exact(String name, int[] expected, int[] actual) {
    if (expected.length != actual.length) {
      failed(name, expected.length + " ids expected, " + actual.length + " computed");
      return;
    }
    int differences = 0;
    int first = -1;
    for (int i = 0; i < expected.length; i++) {
      if (expected[i] != actual[i]) {
        differences++;
        first = first < 0 ? i : first;
      }
    }
    String note =
        differences == 0
            ? ""
            : "element " + first + ": expected " + expected[first] + ", computed " + actual[first];
    put(Line.compared(name, differences, 0, note));
  }

  private void put(Line line) {
    lines.put(line.name(), line);
  }

  private static int[] toInts(StoredTensor tensor) {
    long count = tensor.shape().elements();
    int[] ids = new int[Math.toIntExact(count)];
    java.nio.ByteBuffer raw = tensor.bytes(0, Math.toIntExact(tensor.byteSize()));
    for (int i = 0; i < ids.length; i++) {
      ids[i] =
          switch (tensor.dtype()) {
            case I64 -> Math.toIntExact(raw.getLong(8 * i));
            case I32 -> raw.getInt(4 * i);
            case I16 -> raw.getShort(2 * i);
            case I8 -> raw.get(i);
            case U8, BOOL -> raw.get(i) & 0xff;
            default ->
                throw new io.longcat4j.CheckpointException(
                    tensor + ": integers expected; fetch the golden folder again");
          };
    }
    return ids;
  }

  private static float largestMagnitude(float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static int compareNodes(JsonNode left, JsonNode right) {
    if (left.isNumber() && right.isNumber()) {
      return left.decimalValue().compareTo(right.decimalValue());
    }
    return left.equals(right) ? 0 : 1;
  }

  private static String difference(JsonNode expected, JsonNode actual) {
    String left = expected.toString();
    String right = actual.toString();
    int at = Arrays.mismatch(left.toCharArray(), right.toCharArray());
    return "from character "
        + at
        + ": expected "
        + excerpt(left, at)
        + ", computed "
        + excerpt(right, at);
  }

  private static String excerpt(String text, int at) {
    int from = Math.max(0, Math.min(at, text.length()) - 10);
    return text.substring(from, Math.min(text.length(), from + 40));
  }
}
