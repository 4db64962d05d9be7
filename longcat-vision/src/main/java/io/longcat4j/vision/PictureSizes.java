package io.longcat4j.vision;

/** What size the pictures of a part are resized to. Immutable and thread-safe. */
final class PictureSizes {
  private final VisionConfig config;
  private final SmartResize rule;

  PictureSizes(VisionConfig config) {
    this.config = config;
    this.rule = new SmartResize(config.patchSize());
  }

  /**
   * The size of an image.
   *
   * @param height its height in pixels
   * @param width its width in pixels
   * @return whole patches high, whole pairs of patches wide
   */
  SmartResize.Size ofImage(int height, int width) {
    return size(height, width, pixels(config.minTokens()), pixels(config.maxTokens()));
  }

  /**
   * The size of every frame of a video, whose pairs share the area that a video may have.
   *
   * @param height of a frame in pixels
   * @param width of a frame in pixels
   * @param pairs of frames in the video, at least 1
   * @return whole patches high, whole pairs of patches wide
   */
  SmartResize.Size ofVideo(int height, int width, int pairs) {
    long share = pixels(config.maxTokensVideoVit()) / pairs;
    return size(
        height,
        width,
        pixels(config.minTokensVideoVit()),
        Math.min(share, pixels(config.maxTokens())));
  }

  /**
   * The patches of a resized picture.
   *
   * @param size from one of the other methods
   * @return its grid
   */
  Grid grid(SmartResize.Size size) {
    return new Grid(size.height() / config.patchSize(), size.width() / config.patchSize());
  }

  private SmartResize.Size size(int height, int width, long minPixels, long maxPixels) {
    if (config.fixedSize() > 0) {
      return new SmartResize.Size(config.fixedSize(), config.fixedSize());
    }
    int factor = config.patchSize() * config.spatialMergeSize() * config.resizeFactor();
    return rule.apply(height, width, factor, minPixels, maxPixels);
  }

  private long pixels(int tokens) {
    return (long) tokens * config.patchSize() * config.patchSize();
  }
}
