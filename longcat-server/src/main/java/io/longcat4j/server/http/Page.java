package io.longcat4j.server.http;

import io.longcat4j.server.wire.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The files of the page, from the class path. A name is letters, digits, dashes and one dot at a
 * time, so that nothing but the page's own folder can be named.
 */
public final class Page {
  private static final String FOLDER = "/io/longcat4j/server/page/";
  private static final Pattern NAME =
      Pattern.compile("(?:[A-Za-z0-9_-]+/){0,3}[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*\\.[a-z0-9]+");
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("html", "text/html; charset=utf-8"),
          Map.entry("css", "text/css; charset=utf-8"),
          Map.entry("js", "text/javascript; charset=utf-8"),
          Map.entry("mjs", "text/javascript; charset=utf-8"),
          Map.entry("json", "application/json"),
          Map.entry("webmanifest", "application/manifest+json"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("png", "image/png"),
          Map.entry("ico", "image/x-icon"),
          Map.entry("woff2", "font/woff2"),
          Map.entry("wav", "audio/wav"));

  /** Nothing from elsewhere, no inline scripts, in no other page's frame. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self'"
          + " data: blob:; media-src 'self' blob: mediastream:; connect-src 'self' %s; manifest-src"
          + " 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private Page() {}

  /**
   * Answers with a file.
   *
   * @param exchange asks for it
   * @throws IOException if the client does not take it
   * @throws ApiException if there is no such file
   */
  public static void serve(Exchange exchange) throws IOException {
    String path = exchange.path();
    String name = path.equals("/") ? "index.html" : path.substring(1);
    String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    byte[] content = type == null || !NAME.matcher(name).matches() ? null : read(name);
    if (type == null || content == null) {
      throw ApiException.of(404, "not_found", "There is nothing at " + path);
    }
    exchange.setHeader("Content-Security-Policy", POLICY.formatted(socketOf(exchange)));
    exchange.setHeader("Permissions-Policy", "camera=(self), microphone=(self)");
    exchange.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    exchange.setHeader("Cache-Control", "no-cache");
    exchange.answer(200, type, content);
  }

  /** Older browsers do not count a WebSocket to the same host as their own site's. */
  private static String socketOf(Exchange exchange) {
    return "ws://" + exchange.header("Host");
  }

  private static byte @org.jspecify.annotations.Nullable [] read(String name) throws IOException {
    try (InputStream stream = Page.class.getResourceAsStream(FOLDER + name)) {
      return stream == null ? null : stream.readAllBytes();
    }
  }
}
