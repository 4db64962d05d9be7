package io.longcat4j.modality;

import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.Part;
import io.longcat4j.Pixels;
import io.longcat4j.Video;
import io.longcat4j.VideoFrames;
import io.longcat4j.VideoSampling;
import io.longcat4j.prompt.MediaLayout;
import io.longcat4j.spi.Cancellation;
import java.util.List;

/** Eyes: pictures to embeddings. Thread-safe; owned and closed by the engine. */
public interface Vision extends AutoCloseable {

  /**
   * What became of one part.
   *
   * @param pairs labels and placeholders; one pair with an empty label for an image
   * @param rows one row for each placeholder, in order
   * @param strategy how an interleaved part was sampled in the end
   * @param pairsPerSecond of an interleaved part sampled sequentially
   * @param warnings what was shortened or left out
   */
  record Seen(
      List<MediaLayout.Pair> pairs,
      Embeddings rows,
      VideoSampling.Strategy strategy,
      int pairsPerSecond,
      List<String> warnings) {}

  /**
   * Encodes all pictures of one request together, because they share one budget of tokens.
   *
   * @param parts {@link Image}, {@link Video} and {@link Interleaved} parts, in order
   * @param strict refuse what would be shortened
   * @param wanted asked while parts are read and between pictures
   * @return one result for each part
   * @throws io.longcat4j.MediaException if a part cannot be read
   */
  List<Seen> encode(List<Part> parts, boolean strict, Cancellation wanted);

  /**
   * As {@link #encode(List, boolean, Cancellation)}, ended by interruption alone.
   *
   * @param parts {@link Image}, {@link Video} and {@link Interleaved} parts, in order
   * @param strict refuse what would be shortened
   * @return one result for each part
   */
  default List<Seen> encode(List<Part> parts, boolean strict) {
    return encode(parts, strict, Cancellation.BY_INTERRUPTION);
  }

  /**
   * Encodes two frames of a video that is still being taken, as {@link #encode} does where the
   * request is a video of as many such pairs.
   *
   * @param pair two frames
   * @param pairs how many pairs the video is to have; they share the bounds of a video
   * @return their rows
   */
  Seen encodePair(VideoFrames pair, int pairs);

  /**
   * Decodes a picture as requests do.
   *
   * @param image a picture file or pixels
   * @param wanted asked while it is read
   * @return its pixels, transparency dropped
   * @throws io.longcat4j.MediaException if it cannot be read
   */
  Pixels decode(Image image, Cancellation wanted);

  /**
   * What runs where.
   *
   * @return one line
   */
  String describe();

  @Override
  void close();
}
