package io.longcat4j.compute.reference;

import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.Choice;
import io.longcat4j.attention.Span;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Which positions each head of a row keeps. */
final class KeptPositions {
  private final AttentionPolicy.Sparse policy;
  private final Span span;
  private final int length;
  private final int count;
  private final float[][] scores;
  private final float[][] absorbed;
  private final @Nullable ReferenceIndex index;
  private final ReferencePlan plan;

  /**
   * Of a row that sees {@code length} positions and keeps fewer.
   *
   * @param scores by head and position
   * @param absorbed by head: the query as it meets rows of the cache
   */
  KeptPositions(
      AttentionPolicy.Sparse policy,
      Span span,
      int length,
      float[][] scores,
      float[][] absorbed,
      @Nullable ReferenceIndex index,
      ReferencePlan plan) {
    this.policy = policy;
    this.span = span;
    this.length = length;
    this.count = policy.kept(length);
    this.scores = scores;
    this.absorbed = absorbed;
    this.index = index;
    this.plan = plan;
  }

  /** Rising positions by head. */
  int[][] choose() {
    return switch (policy.choice()) {
      case SCORES -> policy.shared() ? shared(positions(length)) : exact();
      case WINDOW -> all(best(positions(length), new float[length], count));
      case INT8, PAGES, COLUMNS -> approximate(index);
    };
  }

  /** What exact scores would keep; windows keep nothing but what they always keep. */
  int[][] highest() {
    if (policy.choice() != Choice.WINDOW) {
      return exact();
    }
    return Arrays.stream(scores)
        .map(of -> best(positions(length), of, count, 0, length))
        .toArray(int[][]::new);
  }

  /** Those with the highest scores, and those that are always kept. */
  private int[][] exact() {
    return Arrays.stream(scores)
        .map(of -> best(positions(length), of, count))
        .toArray(int[][]::new);
  }

  /** Among some those that weigh most for any head. */
  private int[][] shared(int[] candidates) {
    return all(best(candidates, weights(scores, candidates), count));
  }

  private int[][] all(int[] kept) {
    int[][] same = new int[scores.length][];
    Arrays.fill(same, kept);
    return same;
  }

  private int[][] approximate(@Nullable ReferenceIndex known) {
    if (known == null) {
      throw new IllegalArgumentException(
          "latentAttention: " + policy.choice() + " needs an index of the cache");
    }
    float[][] coarse = new float[scores.length][];
    ReferenceIndex.Row[] queries = known.queries(absorbed);
    for (int head = 0; head < coarse.length; head++) {
      coarse[head] = coarse(known, queries[head]);
    }
    if (policy.shared()) {
      return shared(candidates(known, weights(coarse, positions(coarse[0].length))));
    }
    int[][] kept = new int[scores.length][];
    for (int head = 0; head < kept.length; head++) {
      kept[head] = best(candidates(known, coarse[head]), scores[head], count);
    }
    return kept;
  }

  /** Of every position, or of every page before the row's own. */
  private float[] coarse(ReferenceIndex known, ReferenceIndex.Row query) {
    int page = known.shape().pagePositions();
    boolean pages = known.shape().ofPages();
    float[] coarse = new float[pages ? (length - 1) / page : length];
    for (int i = 0; i < coarse.length; i++) {
      int slot = plan.slot(span.pages(), pages ? i * page : i);
      coarse[i] = known.row(pages ? slot / page : slot).dot(query);
    }
    return coarse;
  }

  private int[] candidates(ReferenceIndex known, float[] coarse) {
    int wanted = policy.candidates(length);
    if (!known.shape().ofPages()) {
      return best(positions(length), coarse, wanted);
    }
    int page = known.shape().pagePositions();
    int sinkPages = (policy.sinks() + page - 1) / page;
    int firstRecent = (length - policy.recent()) / page;
    int[] chosen =
        best(
            positions(coarse.length),
            coarse,
            Math.min(coarse.length, (wanted + page - 1) / page),
            sinkPages,
            firstRecent);
    int own = coarse.length * page;
    return IntStream.concat(
            Arrays.stream(chosen).flatMap(p -> IntStream.range(p * page, (p + 1) * page)),
            IntStream.range(own, length))
        .toArray();
  }

  /**
   * How much the heads' scores of some items fall short of the head's highest one, at the head
   * where that is least: what shared choices compare.
   */
  private static float[] weights(float[][] scores, int[] items) {
    float[] weights = new float[scores[0].length];
    Arrays.fill(weights, Float.NEGATIVE_INFINITY);
    for (float[] of : scores) {
      float highest = Float.NEGATIVE_INFINITY;
      for (int item : items) {
        highest = Math.max(highest, of[item]);
      }
      for (int item : items) {
        weights[item] = Math.max(weights[item], of[item] - highest);
      }
    }
    return weights;
  }

  private int[] best(int[] items, float[] of, int wanted) {
    return best(items, of, wanted, policy.sinks(), length - policy.recent());
  }

  /** First what is always kept, then the highest scores, of equal ones the lower items; rising. */
  private static int[] best(int[] items, float[] of, int wanted, int below, int from) {
    Comparator<Integer> order =
        Comparator.comparing((Integer item) -> item >= below && item < from)
            .thenComparing(item -> 0.0f - of[item]);
    int always = (int) Arrays.stream(items).filter(i -> i < below || i >= from).count();
    return Arrays.stream(items)
        .boxed()
        .sorted(order)
        .limit(Math.max(wanted, always))
        .mapToInt(Integer::intValue)
        .sorted()
        .toArray();
  }

  private static int[] positions(int count) {
    return IntStream.range(0, count).toArray();
  }
}
