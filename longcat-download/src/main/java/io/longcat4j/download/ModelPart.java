package io.longcat4j.download;

import java.util.List;
import java.util.Locale;

/** Which files of a repository are wanted. */
public enum ModelPart {
  /**
   * What a conversation in text needs: no eyes, ears or voice, and none of the papers. The
   * embeddings of speech are part of it, because the model sees those of silence beside each word;
   * without them it answers, but otherwise.
   */
  TEXT,

  /** Everything that the library reads: without pages, pictures and sounds about the model. */
  OMNI,

  /** The whole repository. */
  ALL;

  private static final List<String> SENSES = List.of("vision/", "audio/", "audio_codec/");
  private static final List<String> BESIDE_WORDS =
      List.of("audio/audio_embeddings.pt", "audio/audio_output_layers.pt");
  private static final List<String> PAPERS =
      List.of(
          ".md",
          ".png",
          ".jpg",
          ".jpeg",
          ".gif",
          ".svg",
          ".webp",
          ".pdf",
          ".mp4",
          ".wav",
          ".gitattributes",
          ".gitignore");

  boolean includes(String path) {
    String name = path.toLowerCase(Locale.ROOT);
    return switch (this) {
      case TEXT ->
          BESIDE_WORDS.contains(name)
              || (!isPaper(name) && SENSES.stream().noneMatch(name::startsWith));
      case OMNI -> !isPaper(name);
      case ALL -> true;
    };
  }

  private static boolean isPaper(String name) {
    return PAPERS.stream().anyMatch(name::endsWith);
  }
}
