package io.longcat4j.cli.pull;

import java.util.Map;

/**
 * What the JDK's client of HTTP reads once from the properties of a JVM, and an application that
 * has it for other things too decides itself.
 */
public final class HttpSettings {
  /** A proxy's password would be kept from https, and content come in pieces of 16 KB. */
  private static final Map<String, String> PROPERTIES =
      Map.of(
          "jdk.http.auth.tunneling.disabledSchemes", "",
          "jdk.httpclient.bufsize", "65536");

  private HttpSettings() {}

  /** Sets those that nobody has set, before the first connection. */
  public static void apply() {
    PROPERTIES.forEach(
        (name, value) -> {
          if (System.getProperty(name) == null) {
            System.setProperty(name, value);
          }
        });
  }
}
