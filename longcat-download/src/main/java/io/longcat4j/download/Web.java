package io.longcat4j.download;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Asks a hub, and whom it refers to. The token goes to the hub alone: after a redirection to
 * another host, port or scheme it is left out, and nothing goes from an encrypted connection to an
 * open one. Thread-safe.
 */
final class Web {
  private static final int MOST_REDIRECTIONS = 8;
  private static final Duration CONNECT = Duration.ofSeconds(30);
  private static final Duration FIRST_BYTE = Duration.ofSeconds(60);
  private static final Set<Integer> REDIRECTIONS = Set.of(301, 302, 303, 307, 308);
  private static final Set<Integer> CONTENT = Set.of(200, 206, 416);
  private static final Set<Integer> LATER = Set.of(408, 425, 429, 500, 502, 503, 504);

  private final HttpClient client;
  private final URI endpoint;
  private final Optional<String> token;
  private final String tokenVariable;
  private final Proxies proxies;
  private final Pace pace;
  private final Quiet quiet;

  Web(
      URI endpoint,
      Optional<String> token,
      String tokenVariable,
      Proxies proxies,
      Pace pace,
      Quiet quiet) {
    this.endpoint = endpoint;
    this.token = token;
    this.tokenVariable = tokenVariable;
    this.proxies = proxies;
    this.pace = pace;
    this.quiet = quiet;
    requireSecret();
    // Connections of version 2 would share one, and its rate.
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .proxy(proxies)
            .build();
  }

  /**
   * Asks for content.
   *
   * @param uri at the hub
   * @param headers besides those that are always sent
   * @return content, to be closed; 200, 206 or 416
   * @throws TryAgainException if it may be there later
   * @throws DownloadException if it will not
   */
  Answer get(URI uri, Map<String, String> headers) throws IOException, InterruptedException {
    URI at = uri;
    for (int i = 0; i <= MOST_REDIRECTIONS; i++) {
      quiet.await();
      HttpResponse<InputStream> response =
          client.send(request(at, headers), head -> new ReceivedBody());
      if (CONTENT.contains(response.statusCode())) {
        return new Answer(at, response.statusCode(), response.headers(), response.body());
      }
      response.body().close();
      if (!REDIRECTIONS.contains(response.statusCode())) {
        throw failure(at, response);
      }
      at = Redirection.target(at, response.headers().firstValue("Location").orElse(""));
    }
    throw new DownloadException(
        uri + " leads from one address to the next more than " + MOST_REDIRECTIONS + " times");
  }

  private HttpRequest request(URI uri, Map<String, String> headers) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(uri)
            .timeout(FIRST_BYTE)
            .header("User-Agent", "longcat4j")
            .header("Accept-Encoding", "identity");
    headers.forEach(builder::header);
    proxies.authorization(uri).ifPresent(user -> builder.header("Proxy-Authorization", user));
    if (isHub(uri)) {
      token.ifPresent(secret -> builder.header("Authorization", "Bearer " + secret));
    }
    return builder.build();
  }

  private IOException failure(URI uri, HttpResponse<InputStream> response) {
    int status = response.statusCode();
    if (LATER.contains(status)) {
      Optional<Duration> after =
          response
              .headers()
              .firstValue("Retry-After")
              .flatMap(value -> RetryAfter.parse(value, pace.epochMillis()));
      after.ifPresent(quiet::ask);
      return new TryAgainException(Redirection.shown(uri) + " answered " + status, after);
    }
    if (!isHub(uri)) {
      // Addresses that a hub hands out end after a while; it hands out others.
      return new TryAgainException(
          Redirection.shown(uri) + " answered " + status, Optional.empty());
    }
    throw new DownloadException(
        Redirection.shown(uri) + " answered " + status + "; " + remedy(status));
  }

  private String remedy(int status) {
    return switch (status) {
      case 401, 403 ->
          token.isPresent()
              ? "the token does not open it: check "
                  + tokenVariable
                  + ", and whether its account has accepted the model's conditions"
              : "it may need a token: accept the model's conditions there and set " + tokenVariable;
      case 404, 410 -> "check the names of repository and revision, and which hub has them";
      case 407 -> "the proxy wants a name and a password: write them into HTTPS_PROXY";
      default -> "check the endpoint";
    };
  }

  /** The same server by the same way. */
  boolean isHub(URI uri) {
    return String.valueOf(endpoint.getScheme()).equalsIgnoreCase(uri.getScheme())
        && String.valueOf(endpoint.getHost()).equalsIgnoreCase(uri.getHost())
        && endpoint.getPort() == uri.getPort();
  }

  /** A token that travels in the open is none for long. */
  private void requireSecret() {
    if (token.isPresent()
        && !"https".equalsIgnoreCase(endpoint.getScheme())
        && !isLoopback(String.valueOf(endpoint.getHost()))) {
      throw new DownloadException(
          "A token is set, but "
              + Redirection.shown(endpoint)
              + " would get it over an open connection; name an https endpoint, or unset "
              + tokenVariable);
    }
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
