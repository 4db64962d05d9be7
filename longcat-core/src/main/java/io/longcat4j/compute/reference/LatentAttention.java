package io.longcat4j.compute.reference;

import io.longcat4j.attention.Span;
import io.longcat4j.compute.HeadLayout;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Latent attention, one head, one query row at a time; the cache stays compressed. */
final class LatentAttention {
  private final HeadLayout layout;
  private final ReferenceWeight kvB;
  private final ReferenceTensor queries;
  private final ReferenceTensor cache;
  private final ReferencePlan plan;
  private final ReferenceTensor into;

  LatentAttention(
      HeadLayout layout,
      ReferenceWeight kvB,
      ReferenceTensor queries,
      ReferenceTensor cache,
      ReferencePlan plan,
      ReferenceTensor into) {
    this.layout = layout;
    this.kvB = kvB;
    this.queries = queries;
    this.cache = cache;
    this.plan = plan;
    this.into = into;
  }

  void attend() {
    for (int head = 0; head < layout.heads(); head++) {
      int firstRow = head * (layout.nope() + layout.value());
      float[][] keys = weightRows(firstRow, layout.nope());
      float[][] values = weightRows(firstRow + layout.nope(), layout.value());
      for (Span span : plan.spans()) {
        for (int i = 0; i < span.rows(); i++) {
          attend(head, span.firstRow() + i, span, span.firstPosition() + i + 1, keys, values);
        }
      }
    }
  }

  private void attend(int head, int row, Span span, int length, float[][] keys, float[][] values) {
    double[] latentQuery = absorb(head, row, keys);
    double[] scores = new double[length];
    for (int position = 0; position < length; position++) {
      scores[position] = score(head, row, latentQuery, plan.slot(span.pages(), position));
    }
    int[] kept = keep(scores, span.policy().kept(length));
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
      into.set(row, head * layout.value() + column, (float) Products.dot(values[column], mixed));
    }
  }

  /** The query that gives with a latent the score that the query gives with the expanded key. */
  private double[] absorb(int head, int row, float[][] keys) {
    int first = head * (layout.nope() + layout.rope());
    double[] latentQuery = new double[layout.latent()];
    for (int i = 0; i < layout.nope(); i++) {
      double query = queries.get(row, first + i);
      for (int column = 0; column < latentQuery.length; column++) {
        latentQuery[column] += query * keys[i][column];
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

  /** Positions in ascending order; of equal scores the lower positions stay. */
  private static int[] keep(double[] scores, int count) {
    IntStream positions = IntStream.range(0, scores.length);
    if (count == scores.length) {
      return positions.toArray();
    }
    return positions
        .boxed()
        .sorted(Comparator.comparing((Integer position) -> -(float) scores[position]))
        .limit(count)
        .mapToInt(Integer::intValue)
        .sorted()
        .toArray();
  }

  private float[][] weightRows(int from, int count) {
    float[][] rows = new float[count][];
    for (int i = 0; i < count; i++) {
      rows[i] = kvB.row(from + i);
    }
    return rows;
  }
}
