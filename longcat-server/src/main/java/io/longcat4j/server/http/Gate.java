package io.longcat4j.server.http;

import io.longcat4j.server.wire.ApiException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask. A page of another site that runs in a browser on this machine can reach the loopback
 * too: it is told by its {@code Origin}, and one whose name was made to point here (DNS rebinding)
 * by its {@code Host}. Immutable.
 *
 * @param apiKey without it nothing but the page and the health is given; empty for no key
 * @param hosts names this server is called by, beside {@code localhost} and addresses
 * @param origins pages of other sites that may ask
 */
public record Gate(Optional<String> apiKey, Set<String> hosts, Set<String> origins) {
  private static final Pattern ADDRESS =
      Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-fA-F:.]+]");
  private static final Pattern AUTHORITY =
      Pattern.compile("(\\[[0-9a-f:.]+]|[a-z0-9._-]+)(:\\d{1,5})?");
  private static final String BEARER = "bearer ";

  /** Copies the components; names in lower case. */
  public Gate {
    hosts = Set.copyOf(hosts.stream().map(Gate::lower).toList());
    origins = Set.copyOf(origins.stream().map(Gate::lower).toList());
  }

  /**
   * Refuses requests to a name that is not this server's.
   *
   * @param hostHeaders the values of {@code Host}
   */
  public void requireHost(List<String> hostHeaders) {
    String authority = hostHeaders.size() == 1 ? lower(hostHeaders.get(0)) : "";
    var parsed = AUTHORITY.matcher(authority);
    if (!parsed.matches()) {
      throw ApiException.of(400, "invalid_host", "A request must name one host");
    }
    String name = parsed.group(1);
    boolean known =
        name.equals("localhost")
            || name.endsWith(".localhost")
            || ADDRESS.matcher(name).matches()
            || hosts.contains(name);
    if (!known) {
      throw ApiException.of(
          403,
          "host_not_allowed",
          "This server is not known as '"
              + name
              + "'; ask by address or localhost, or start it with --allow-host "
              + name);
    }
  }

  /**
   * Refuses pages of other sites.
   *
   * @param origin the header, or null where no page asks
   * @param hostHeader the header {@code Host}
   * @return the origin of another site that may ask, to be told so; or empty
   */
  public Optional<String> requireOrigin(@Nullable String origin, @Nullable String hostHeader) {
    if (origin == null) {
      return Optional.empty();
    }
    String asked = lower(origin);
    if (origins.contains(asked)) {
      return Optional.of(origin);
    }
    if (hostHeader == null || !isSame(asked, lower(hostHeader))) {
      throw ApiException.of(
          403,
          "origin_not_allowed",
          "Pages of "
              + origin
              + " may not use this server; where they shall, start it with --allow-origin "
              + origin);
    }
    return Optional.empty();
  }

  /**
   * Refuses whoever does not know the key.
   *
   * @param authorization the header, or null
   * @param subprotocols what a WebSocket offers, where browsers put the key
   */
  public void requireKey(@Nullable String authorization, List<String> subprotocols) {
    if (apiKey.isEmpty()) {
      return;
    }
    Optional<String> header =
        Optional.ofNullable(authorization)
            .filter(value -> lower(value).startsWith(BEARER))
            .map(value -> value.substring(BEARER.length()).strip());
    Optional<String> given =
        header.or(
            () ->
                subprotocols.stream()
                    .filter(offered -> offered.startsWith(Subprotocols.KEY))
                    .map(offered -> offered.substring(Subprotocols.KEY.length()))
                    .findFirst());
    if (given.isEmpty()) {
      throw ApiException.of(
          401,
          "missing_api_key",
          "This server needs a key; send it as 'Authorization: Bearer KEY'");
    }
    if (!MessageDigest.isEqual(bytes(given.get()), bytes(apiKey.get()))) {
      throw ApiException.of(401, "invalid_api_key", "Incorrect API key provided");
    }
  }

  private static boolean isSame(String origin, String host) {
    try {
      URI uri = URI.create(origin);
      String authority = uri.getRawAuthority();
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      return web && authority != null && authority.equals(host);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT).strip();
  }
}
