package io.longcat4j.acceptance;

import io.longcat4j.LongCat;
import io.longcat4j.server.LongCatServer;
import java.nio.file.Path;

/** Serves LongCat-Tiny until its input ends; tells its port. */
final class Served {
  static final String CLOSED = "closed";

  private Served() {}

  public static void main(String[] arguments) throws Exception {
    try (LongCat longcat = LongCat.builder().tiny().cacheDirectory(Path.of(arguments[0])).build();
        LongCatServer server = LongCatServer.builder(longcat).port(0).start()) {
      System.out.println(server.port());
      while (System.in.read() >= 0) {}
    }
    System.out.println(CLOSED);
  }
}
