package io.longcat4j.download;

import java.util.List;
import java.util.Locale;

/** Which files of a repository are wanted. */
public enum ModelPart {
  /** What a conversation in text needs: no eyes, ears or voice, and none of the papers. */
  TEXT,

  /** Everything that the library reads: without pages, pictures and sounds about the model. */
  OMNI,

  /** The whole repository. */
  ALL;

  private static final List<String> SENSES = List.of("vision/", "audio/", "audio_codec/");
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
      case TEXT -> !isPaper(name) && SENSES.stream().noneMatch(name::startsWith);
      case OMNI -> !isPaper(name);
      case ALL -> true;
    };
  }

  private static boolean isPaper(String name) {
    return PAPERS.stream().anyMatch(name::endsWith);
  }
}
