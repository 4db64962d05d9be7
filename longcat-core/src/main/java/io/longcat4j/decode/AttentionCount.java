package io.longcat4j.decode;

import io.longcat4j.AttentionFigures;
import io.longcat4j.model.ModelRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Collects how precisely generated rows chose positions. Not thread-safe. */
public final class AttentionCount {
  private static final int PARTS = 10;
  private static final int NUMBERS = 3;

  private static final class Block {
    private final long[] distribution = new long[PARTS];
    private long samples;
    private double precision;
    private double least = 1;
    private double mass;
    private double entropy;

    void add(double p, double kept, double nats) {
      samples++;
      precision += p;
      least = Math.min(least, p);
      mass += kept;
      entropy += nats;
      distribution[Math.min(PARTS - 1, (int) (p * PARTS))]++;
    }

    AttentionFigures figures(int number) {
      List<Long> parts = new ArrayList<>();
      for (long part : distribution) {
        parts.add(part);
      }
      return new AttentionFigures(
          number, samples, precision / samples, least, parts, mass / samples, entropy / samples);
    }
  }

  private final int every;
  private final TreeMap<Integer, Block> blocks = new TreeMap<>();

  /**
   * Starts at nothing.
   *
   * @param every so many steps are measured; 0 for none
   */
  public AttentionCount(int every) {
    this.every = every;
  }

  /** Whether a row is to be measured, so many rows behind the prompt. */
  boolean wants(int step) {
    return every > 0 && step >= 0 && step % every == 0;
  }

  /** Takes a row of the runner's last pass. */
  void add(ModelRunner runner, int row) {
    for (int block = 0; block < 2 * runner.layers(); block++) {
      float[] heads = runner.attentionFigures(block, row);
      if (heads == null || heads[0] < 0) {
        continue;
      }
      Block into = blocks.computeIfAbsent(block, number -> new Block());
      for (int at = 0; at < heads.length; at += NUMBERS) {
        into.add(heads[at], heads[at + 1], heads[at + 2]);
      }
    }
  }

  /**
   * The figures so far.
   *
   * @return by block, rising; none where nothing was measured
   */
  public List<AttentionFigures> figures() {
    List<AttentionFigures> figures = new ArrayList<>();
    blocks.forEach((number, block) -> figures.add(block.figures(number)));
    return figures;
  }
}
