package io.longcat4j.compute.reference;

import io.longcat4j.compute.Routing;
import java.util.Arrays;
import java.util.Objects;

/** Picks in arrays. */
final class ReferenceRouting implements Routing {
  private final int capacity;
  private final int topK;
  private final int[] ids;
  private final float[] weights;
  private final Lifetime lifetime;
  private final Lifetime backend;
  private int rows;

  ReferenceRouting(int capacity, int topK, Lifetime backend) {
    this.capacity = capacity;
    this.topK = topK;
    this.ids = new int[Math.multiplyExact(capacity, topK)];
    this.weights = new float[ids.length];
    this.lifetime = new Lifetime("routing", backend);
    this.backend = backend;
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
  }

  void set(int row, int pick, int id, float weight) {
    ids[row * topK + pick] = id;
    weights[row * topK + pick] = weight;
  }

  int id(int row, int pick) {
    return ids[row * topK + pick];
  }

  float weight(int row, int pick) {
    return weights[row * topK + pick];
  }

  @Override
  public int topK() {
    return topK;
  }

  @Override
  public void readIds(int count, int[] into) {
    int picks = checked(count) * topK;
    Objects.checkFromIndexSize(0, /* size= */ picks, /* length= */ into.length);
    System.arraycopy(ids, 0, into, 0, picks);
  }

  @Override
  public float[] weights(int count) {
    return Arrays.copyOf(weights, checked(count) * topK);
  }

  private int checked(int count) {
    lifetime.requireAlive();
    Objects.checkFromIndexSize(0, /* size= */ count, /* length= */ rows);
    return count;
  }

  @Override
  public void close() {
    lifetime.end();
  }
}
