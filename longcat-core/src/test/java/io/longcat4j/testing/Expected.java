package io.longcat4j.testing;

import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.Span;
import io.longcat4j.compute.HeadLayout;
import io.longcat4j.compute.Rotary;
import io.longcat4j.compute.RouterRule;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The operations as their formulas say, in F64, on arrays; no backend has a part in it. */
public final class Expected {
  private Expected() {}

  public static double dot(float[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
  }

  public static double[] wide(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  public static double[][] linear(float[][] weight, float[] bias, float[][] x) {
    double[][] result = new double[x.length][weight.length];
    for (int row = 0; row < x.length; row++) {
      double[] input = wide(x[row]);
      for (int i = 0; i < weight.length; i++) {
        result[row][i] = dot(weight[i], input) + (bias == null ? 0 : bias[i]);
      }
    }
    return result;
  }

  public static double[][] gated(float[][] gate, float[][] up, float[][] x) {
    double[][] gates = linear(gate, null, x);
    double[][] ups = linear(up, null, x);
    for (int row = 0; row < x.length; row++) {
      for (int i = 0; i < gate.length; i++) {
        gates[row][i] = gates[row][i] / (1 + Math.exp(-gates[row][i])) * ups[row][i];
      }
    }
    return gates;
  }

  public static double[] rmsNorm(float[] x, float[] gain, double epsilon, double scale) {
    double mean = Arrays.stream(wide(x)).map(v -> v * v).average().orElseThrow();
    return IntStream.range(0, x.length)
        .mapToDouble(i -> x[i] / Math.sqrt(mean + epsilon) * gain[i] * scale)
        .toArray();
  }

  public static double[] rotate(float[] x, int groups, Rotary rotary, int position) {
    double[] result = wide(x);
    int width = x.length / groups;
    int pairs = rotary.columns() / 2;
    for (int group = 0; group < groups; group++) {
      int first = (group + 1) * width - rotary.columns();
      for (int i = 0; i < pairs; i++) {
        double angle = position * rotary.inverseFrequencies()[i];
        double even = x[first + 2 * i];
        double odd = x[first + 2 * i + 1];
        result[first + i] = rotary.magnitude() * (even * Math.cos(angle) - odd * Math.sin(angle));
        result[first + pairs + i] =
            rotary.magnitude() * (even * Math.sin(angle) + odd * Math.cos(angle));
      }
    }
    return result;
  }

  public static double[] softmax(double[] scores) {
    double largest = Arrays.stream(scores).max().orElseThrow();
    double[] powers = Arrays.stream(scores).map(score -> Math.exp(score - largest)).toArray();
    double sum = Arrays.stream(powers).sum();
    return Arrays.stream(powers).map(power -> power / sum).toArray();
  }

  /** Keys and values are expanded for each head, as the paper defines them. */
  public static double[][] attention(
      float[][] queries,
      float[][] kvB,
      HeadLayout layout,
      float[][] cache,
      List<Span> spans,
      int pagePositions) {
    double[][] result = new double[queries.length][layout.heads() * layout.value()];
    for (Span span : spans) {
      for (int i = 0; i < span.rows(); i++) {
        int row = span.firstRow() + i;
        int[] slots = slots(span, span.firstPosition() + i + 1, pagePositions);
        AttentionPolicy policy = span.policy();
        for (int head = 0; head < layout.heads(); head++) {
          double[] out = attend(queries[row], kvB, layout, head, cache, slots, policy);
          System.arraycopy(out, 0, result[row], head * layout.value(), out.length);
        }
      }
    }
    return result;
  }

  /** The cache rows of a sequence's first positions. */
  public static int[] slots(Span span, int length, int pagePositions) {
    return IntStream.range(0, length)
        .map(p -> span.pages().page(p / pagePositions) * pagePositions + p % pagePositions)
        .toArray();
  }

  private static double[] attend(
      float[] query,
      float[][] kvB,
      HeadLayout layout,
      int head,
      float[][] cache,
      int[] slots,
      AttentionPolicy policy) {
    int firstKey = head * (layout.nope() + layout.value());
    int firstQuery = head * (layout.nope() + layout.rope());
    double[] scores = new double[slots.length];
    double[][] values = new double[slots.length][layout.value()];
    for (int position = 0; position < slots.length; position++) {
      float[] row = cache[slots[position]];
      double[] latent = wide(Arrays.copyOf(row, layout.latent()));
      for (int i = 0; i < layout.nope(); i++) {
        scores[position] += query[firstQuery + i] * dot(kvB[firstKey + i], latent);
      }
      for (int i = 0; i < layout.rope(); i++) {
        scores[position] +=
            (double) query[firstQuery + layout.nope() + i] * row[layout.latent() + i];
      }
      scores[position] *= layout.scale();
      for (int i = 0; i < layout.value(); i++) {
        values[position][i] = dot(kvB[firstKey + layout.nope() + i], latent);
      }
    }
    int[] kept =
        IntStream.range(0, slots.length)
            .boxed()
            .sorted(
                Comparator.comparing((Integer position) -> !always(policy, position, slots.length))
                    .thenComparing(position -> -scores[position]))
            .limit(policy.kept(slots.length))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] weights = softmax(Arrays.stream(kept).mapToDouble(p -> scores[p]).toArray());
    double[] out = new double[layout.value()];
    for (int i = 0; i < kept.length; i++) {
      for (int column = 0; column < out.length; column++) {
        out[column] += weights[i] * values[kept[i]][column];
      }
    }
    return out;
  }

  private static boolean always(AttentionPolicy policy, int position, int length) {
    return policy instanceof AttentionPolicy.Sparse sparse
        && (position < sparse.sinks() || position >= length - sparse.recent());
  }

  /** Ids, best first. */
  public static int[] picks(double[] scores, float[] correction, int topK) {
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(
            Comparator.comparing(id -> -(scores[id] + (correction == null ? 0 : correction[id]))))
        .limit(topK)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  public static double[] pickWeights(double[] scores, int[] ids, RouterRule rule) {
    double sum = rule.normalise() ? Arrays.stream(ids).mapToDouble(id -> scores[id]).sum() : 1;
    return Arrays.stream(ids).mapToDouble(id -> scores[id] * rule.scalingFactor() / sum).toArray();
  }

  /** The sum by a tree that splits at the largest power of two below the number of partials. */
  public static float[][] tree(List<float[][]> partials) {
    int count = partials.size();
    if (count == 1) {
      return partials.get(0);
    }
    int half = Integer.highestOneBit(count - 1);
    float[][] left = tree(partials.subList(0, half));
    float[][] right = tree(partials.subList(half, count));
    float[][] sum = new float[left.length][];
    for (int row = 0; row < sum.length; row++) {
      sum[row] = new float[left[row].length];
      for (int i = 0; i < sum[row].length; i++) {
        sum[row][i] = left[row][i] + right[row][i];
      }
    }
    return sum;
  }
}
