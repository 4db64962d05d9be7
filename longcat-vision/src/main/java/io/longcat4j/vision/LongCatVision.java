package io.longcat4j.vision;

import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCatException;
import io.longcat4j.Part;
import io.longcat4j.Pixels;
import io.longcat4j.Video;
import io.longcat4j.VideoFrames;
import io.longcat4j.VideoSampling;
import io.longcat4j.modality.Embeddings;
import io.longcat4j.modality.ModalityContext;
import io.longcat4j.modality.Vision;
import io.longcat4j.onnx.OnnxSession;
import io.longcat4j.prompt.MediaLayout;
import io.longcat4j.spi.Cancellation;
import io.longcat4j.vision.picture.ImageDecoder;
import io.longcat4j.vision.picture.Orientation;
import io.longcat4j.vision.picture.Picture;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * LongCat-ViT behind the engine's interface. Thread-safe: requests may overlap. Pictures are
 * decoded and resized first, because how far each is pooled depends on all of a request; then they
 * are encoded one after the other, so that memory follows the largest picture, not their number.
 */
public final class LongCatVision implements Vision {
  private final VisionEncoder encoder;
  private final PostPooling pooling;
  private final String description;
  private volatile boolean closed;

  private LongCatVision(VisionEncoder encoder, String description) {
    this.encoder = encoder;
    this.pooling = new PostPooling(encoder.config());
    this.description = description;
  }

  /**
   * Loads the vision encoder of a checkpoint.
   *
   * @param context where and how
   * @return the encoder, owned by the caller
   * @throws io.longcat4j.CheckpointException if its files are missing or damaged
   * @throws io.longcat4j.BackendException if the device is not available
   * @throws io.longcat4j.LoadingAbortedException if the listener aborts
   */
  public static LongCatVision open(ModalityContext context) {
    VisionEncoder encoder = VisionEncoder.open(context, /* stages= */ false);
    String place = OnnxSession.place(context.device(), context.threads());
    String where = context.device().isGpu() ? place : "CPU, " + place;
    return new LongCatVision(
        encoder,
        String.format(
            Locale.ROOT,
            "LongCat-ViT, %d layers, %.1f M parameters: ONNX Runtime, F32, %s",
            encoder.config().numHiddenLayers(),
            encoder.parameters() / 1e6,
            where));
  }

  /** A part whose pictures have their final size. */
  private record Prepared(
      List<FramePair> pairs,
      List<String> labels,
      VideoSampling.Strategy strategy,
      int pairsPerSecond,
      List<String> warnings) {}

  @Override
  public List<Seen> encode(List<Part> parts, boolean strict, Cancellation wanted) {
    requireOpen();
    List<Prepared> prepared = new ArrayList<>();
    for (Part part : parts) {
      wanted.check();
      prepared.add(prepare(part, strict, wanted));
    }
    double compressRatio =
        pooling.compressRatio(
            prepared.stream().flatMap(part -> part.pairs().stream()).map(FramePair::grid).toList());
    List<Seen> seen = new ArrayList<>();
    for (Prepared part : prepared) {
      wanted.check();
      seen.add(see(part, compressRatio, wanted));
    }
    return List.copyOf(seen);
  }

  @Override
  public Seen encodePair(VideoFrames pair, int pairs) {
    requireOpen();
    Cancellation wanted = Cancellation.BY_INTERRUPTION;
    Prepared prepared =
        prepare(
            Video.of(pair),
            /* interleaved= */ false,
            /* strict= */ true,
            (frames, width, height) -> encoder.patchMaker().frames(pairs, width, height, wanted),
            wanted);
    Grid grid = prepared.pairs().get(0).grid();
    return see(prepared, pooling.compressRatio(Collections.nCopies(pairs, grid)), wanted);
  }

  @Override
  public String describe() {
    return description;
  }

  @Override
  public void close() {
    closed = true;
    encoder.close();
  }

  private Prepared prepare(Part part, boolean strict, Cancellation wanted) {
    FrameShaper shaper =
        (frames, width, height) -> encoder.patchMaker().frames(frames / 2, width, height, wanted);
    if (part instanceof Image image) {
      return prepare(image, wanted);
    }
    if (part instanceof Video video) {
      return prepare(video, /* interleaved= */ false, strict, shaper, wanted);
    }
    if (part instanceof Interleaved both) {
      return prepare(both.video(), /* interleaved= */ true, strict, shaper, wanted);
    }
    throw new InvalidRequestException(
        "A "
            + part.getClass().getSimpleName()
            + " part cannot be looked at; pass Image, Video or Interleaved parts");
  }

  @Override
  public Pixels decode(Image image, Cancellation wanted) {
    try {
      return ImageDecoder.decode(image, wanted).pixels();
    } catch (OutOfMemoryError e) {
      throw ImageDecoder.tooLargeForHeap(name(image), e);
    }
  }

  private Prepared prepare(Image image, Cancellation wanted) {
    String name = name(image);
    try {
      Picture picture = ImageDecoder.decode(image, wanted);
      FramePair pair = encoder.patchMaker().image(picture.pixels(), wanted);
      return new Prepared(
          List.of(pair),
          List.of(""),
          VideoSampling.Strategy.SEQUENTIAL,
          1,
          warnings(name, picture.orientation()));
    } catch (OutOfMemoryError e) {
      throw ImageDecoder.tooLargeForHeap(name, e);
    }
  }

  private static String name(Image image) {
    return image.content() instanceof Image.Encoded file
        ? file.source().describe()
        : "A picture of decoded pixels";
  }

  private static List<String> warnings(String name, Orientation left) {
    return left == Orientation.UPRIGHT
        ? List.of()
        : List.of(
            name
                + " was seen as it is stored, not turned as its file notes (Exif orientation "
                + left.exifNumber()
                + "); pass Image.upright(), on the command line --upright, to turn it");
  }

  private Prepared prepare(
      Video part, boolean interleaved, boolean strict, FrameShaper shaper, Cancellation wanted) {
    SampledVideo video = VideoDecoder.sample(part, interleaved, shaper, wanted);
    if (strict && !video.warnings().isEmpty()) {
      throw new InvalidRequestException(
          "Strict generation refuses this video: "
              + String.join("; ", video.warnings())
              + "; pass another VideoSampling, or turn strict off");
    }
    return new Prepared(
        encoder.patchMaker().pairs(video.frames()),
        video.labels(),
        video.strategy(),
        video.pairsPerSecond(),
        video.warnings());
  }

  private Seen see(Prepared part, double compressRatio, Cancellation wanted) {
    List<MediaLayout.Pair> layout = new ArrayList<>();
    List<Matrix> rows = new ArrayList<>();
    encoder.encode(
        part.pairs(),
        output -> {
          int at = 0;
          while (at < output.embeddings().rows()) {
            int pair = layout.size();
            Grid grid = part.pairs().get(pair).grid();
            Grid resized = pooling.resized(grid, compressRatio);
            Matrix embeddings = output.embeddings().slice(at, grid.tokens());
            rows.add(pooling.pool(embeddings, grid, resized));
            layout.add(new MediaLayout.Pair(part.labels().get(pair), resized.tokens()));
            at += grid.tokens();
          }
        },
        wanted);
    Matrix all = Matrix.concat(rows);
    return new Seen(
        List.copyOf(layout),
        new Embeddings(all.rows(), all.columns(), all.values()),
        part.strategy(),
        part.pairsPerSecond(),
        part.warnings());
  }

  private void requireOpen() {
    if (closed) {
      throw new LongCatException(
          "The vision encoder is closed; keep the engine open while requests run");
    }
  }
}
