package io.longcat4j.vision;

/**
 * The rotary embedding of a grid of patches: one half of a head's angles follows the row of a
 * patch, the other half its column.
 *
 * @param cosines {@code patches * headDim / 2} numbers, row by row
 * @param sines as many
 */
record RotaryAngles(float[] cosines, float[] sines) {

  /**
   * Computes the angles of a grid.
   *
   * @param config head size, base and order of the positions
   * @param grid the patches
   * @return their angles
   */
  static RotaryAngles of(VisionConfig config, Grid grid) {
    float[] frequencies = frequencies(config);
    int width = 2 * frequencies.length;
    float[] cosines = new float[Math.multiplyExact(grid.patches(), width)];
    float[] sines = new float[cosines.length];
    int merge = config.spatialMergeSize();
    int blocksAcross = grid.columns() / merge;
    for (int patch = 0; patch < grid.patches(); patch++) {
      int block = patch / (merge * merge);
      int inBlock = patch % (merge * merge);
      int row = block / blocksAcross * merge + inBlock / merge;
      int column = block % blocksAcross * merge + inBlock % merge;
      for (int i = 0; i < width; i++) {
        int position = i < frequencies.length ? row : column;
        float angle = position * frequencies[i % frequencies.length];
        cosines[patch * width + i] = (float) Math.cos(angle);
        sines[patch * width + i] = (float) Math.sin(angle);
      }
    }
    return new RotaryAngles(cosines, sines);
  }

  private static float[] frequencies(VisionConfig config) {
    int half = config.headDim() / 2;
    float[] frequencies = new float[half / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = 1 / (float) Math.pow(config.ropeTheta(), 2f * i / half);
    }
    return frequencies;
  }
}
