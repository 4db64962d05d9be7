package io.longcat4j.compute.reference;

import io.longcat4j.attention.Span;
import io.longcat4j.compute.IndexShape;
import io.longcat4j.compute.KeyIndex;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Two groups of integers for each slot or page. */
final class ReferenceIndex implements KeyIndex {
  private static final int FOUR = 4;

  /** Of the latent columns and of the rotated ones. */
  record Row(IntegerGroup latent, IntegerGroup rope) {
    float dot(Row query) {
      return latent.dot(query.latent) + rope.dot(query.rope);
    }

    Row only(boolean[] latentFours) {
      return new Row(latent.only(latentFours, FOUR), rope);
    }
  }

  private final IndexShape shape;
  private final Lifetime lifetime;
  private final Lifetime backend;
  private final @Nullable Row[] rows;
  private final Row zeros;

  ReferenceIndex(IndexShape shape, Lifetime backend) {
    this.shape = shape;
    this.lifetime = new Lifetime("key index", backend);
    this.backend = backend;
    this.rows = new Row[shape.rows()];
    this.zeros =
        new Row(
            IntegerGroup.of(new float[shape.latentNumbers()], IntegerGroup.ROW),
            IntegerGroup.of(new float[shape.ropeNumbers()], IntegerGroup.ROW));
  }

  /** The index, if this backend made it and it is alive. */
  static @Nullable ReferenceIndex of(@Nullable KeyIndex index, Lifetime backend) {
    if (index == null) {
      return null;
    }
    if (!(index instanceof ReferenceIndex known) || known.backend != backend) {
      throw new IllegalArgumentException("the key index was made by another backend");
    }
    known.lifetime.requireAlive();
    return known;
  }

  Row row(int at) {
    Row row = rows[at];
    return row == null ? zeros : row;
  }

  void write(ReferenceTensor cache, ReferencePlan plan) {
    for (Span span : plan.spans()) {
      for (int i = 0; i < span.rows(); i++) {
        int position = span.firstPosition() + i;
        int slot = plan.slot(span.pages(), position);
        if (!shape.ofPages()) {
          rows[slot] = row(cached(cache, slot), IntegerGroup.ROW);
        } else if (position % shape.pagePositions() == shape.pagePositions() - 1) {
          rows[slot / shape.pagePositions()] = row(bounds(cache, slot), IntegerGroup.ROW);
        }
      }
    }
  }

  void copy(int from, int to) {
    int size = shape.ofPages() ? 1 : shape.pagePositions();
    System.arraycopy(rows, from * size, rows, to * size, size);
  }

  /** Of all heads of a row: latent numbers, then those of the key, for any kind. */
  Row[] queries(float[][] absorbed) {
    Row[] all =
        Arrays.stream(absorbed)
            .map(of -> row(shape.ofPages() ? signs(of) : of, IntegerGroup.QUERY))
            .toArray(Row[]::new);
    boolean[] scored = largest(all);
    return Arrays.stream(all).map(of -> of.only(scored)).toArray(Row[]::new);
  }

  /** The latent columns, by four, where the heads' squares are most; of equal ones the lower. */
  private boolean[] largest(Row[] queries) {
    int[] squares = new int[(shape.latentNumbers() + FOUR - 1) / FOUR];
    for (Row query : queries) {
      byte[] numbers = query.latent.numbers();
      for (int i = 0; i < numbers.length; i++) {
        squares[i / FOUR] += numbers[i] * numbers[i];
      }
    }
    boolean[] scored = new boolean[squares.length];
    IntStream.range(0, squares.length)
        .boxed()
        .sorted(Comparator.comparing((Integer four) -> -squares[four]))
        .limit(shape.scoredLatentFours())
        .forEach(four -> scored[four] = true);
    return scored;
  }

  private Row row(float[] numbers, int largest) {
    float[] latent = new float[shape.latentNumbers()];
    float[] rope = new float[shape.ropeNumbers()];
    int kinds = latent.length / shape.latent();
    for (int kind = 0; kind < kinds; kind++) {
      int from = kind * (shape.latent() + shape.rope());
      System.arraycopy(numbers, from, latent, kind * shape.latent(), shape.latent());
      System.arraycopy(numbers, from + shape.latent(), rope, kind * shape.rope(), shape.rope());
    }
    return new Row(IntegerGroup.of(latent, largest), IntegerGroup.of(rope, largest));
  }

  private static float[] cached(ReferenceTensor cache, int slot) {
    float[] row = new float[cache.columns()];
    for (int column = 0; column < row.length; column++) {
      row[column] = cache.get(slot, column);
    }
    return row;
  }

  /** The greatest number of each column, then the least, of the page that ends with a slot. */
  private float[] bounds(ReferenceTensor cache, int last) {
    float[] first = cached(cache, last + 1 - shape.pagePositions());
    float[] bounds = Arrays.copyOf(first, 2 * first.length);
    System.arraycopy(first, 0, bounds, first.length, first.length);
    for (int slot = last + 2 - shape.pagePositions(); slot <= last; slot++) {
      float[] row = cached(cache, slot);
      for (int column = 0; column < row.length; column++) {
        bounds[column] = Math.max(bounds[column], row[column]);
        bounds[row.length + column] = Math.min(bounds[row.length + column], row[column]);
      }
    }
    return bounds;
  }

  /** What meets the greatest numbers, then what meets the least. */
  private static float[] signs(float[] query) {
    float[] signs = new float[2 * query.length];
    for (int i = 0; i < query.length; i++) {
      signs[i] = Math.max(query[i], 0);
      signs[query.length + i] = Math.min(query[i], 0);
    }
    return signs;
  }

  @Override
  public IndexShape shape() {
    return shape;
  }

  @Override
  public void close() {
    lifetime.end();
  }
}
