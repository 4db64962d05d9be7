package io.longcat4j.compute.reference;

import io.longcat4j.compute.Routing;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Picks in arrays. */
final class ReferenceRouting implements Routing {
  private final int first;
  private final int capacity;
  private final int topK;
  private final int[] ids;
  private final float[] weights;
  private final Lifetime lifetime;
  private final Lifetime backend;
  private final @Nullable ReferenceRouting whole;
  private int rows;

  ReferenceRouting(int capacity, int topK, Lifetime backend) {
    this.first = 0;
    this.whole = null;
    this.capacity = capacity;
    this.topK = topK;
    this.ids = new int[Math.multiplyExact(capacity, topK)];
    this.weights = new float[ids.length];
    this.lifetime = new Lifetime("routing", backend);
    this.backend = backend;
  }

  private ReferenceRouting(ReferenceRouting of, int from, int count) {
    this.first = of.first + from;
    this.whole = of;
    this.capacity = count;
    this.topK = of.topK;
    this.ids = of.ids;
    this.weights = of.weights;
    this.lifetime = of.lifetime;
    this.backend = of.backend;
  }

  /** The picks, if this backend made them and they are alive. */
  static ReferenceRouting of(Routing routing, Lifetime backend) {
    if (!(routing instanceof ReferenceRouting known) || known.backend != backend) {
      throw new IllegalArgumentException("the routing was made by another backend");
    }
    known.lifetime.requireAlive();
    return known;
  }

  int capacity() {
    return capacity;
  }

  int rows() {
    return rows;
  }

  void start(int newRows) {
    rows = newRows;
    if (whole != null) {
      whole.start(first - whole.first + newRows);
    }
  }

  void set(int row, int pick, int id, float weight) {
    ids[(first + row) * topK + pick] = id;
    weights[(first + row) * topK + pick] = weight;
  }

  int id(int row, int pick) {
    return ids[(first + row) * topK + pick];
  }

  float weight(int row, int pick) {
    return weights[(first + row) * topK + pick];
  }

  @Override
  public int topK() {
    return topK;
  }

  @Override
  public Routing rows(int from, int count) {
    Objects.checkFromIndexSize(from, /* size= */ count, /* length= */ capacity);
    return new ReferenceRouting(this, from, count);
  }

  @Override
  public void readIds(int count, int[] into) {
    int picks = checked(count) * topK;
    Objects.checkFromIndexSize(0, /* size= */ picks, /* length= */ into.length);
    System.arraycopy(ids, first * topK, into, 0, picks);
  }

  @Override
  public float[] weights(int count) {
    int picks = checked(count) * topK;
    return Arrays.copyOfRange(weights, first * topK, first * topK + picks);
  }

  @Override
  public void fill(int count, int[] from, float[] with) {
    lifetime.requireAlive();
    Objects.checkFromIndexSize(0, /* size= */ count, /* length= */ capacity);
    System.arraycopy(from, 0, ids, first * topK, count * topK);
    System.arraycopy(with, 0, weights, first * topK, count * topK);
    start(count);
  }

  private int checked(int count) {
    lifetime.requireAlive();
    Objects.checkFromIndexSize(0, /* size= */ count, /* length= */ rows);
    return count;
  }

  @Override
  public void close() {
    if (whole == null) {
      lifetime.end();
    }
  }
}
