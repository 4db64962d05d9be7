package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/** A hub on loopback that gives files from memory, in the protocol of Hugging Face. */
final class LoopbackHub implements AutoCloseable {
  static final String REPOSITORY = "loopback/model";
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  private static final String CONTENT = "/" + REPOSITORY + "/resolve/" + COMMIT + "/model-";

  private final MadeFiles files;
  private final List<String> hashes;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;

  private LoopbackHub(MadeFiles files, List<String> hashes, HttpServer server) {
    this.files = files;
    this.hashes = hashes;
    this.server = server;
  }

  /** Hashes the files and listens. */
  static LoopbackHub open(MadeFiles files) throws IOException {
    List<String> hashes =
        IntStream.range(0, files.count()).parallel().mapToObj(files::sha256).toList();
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    LoopbackHub hub = new LoopbackHub(files, hashes, HttpServer.create(loopback, 0));
    hub.server.setExecutor(hub.threads);
    hub.server.createContext("/", hub::answer);
    hub.server.start();
    return hub;
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    try (exchange) {
      if (path.startsWith("/api/models/" + REPOSITORY + "/revision/")) {
        send(exchange, new ObjectMapper().writeValueAsBytes(commit()));
      } else if (path.startsWith("/api/models/" + REPOSITORY + "/tree/")) {
        send(exchange, new ObjectMapper().writeValueAsBytes(listing()));
      } else if (path.startsWith(CONTENT)) {
        int file = Integer.parseInt(path.substring(CONTENT.length()).replaceAll("\\D", "")) - 1;
        exchange.sendResponseHeaders(200, files.bytes(file));
        OutputStream body = exchange.getResponseBody();
        files.write(file, body);
      } else {
        exchange.sendResponseHeaders(404, -1);
      }
    }
  }

  private static void send(HttpExchange exchange, byte[] content) throws IOException {
    exchange.sendResponseHeaders(200, content.length);
    exchange.getResponseBody().write(content);
  }

  private static ObjectNode commit() {
    return JsonNodeFactory.instance.objectNode().put("sha", COMMIT);
  }

  private ArrayNode listing() {
    ArrayNode entries = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < files.count(); i++) {
      ObjectNode entry =
          entries
              .addObject()
              .put("type", "file")
              .put("path", MadeFiles.name(i))
              .put("size", files.bytes(i));
      entry.putObject("lfs").put("oid", hashes.get(i)).put("size", files.bytes(i));
    }
    return entries;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
