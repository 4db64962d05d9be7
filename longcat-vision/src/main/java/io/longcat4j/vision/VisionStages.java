package io.longcat4j.vision;

import io.longcat4j.Image;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Pixels;
import io.longcat4j.modality.ModalityContext;
import io.longcat4j.spi.Cancellation;
import io.longcat4j.vision.picture.ImageDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The vision encoder with its stages laid open, for comparing each with expected numbers. {@link
 * LongCatVision} is what requests go through. Thread-safe; owned and closed by its opener.
 */
public final class VisionStages implements AutoCloseable {
  private final VisionEncoder encoder;
  private final PostPooling pooling;

  private VisionStages(VisionEncoder encoder) {
    this.encoder = encoder;
    this.pooling = new PostPooling(encoder.config());
  }

  /**
   * What became of pictures, one frame pair after the other.
   *
   * @param grids patches of each pair
   * @param patches one row for each patch, ordered channel, frame, row, column
   * @param encoder one row for each patch, before the projector
   * @param embeddings one row for two patches side by side, after the projector
   */
  public record Stages(List<Grid> grids, Matrix patches, Matrix encoder, Matrix embeddings) {

    /**
     * Means and unbiased standard deviations of the patches.
     *
     * @return two rows: a mean for each patch, a standard deviation for each patch
     */
    public Matrix patchMeanStd() {
      int count = patches.rows();
      int width = patches.columns();
      float[] values = new float[2 * count];
      for (int row = 0; row < count; row++) {
        double sum = 0;
        for (int i = 0; i < width; i++) {
          sum += patches.values()[row * width + i];
        }
        double mean = sum / width;
        double squares = 0;
        for (int i = 0; i < width; i++) {
          double distance = patches.values()[row * width + i] - mean;
          squares += distance * distance;
        }
        values[row] = (float) mean;
        values[count + row] = (float) Math.sqrt(squares / (width - 1));
      }
      return new Matrix(2, count, values);
    }
  }

  /**
   * Embeddings after post-pooling.
   *
   * @param compressRatio by how much they were compressed; 1 for not at all
   * @param grids of each pair, in patches: half of them are its rows
   * @param rows pair after pair
   */
  public record Pooled(double compressRatio, List<Grid> grids, Matrix rows) {}

  /**
   * Loads the vision encoder of a checkpoint.
   *
   * @param context where and how
   * @return the encoder, owned by the caller
   * @throws io.longcat4j.CheckpointException if its files are missing or damaged
   */
  public static VisionStages open(ModalityContext context) {
    return new VisionStages(VisionEncoder.open(context, /* stages= */ true));
  }

  /**
   * Decodes a picture as requests do.
   *
   * @param image a picture file or pixels
   * @return its pixels, transparency dropped
   * @throws io.longcat4j.MediaException if it cannot be read
   */
  public static Pixels decode(Image image) {
    return ImageDecoder.decode(image, Cancellation.BY_INTERRUPTION).pixels();
  }

  /**
   * Encodes an image.
   *
   * @param image of any size
   * @return its stages, of one pair
   */
  public Stages image(Pixels image) {
    return encode(List.of(encoder.patchMaker().image(image, Cancellation.BY_INTERRUPTION)));
  }

  /**
   * Encodes a video.
   *
   * @param frames an even number of pictures of one size; {@code 2i} and {@code 2i + 1} are a pair
   * @return its stages, pair after pair
   */
  public Stages video(List<Pixels> frames) {
    if (frames.isEmpty() || frames.size() % 2 != 0) {
      throw new InvalidRequestException(
          "A video of " + frames.size() + " frames was given; pass an even number, at least 2");
    }
    Pixels first = frames.get(0);
    UnaryOperator<Pixels> resize =
        encoder
            .patchMaker()
            .frames(frames.size() / 2, first.width(), first.height(), Cancellation.BY_INTERRUPTION);
    return encode(encoder.patchMaker().pairs(frames.stream().map(resize).toList()));
  }

  /**
   * Pools pictures as if they were a whole request.
   *
   * @param stages from {@link #image} or {@link #video}
   * @return the pooled rows, at the ratio the configuration asks for
   */
  public Pooled pool(Stages stages) {
    return pool(stages, pooling.compressRatio(stages.grids()));
  }

  /**
   * Pools pictures at a given ratio.
   *
   * @param stages from {@link #image} or {@link #video}
   * @param compressRatio by how much rows are compressed; at most 1 for not at all
   * @return the pooled rows
   */
  public Pooled pool(Stages stages, double compressRatio) {
    List<Grid> grids = new ArrayList<>();
    List<Matrix> rows = new ArrayList<>();
    int at = 0;
    for (Grid grid : stages.grids()) {
      Grid resized = pooling.resized(grid, compressRatio);
      Matrix part = stages.embeddings().slice(at, grid.tokens());
      grids.add(resized);
      rows.add(pooling.pool(part, grid, resized));
      at += grid.tokens();
    }
    return new Pooled(compressRatio, List.copyOf(grids), Matrix.concat(rows));
  }

  @Override
  public void close() {
    encoder.close();
  }

  private Stages encode(List<FramePair> pairs) {
    List<Matrix> patches = new ArrayList<>();
    List<Matrix> encoded = new ArrayList<>();
    List<Matrix> embeddings = new ArrayList<>();
    encoder.encode(
        pairs,
        output -> {
          patches.add(output.patches());
          encoded.add(output.encoder().orElseThrow());
          embeddings.add(output.embeddings());
        },
        Cancellation.BY_INTERRUPTION);
    return new Stages(
        pairs.stream().map(FramePair::grid).toList(),
        Matrix.concat(patches),
        Matrix.concat(encoded),
        Matrix.concat(embeddings));
  }
}
