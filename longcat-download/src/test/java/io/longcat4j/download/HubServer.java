package io.longcat4j.download;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A hub that speaks the protocols of Hugging Face and of ModelScope, and a second server that holds
 * the content of large files.
 */
final class HubServer implements AutoCloseable {
  static final String NAME = "owner/model";
  static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  static final String FILE_COMMIT = "fedcba9876543210fedcba9876543210fedcba98";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Answers a request for content in its own way. */
  interface Fault {
    /**
     * Answers, or does not.
     *
     * @return false where the usual answer shall be given
     */
    boolean answer(HttpExchange exchange, byte[] content, int request) throws IOException;
  }

  /** What was asked of whom. */
  record Asked(boolean hub, String uri, Optional<String> authorization, Optional<String> range) {}

  final List<Asked> asked = new CopyOnWriteArrayList<>();
  final Map<String, byte[]> files = new TreeMap<>();
  final Map<String, Long> listedSizes = new TreeMap<>();
  final Map<String, String> extraNames = new TreeMap<>();
  final Map<String, Integer> requests = new TreeMap<>();
  volatile Fault fault = (exchange, content, request) -> false;
  volatile int pageSize = 1000;
  volatile boolean listsHashes = true;
  volatile Optional<String> nextPageAt = Optional.empty();

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer hub = server();
  private final HttpServer store = server();

  HubServer() throws IOException {
    hub.createContext("/", exchange -> guarded(exchange, this::answer));
    store.createContext("/", exchange -> guarded(exchange, this::stored));
  }

  private HttpServer server() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
    return server;
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + hub.getAddress().getPort());
  }

  int port() {
    return hub.getAddress().getPort();
  }

  /** A download of everything from here, with the time of a test. */
  CheckpointDownload download(Hub kind) {
    return Checkpoints.download(NAME)
        .from(kind)
        .endpoint(address())
        .environment(Map.of())
        .pace(new TestPace());
  }

  long contentRequests() {
    return asked.stream().filter(one -> !one.hub()).count();
  }

  private interface Handler {
    void handle(HttpExchange exchange) throws IOException;
  }

  private void guarded(HttpExchange exchange, Handler handler) throws IOException {
    asked.add(
        new Asked(
            exchange.getLocalAddress().getPort() == port(),
            exchange.getRequestURI().toString(),
            Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")),
            Optional.ofNullable(exchange.getRequestHeaders().getFirst("Range"))));
    try (exchange) {
      handler.handle(exchange);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (path.startsWith("/api/models/" + NAME + "/revision/")) {
      json(exchange, JSON.createObjectNode().put("sha", COMMIT));
    } else if (path.equals("/api/models/" + NAME + "/tree/" + COMMIT)) {
      tree(exchange);
    } else if (path.startsWith("/" + NAME + "/resolve/" + COMMIT + "/")) {
      content(exchange, path.substring(("/" + NAME + "/resolve/" + COMMIT + "/").length()));
    } else if (path.equals("/api/v1/models/" + NAME + "/repo/files")) {
      json(exchange, modelScopeListing());
    } else if (path.equals("/api/v1/models/" + NAME + "/repo")) {
      String query = exchange.getRequestURI().getRawQuery();
      if (!query.contains("Revision=" + FILE_COMMIT)) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      String name = query.replaceFirst(".*FilePath=", "");
      content(exchange, URLDecoder.decode(name, StandardCharsets.UTF_8));
    } else {
      exchange.sendResponseHeaders(404, -1);
    }
  }

  private void content(HttpExchange exchange, String name) throws IOException {
    if (isLarge(name)) {
      exchange
          .getResponseHeaders()
          .add(
              "Location",
              "http://127.0.0.1:"
                  + store.getAddress().getPort()
                  + Repository.encodedPath("/" + name)
                  + "?signature=s");
      exchange.sendResponseHeaders(302, -1);
      return;
    }
    send(exchange, name);
  }

  private void stored(HttpExchange exchange) throws IOException {
    send(exchange, exchange.getRequestURI().getPath().substring(1));
  }

  private void send(HttpExchange exchange, String name) throws IOException {
    byte[] content = files.get(name);
    int request;
    synchronized (requests) {
      request = requests.merge(name, 1, Integer::sum);
    }
    if (content == null) {
      exchange.sendResponseHeaders(404, -1);
    } else if (!fault.answer(exchange, content, request)) {
      send(exchange, content, Integer.MAX_VALUE);
    }
  }

  /** Answers as a good server does, and hangs up after so many bytes. */
  static void send(HttpExchange exchange, byte[] content, int most) throws IOException {
    String tag = tag(content);
    String condition = exchange.getRequestHeaders().getFirst("If-Range");
    boolean isSame = condition == null || condition.equals(tag);
    send(exchange, content, most, tag, isSame ? range(exchange) : 0);
  }

  static String tag(byte[] content) {
    return "\"" + sha256(content) + "\"";
  }

  /** The first byte that is asked for. */
  static int range(HttpExchange exchange) {
    String range = exchange.getRequestHeaders().getFirst("Range");
    return range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
  }

  /** Answers from a byte on, and hangs up after so many. */
  static void send(HttpExchange exchange, byte[] content, int most, String tag, int from)
      throws IOException {
    exchange.getResponseHeaders().add("ETag", tag);
    if (from > 0 && from >= content.length) {
      exchange.sendResponseHeaders(416, -1);
      return;
    }
    if (from > 0) {
      exchange
          .getResponseHeaders()
          .add(
              "Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
    }
    int length = content.length - from;
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, length == 0 ? -1 : length);
    write(exchange, content, from, Math.min(length, most));
  }

  /** Writes a part; the exchange, closed early, ends the connection. */
  static void write(HttpExchange exchange, byte[] content, int from, int count) throws IOException {
    OutputStream body = exchange.getResponseBody();
    body.write(content, from, count);
    body.flush();
  }

  private static boolean isLarge(String name) {
    return name.endsWith(".safetensors") || name.endsWith(".pt");
  }

  private void tree(HttpExchange exchange) throws IOException {
    List<ObjectNode> entries = entries();
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    int from = query.contains("cursor=") ? Integer.parseInt(query.replaceAll(".*cursor=", "")) : 0;
    int to = Math.min(entries.size(), from + pageSize);
    if (to < entries.size()) {
      String next =
          nextPageAt.orElse(
              address() + "/api/models/" + NAME + "/tree/" + COMMIT + "?recursive=true");
      exchange.getResponseHeaders().add("Link", "<" + next + "&cursor=" + to + ">; rel=\"next\"");
    }
    ArrayNode page = JSON.createArrayNode();
    entries.subList(from, to).forEach(page::add);
    json(exchange, page);
  }

  private List<ObjectNode> entries() {
    List<ObjectNode> entries = new ArrayList<>();
    entries.add(JSON.createObjectNode().put("type", "directory").put("path", "vision"));
    for (String name : names()) {
      byte[] content = content(name);
      long size = listedSizes.getOrDefault(name, (long) content.length);
      ObjectNode entry = JSON.createObjectNode().put("type", "file").put("path", name);
      if (isLarge(name)) {
        entry.put("oid", gitBlob("pointer".getBytes(StandardCharsets.UTF_8))).put("size", size);
        entry.putObject("lfs").put("oid", sha256(content)).put("size", size);
      } else {
        entry.put("oid", gitBlob(content)).put("size", size);
      }
      entries.add(entry);
    }
    return entries;
  }

  private List<String> names() {
    List<String> names = new ArrayList<>(files.keySet());
    names.addAll(extraNames.keySet());
    return names;
  }

  private byte[] content(String name) {
    return files.getOrDefault(
        name, extraNames.getOrDefault(name, "").getBytes(StandardCharsets.UTF_8));
  }

  private ObjectNode modelScopeListing() {
    ObjectNode answer = JSON.createObjectNode().put("Code", 200).put("Success", true);
    ArrayNode list = answer.putObject("Data").putArray("Files");
    list.addObject().put("Path", "vision").put("Type", "tree").put("Size", 0);
    for (String name : names()) {
      byte[] content = content(name);
      ObjectNode entry =
          list.addObject()
              .put("Path", name)
              .put("Name", name.replaceFirst(".*/", ""))
              .put("Type", "blob")
              .put("Revision", FILE_COMMIT)
              .put("Size", listedSizes.getOrDefault(name, (long) content.length));
      entry.put("Sha256", listsHashes ? sha256(content) : "");
    }
    return answer;
  }

  private static void json(HttpExchange exchange, Object content) throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(content);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  static String sha256(byte[] content) {
    return hex("SHA-256", new byte[0], content);
  }

  private static String gitBlob(byte[] content) {
    byte[] header = ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII);
    return hex("SHA-1", header, content);
  }

  private static String hex(String algorithm, byte[] header, byte[] content) {
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      digest.update(header);
      return HexFormat.of().formatHex(digest.digest(content));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    hub.stop(0);
    store.stop(0);
    threads.shutdownNow();
  }
}
