package io.longcat4j.engine;

import io.longcat4j.Audio;
import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.Part;
import io.longcat4j.Prompt;
import io.longcat4j.Text;
import io.longcat4j.ToolCall;
import io.longcat4j.Video;
import io.longcat4j.modality.Hearing;
import io.longcat4j.modality.Vision;
import io.longcat4j.prompt.MediaLayout;
import io.longcat4j.spi.Cancellation;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/** Sends the media of a prompt through the encoders. */
final class MediaEncoding {
  private final Modalities modalities;

  MediaEncoding(Modalities modalities) {
    this.modalities = modalities;
  }

  /** One result for each media part, in the order of the prompt. */
  List<EncodedMedia> encode(Prompt prompt, boolean strict, Cancellation wanted) {
    List<Part> media =
        prompt.messages().stream()
            .flatMap(message -> message.parts().stream())
            .filter(part -> !(part instanceof Text || part instanceof ToolCall))
            .toList();
    Iterator<Vision.Seen> seen = see(media, strict, wanted).iterator();
    List<EncodedMedia> encoded = new ArrayList<>();
    for (Part part : media) {
      encoded.add(encode(part, seen, strict, wanted));
    }
    return encoded;
  }

  private List<Vision.Seen> see(List<Part> media, boolean strict, Cancellation wanted) {
    List<Part> pictures = media.stream().filter(part -> !(part instanceof Audio)).toList();
    return pictures.isEmpty() ? List.of() : modalities.vision().encode(pictures, strict, wanted);
  }

  private EncodedMedia encode(
      Part part, Iterator<Vision.Seen> seen, boolean strict, Cancellation wanted) {
    if (part instanceof Audio audio) {
      Hearing.Heard heard = modalities.hearing().encode(audio, strict, wanted);
      return new EncodedMedia(
          new MediaLayout.OfAudio(heard.rows().rows()), null, heard.rows(), heard.warnings());
    }
    Vision.Seen pictures = seen.next();
    if (part instanceof Image) {
      return new EncodedMedia(
          new MediaLayout.OfImage(pictures.rows().rows()),
          pictures.rows(),
          null,
          pictures.warnings());
    }
    if (part instanceof Video) {
      return new EncodedMedia(
          new MediaLayout.OfVideo(pictures.pairs()), pictures.rows(), null, pictures.warnings());
    }
    if (part instanceof Interleaved interleaved) {
      return interleave(interleaved, pictures, strict, wanted);
    }
    throw new IllegalStateException("unknown part " + part.getClass());
  }

  private EncodedMedia interleave(
      Interleaved part, Vision.Seen pictures, boolean strict, Cancellation wanted) {
    Hearing.Heard heard = modalities.hearing().encode(part.audio(), strict, wanted);
    MediaLayout layout =
        new MediaLayout.OfInterleaved(
            pictures.pairs(), heard.rows().rows(), pictures.strategy(), pictures.pairsPerSecond());
    List<String> warnings =
        Stream.concat(pictures.warnings().stream(), heard.warnings().stream()).toList();
    return new EncodedMedia(layout, pictures.rows(), heard.rows(), warnings);
  }
}
