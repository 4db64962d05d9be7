package io.longcat4j.download;

import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/** Where a server refers to. */
final class Redirection {
  private Redirection() {}

  /**
   * The address, if it may be followed.
   *
   * @param from who refers
   * @param location the header, empty where it is missing
   * @return an address of http or https, never an open one after an encrypted one
   * @throws TryAgainException if it is no address
   * @throws DownloadException if it must not be followed
   */
  static URI target(URI from, String location) throws IOException {
    URI to;
    try {
      to = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new TryAgainException(
          shown(from) + " refers to an address that is none", Optional.empty());
    }
    String scheme = String.valueOf(to.getScheme()).toLowerCase(Locale.ROOT);
    boolean open = scheme.equals("http");
    if (location.isEmpty()
        || to.getHost() == null
        || (!open && !scheme.equals("https"))
        || (open && "https".equalsIgnoreCase(from.getScheme()))) {
      throw new DownloadException(
          shown(from)
              + " refers to "
              + shown(to)
              + ", which is no address to follow from there; check the endpoint");
    }
    return to;
  }

  /** An address for messages, without what may be a secret in its query. */
  static String shown(URI uri) {
    String text = uri.toString();
    int query = text.indexOf('?');
    return query < 0 ? text : text.substring(0, query);
  }
}
