package io.longcat4j.compute.reference;

import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.Span;
import io.longcat4j.compute.HeadLayout;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Latent attention, one query row, one head at a time; the cache stays compressed. */
final class LatentAttention {
  private final HeadLayout layout;
  private final ReferenceWeight kvB;
  private final ReferenceTensor queries;
  private final ReferenceTensor cache;
  private final ReferencePlan plan;
  private final @Nullable ReferenceIndex index;
  private final ReferenceTensor into;
  private final float[][][] keys;
  private final float[][][] values;

  LatentAttention(
      HeadLayout layout,
      ReferenceWeight kvB,
      ReferenceTensor queries,
      ReferenceTensor cache,
      @Nullable ReferenceIndex index,
      ReferencePlan plan,
      ReferenceTensor into) {
    this.layout = layout;
    this.kvB = kvB;
    this.queries = queries;
    this.cache = cache;
    this.plan = plan;
    this.index = index;
    this.into = into;
    this.keys = new float[layout.heads()][][];
    this.values = new float[layout.heads()][][];
    for (int head = 0; head < layout.heads(); head++) {
      int firstRow = head * (layout.nope() + layout.value());
      keys[head] = weightRows(firstRow, layout.nope());
      values[head] = weightRows(firstRow + layout.nope(), layout.value());
    }
  }

  void attend() {
    for (Span span : plan.spans()) {
      for (int i = 0; i < span.rows(); i++) {
        int row = span.firstRow() + i;
        int length = span.firstPosition() + i + 1;
        double[][] scores = scores(row, span, length);
        int[][] kept = kept(row, span, length, scores);
        for (int head = 0; head < layout.heads(); head++) {
          mix(head, row, span, kept[head], scores[head]);
        }
      }
    }
  }

  /** Three numbers a head, see {@link io.longcat4j.compute.Stream#measureAttention}. */
  void measure() {
    for (Span span : plan.spans()) {
      for (int i = 0; i < span.rows(); i++) {
        int row = span.firstRow() + i;
        int length = span.firstPosition() + i + 1;
        if (span.policy().kept(length) == length) {
          for (int column = 0; column < into.columns(); column++) {
            into.set(row, column, -1);
          }
          continue;
        }
        double[][] scores = scores(row, span, length);
        int[][] kept = kept(row, span, length, scores);
        int[][] exact = choice(row, span, length, scores).highest();
        for (int head = 0; head < layout.heads(); head++) {
          double[] weights = scores[head].clone();
          Softmax.inPlace(weights);
          BitSet best = new BitSet();
          Arrays.stream(exact[head]).forEach(best::set);
          long both = Arrays.stream(kept[head]).filter(best::get).count();
          into.set(row, 3 * head, (float) both / kept[head].length);
          into.set(row, 3 * head + 1, (float) mass(weights, kept[head]));
          into.set(row, 3 * head + 2, (float) entropy(weights));
        }
      }
    }
  }

  private static double mass(double[] weights, int[] kept) {
    return Arrays.stream(kept).mapToDouble(position -> weights[position]).sum();
  }

  private static double entropy(double[] weights) {
    return -Arrays.stream(weights).filter(w -> w > 0).map(w -> w * Math.log(w)).sum();
  }

  private int[][] kept(int row, Span span, int length, double[][] scores) {
    if (span.policy().kept(length) < length) {
      return choice(row, span, length, scores).choose();
    }
    int[][] all = new int[layout.heads()][];
    Arrays.fill(all, IntStream.range(0, length).toArray());
    return all;
  }

  private KeptPositions choice(int row, Span span, int length, double[][] scores) {
    float[][] absorbed = new float[layout.heads()][];
    float[][] rounded = new float[layout.heads()][length];
    for (int head = 0; head < absorbed.length; head++) {
      absorbed[head] = query(head, row);
      for (int position = 0; position < length; position++) {
        rounded[head][position] = (float) scores[head][position];
      }
    }
    AttentionPolicy.Sparse policy = (AttentionPolicy.Sparse) span.policy();
    return new KeptPositions(policy, span, length, rounded, absorbed, index, plan);
  }

  /** What meets the columns of the cache. */
  private float[] query(int head, int row) {
    float[] query = new float[layout.cacheColumns()];
    double[] latent = absorb(head, row);
    for (int column = 0; column < latent.length; column++) {
      query[column] = (float) latent[column];
    }
    int first = head * (layout.nope() + layout.rope()) + layout.nope();
    for (int i = 0; i < layout.rope(); i++) {
      query[layout.latent() + i] = queries.get(row, first + i);
    }
    return query;
  }

  private double[][] scores(int row, Span span, int length) {
    double[][] scores = new double[layout.heads()][length];
    for (int head = 0; head < scores.length; head++) {
      double[] latentQuery = absorb(head, row);
      for (int position = 0; position < length; position++) {
        scores[head][position] = score(head, row, latentQuery, plan.slot(span.pages(), position));
      }
    }
    return scores;
  }

  private void mix(int head, int row, Span span, int[] kept, double[] scores) {
    double[] weights = Arrays.stream(kept).mapToDouble(position -> scores[position]).toArray();
    Softmax.inPlace(weights);
    double[] mixed = new double[layout.latent()];
    for (int i = 0; i < kept.length; i++) {
      int slot = plan.slot(span.pages(), kept[i]);
      for (int column = 0; column < mixed.length; column++) {
        mixed[column] += weights[i] * cache.get(slot, column);
      }
    }
    for (int column = 0; column < layout.value(); column++) {
      float value = (float) Products.dot(values[head][column], mixed);
      into.set(row, head * layout.value() + column, value);
    }
  }

  /** The query that gives with a latent the score that the query gives with the expanded key. */
  private double[] absorb(int head, int row) {
    int first = head * (layout.nope() + layout.rope());
    double[] latentQuery = new double[layout.latent()];
    for (int i = 0; i < layout.nope(); i++) {
      double query = queries.get(row, first + i);
      for (int column = 0; column < latentQuery.length; column++) {
        latentQuery[column] += query * keys[head][i][column];
      }
    }
    return latentQuery;
  }

  private double score(int head, int row, double[] latentQuery, int slot) {
    double sum = 0;
    for (int column = 0; column < latentQuery.length; column++) {
      sum += latentQuery[column] * cache.get(slot, column);
    }
    int first = head * (layout.nope() + layout.rope()) + layout.nope();
    for (int i = 0; i < layout.rope(); i++) {
      sum += (double) queries.get(row, first + i) * cache.get(slot, layout.latent() + i);
    }
    return layout.scale() * sum;
  }

  private float[][] weightRows(int from, int count) {
    float[][] rows = new float[count][];
    for (int i = 0; i < count; i++) {
      rows[i] = kvB.row(from + i);
    }
    return rows;
  }
}
