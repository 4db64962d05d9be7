package io.longcat4j.download;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** A repository at a hub, by the hub's own protocol. */
interface Repository {
  /** The most files that a repository may list. */
  int MOST_FILES = 100_000;

  /** What it holds now; each file is pinned to a commit, so that it stays the same. */
  Listing list() throws InterruptedException;

  /** Where the content of a listed file is. */
  URI content(RepositoryFile file);

  /** An address under the endpoint; the rest is encoded already. */
  static URI at(URI endpoint, String rest) {
    String base = endpoint.toString();
    return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + rest);
  }

  /** As one part of a path or a query. */
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** A path with its slashes. */
  static String encodedPath(String path) {
    return encoded(path).replace("%2F", "/");
  }

  /** What a listing that is none gets. */
  static DownloadException unusable(URI uri, String why) {
    return new DownloadException(
        uri + " answered " + why + "; check which hub the endpoint belongs to");
  }
}
