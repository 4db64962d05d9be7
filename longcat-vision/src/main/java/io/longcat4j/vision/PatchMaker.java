package io.longcat4j.vision;

import io.longcat4j.Pixels;
import io.longcat4j.spi.Cancellation;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Frame pairs to normalised patches. Patches go row by row through the grid; the numbers of a patch
 * are ordered channel, frame, row, column. Immutable and thread-safe.
 */
final class PatchMaker {
  private static final int CHANNELS = 3;
  private static final int FRAMES = 2;

  private final int patchSize;
  private final PictureSizes sizes;
  private final float[][] normalised;

  PatchMaker(VisionConfig config) {
    this.patchSize = config.patchSize();
    this.sizes = new PictureSizes(config);
    this.normalised = new float[CHANNELS][256];
    for (int channel = 0; channel < CHANNELS; channel++) {
      float mean = config.imageMean().get(channel).floatValue();
      float std = config.imageStd().get(channel).floatValue();
      for (int value = 0; value < 256; value++) {
        normalised[channel][value] = ((float) (value * (1 / 255.0)) - mean) / std;
      }
    }
  }

  /**
   * Numbers in a patch.
   *
   * @return channels times frames times the patch's area
   */
  int patchWidth() {
    return CHANNELS * FRAMES * patchSize * patchSize;
  }

  /**
   * Resizes an image.
   *
   * @param image of any size
   * @param wanted asked in between
   * @return the image as its own pair
   */
  FramePair image(Pixels image, Cancellation wanted) {
    SmartResize.Size size = sizes.ofImage(image.height(), image.width());
    Pixels resized = PillowBicubic.resize(image, size.height(), size.width(), wanted);
    return pair(resized, resized);
  }

  /**
   * Resizes the frames of a video, one at a time.
   *
   * @param pairs of frames in the video, at least 1
   * @param width of its frames in pixels
   * @param height of its frames in pixels
   * @param wanted asked in between
   * @return the change for each frame; all results have one size
   */
  UnaryOperator<Pixels> frames(int pairs, int width, int height, Cancellation wanted) {
    SmartResize.Size size = sizes.ofVideo(height, width, pairs);
    return frame -> PillowBicubic.resize(frame, size.height(), size.width(), wanted);
  }

  /**
   * Puts the frames of a video together.
   *
   * @param frames an even number, resized to the same size
   * @return half as many pairs
   */
  List<FramePair> pairs(List<Pixels> frames) {
    List<FramePair> pairs = new ArrayList<>(frames.size() / 2);
    for (int i = 0; i + 1 < frames.size(); i += 2) {
      pairs.add(pair(frames.get(i), frames.get(i + 1)));
    }
    return pairs;
  }

  /**
   * Writes the patches of a pair.
   *
   * @param pair the resized frames
   * @param into receives {@code grid.patches() * patchWidth()} numbers at its position
   */
  void write(FramePair pair, FloatBuffer into) {
    byte[] first = pair.first().rgb();
    byte[] second = pair.second().rgb();
    int rowBytes = pair.first().width() * CHANNELS;
    float[] patch = new float[patchWidth()];
    for (int row = 0; row < pair.grid().rows(); row++) {
      for (int column = 0; column < pair.grid().columns(); column++) {
        int corner = row * patchSize * rowBytes + column * patchSize * CHANNELS;
        int at = 0;
        for (int channel = 0; channel < CHANNELS; channel++) {
          at = plane(first, corner + channel, rowBytes, normalised[channel], patch, at);
          at = plane(second, corner + channel, rowBytes, normalised[channel], patch, at);
        }
        into.put(patch);
      }
    }
  }

  private FramePair pair(Pixels first, Pixels second) {
    SmartResize.Size size = new SmartResize.Size(first.height(), first.width());
    return new FramePair(first, second, sizes.grid(size));
  }

  private int plane(byte[] rgb, int corner, int rowBytes, float[] table, float[] patch, int at) {
    int next = at;
    for (int y = 0; y < patchSize; y++) {
      int from = corner + y * rowBytes;
      for (int x = 0; x < patchSize; x++, from += CHANNELS) {
        patch[next++] = table[rgb[from] & 0xff];
      }
    }
    return next;
  }
}
