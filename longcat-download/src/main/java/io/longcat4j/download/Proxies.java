package io.longcat4j.download;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The proxies that the environment names, as other programs read it: {@code HTTPS_PROXY}, {@code
 * HTTP_PROXY}, {@code ALL_PROXY} and {@code NO_PROXY}, in small letters too. Immutable and
 * thread-safe.
 */
final class Proxies extends ProxySelector {
  private final Map<String, String> environment;

  Proxies(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
    variable("https_proxy").ifPresent(Proxies::parse);
    variable("http_proxy").ifPresent(Proxies::parse);
    variable("all_proxy").ifPresent(Proxies::parse);
  }

  @Override
  public List<Proxy> select(URI uri) {
    return List.of(
        proxy(uri)
            .map(at -> new Proxy(Proxy.Type.HTTP, new InetSocketAddress(at.getHost(), port(at))))
            .orElse(Proxy.NO_PROXY));
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {}

  /**
   * What the proxy of an address gets as {@code Proxy-Authorization}: the name and password that
   * stand in its address. The JDK sends it to a proxy alone. An {@code Authenticator} would do the
   * same, but where there is one the JDK sends no {@code Authorization} that was set by hand.
   */
  Optional<String> authorization(URI uri) {
    return proxy(uri)
        .map(URI::getRawUserInfo)
        .map(
            user -> {
              String plain = user.contains(":") ? user : user + ":";
              byte[] bytes = decoded(plain).getBytes(StandardCharsets.UTF_8);
              return "Basic " + Base64.getEncoder().encodeToString(bytes);
            });
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private Optional<URI> proxy(URI uri) {
    if (isExempt(uri)) {
      return Optional.empty();
    }
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    return variable(scheme + "_proxy").or(() -> variable("all_proxy")).map(Proxies::parse);
  }

  private boolean isExempt(URI uri) {
    String host = host(uri);
    for (String entry : variable("no_proxy").orElse("").split("[,\\s]+", -1)) {
      if (entry.equals("*") || (!entry.isEmpty() && covers(entry, host, port(uri)))) {
        return true;
      }
    }
    return false;
  }

  private static boolean covers(String entry, String host, int port) {
    String name = entry.toLowerCase(Locale.ROOT);
    int colon = name.lastIndexOf(':');
    if (colon > 0 && name.indexOf(':') == colon) {
      if (!name.substring(colon + 1).equals(Integer.toString(port))) {
        return false;
      }
      name = name.substring(0, colon);
    }
    name = name.replaceFirst("^\\*?\\.", "");
    return host.equals(name) || host.endsWith("." + name);
  }

  private static String host(URI uri) {
    return String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
  }

  private static int port(URI uri) {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name))
        .or(() -> Optional.ofNullable(environment.get(name.toUpperCase(Locale.ROOT))))
        .filter(value -> !value.isBlank());
  }

  private static URI parse(String value) {
    try {
      URI proxy = URI.create(value.contains("://") ? value : "http://" + value);
      if ("http".equalsIgnoreCase(proxy.getScheme()) && proxy.getHost() != null) {
        return proxy;
      }
    } catch (IllegalArgumentException e) {
      // The value may hold a password: neither it nor the cause is shown.
    }
    throw new DownloadException(
        "The environment names a proxy that is no http://HOST:PORT; correct HTTPS_PROXY, HTTP_PROXY"
            + " or ALL_PROXY, or exempt hosts by NO_PROXY (proxies for SOCKS or behind TLS are not"
            + " supported)");
  }
}
