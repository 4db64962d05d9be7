package io.longcat4j.cache;

import org.jspecify.annotations.Nullable;

/** Remembers who leased each page, where tests ask for it. */
final class PageLeaks {
  /** The system property that switches it on. */
  static final String PROPERTY = "io.longcat4j.cache.leaks";

  private final @Nullable Throwable[] origins;

  PageLeaks(int pages, boolean tracked) {
    this.origins = new Throwable[tracked ? pages : 0];
  }

  void leased(int page) {
    if (origins.length > 0) {
      origins[page] = new Throwable("page " + page + " was leased here");
    }
  }

  void released(int page) {
    if (origins.length > 0) {
      origins[page] = null;
    }
  }

  void requireNone() {
    int held = 0;
    Throwable last = null;
    for (Throwable origin : origins) {
      held += origin == null ? 0 : 1;
      last = origin == null ? last : origin;
    }
    if (last != null) {
      throw new IllegalStateException(held + " pages were not released before the end", last);
    }
  }
}
