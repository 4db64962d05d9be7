package io.longcat4j.session;

import java.util.ArrayList;
import java.util.List;

/** Samples in pieces. Not thread-safe. */
final class Sound {
  private final List<float[]> pieces = new ArrayList<>();
  private int size;

  void add(float[] samples) {
    pieces.add(samples);
    size = Math.addExact(size, samples.length);
  }

  int size() {
    return size;
  }

  float[] toArray() {
    float[] all = new float[size];
    int at = 0;
    for (float[] piece : pieces) {
      System.arraycopy(piece, 0, all, at, piece.length);
      at += piece.length;
    }
    return all;
  }
}
