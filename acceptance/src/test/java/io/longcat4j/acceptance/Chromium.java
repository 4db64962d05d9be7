package io.longcat4j.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A browser without a window, driven over its DevTools protocol. */
final class Chromium implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final String LISTENING = "DevTools listening on ws://";

  private final Process process;
  private final WebSocket socket;
  private final AtomicInteger next = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();

  /** Messages of the page's WebSocket, both ways, as JSON. */
  private final List<Frame> frames = new CopyOnWriteArrayList<>();

  private final List<String> complaints = new CopyOnWriteArrayList<>();

  /** One message. */
  record Frame(boolean sent, JsonNode json) {
    String type() {
      return json.path("type").asText();
    }
  }

  private Chromium(Process process, URI page) {
    this.process = process;
    this.socket =
        HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(page, new Listener()).join();
    call("Page.enable", JSON.createObjectNode());
    call("Network.enable", JSON.createObjectNode());
    call("Runtime.enable", JSON.createObjectNode());
    call("Log.enable", JSON.createObjectNode());
  }

  static Optional<Path> find() {
    return Stream.of(System.getenv("PATH").split(":"))
        .flatMap(
            folder ->
                Stream.of("chromium", "chromium-browser", "google-chrome")
                    .map(Path.of(folder)::resolve))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static Chromium start(Path program, Path profile, String... options)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--no-default-browser-check",
                "--mute-audio",
                "--autoplay-policy=no-user-gesture-required",
                "--remote-debugging-port=0",
                "--window-size=1200,800",
                "--user-data-dir=" + profile));
    command.addAll(List.of(options));
    command.add("about:blank");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String place = place(process);
      return new Chromium(process, page(URI.create("http://" + place + "/json/list")));
    } catch (IOException | InterruptedException | RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /** Address and port, then reads on so that the browser never waits. */
  private static String place(Process process) throws IOException {
    BufferedReader lines = process.inputReader();
    StringBuilder said = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      said.append(line).append('\n');
      int at = line.indexOf(LISTENING);
      if (at >= 0) {
        Thread reader = new Thread(() -> lines.lines().forEach(rest -> {}), "chromium-output");
        reader.setDaemon(true);
        reader.start();
        String address = line.substring(at + LISTENING.length());
        return address.substring(0, address.indexOf('/'));
      }
    }
    throw new IOException("Chromium ended: " + said);
  }

  private static URI page(URI list) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(list).timeout(LONGEST).build(),
                HttpResponse.BodyHandlers.ofString());
    for (JsonNode target : JSON.readTree(answer.body())) {
      if (target.path("type").asText().equals("page")) {
        return URI.create(target.path("webSocketDebuggerUrl").asText());
      }
    }
    throw new IOException("Chromium shows no page: " + answer.body());
  }

  JsonNode call(String method, ObjectNode parameters) {
    int id = next.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    waiting.put(id, answer);
    ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
    message.set("params", parameters);
    synchronized (socket) {
      socket.sendText(message.toString(), true).join();
    }
    try {
      return answer.get(LONGEST.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(method + " was not answered; " + complaints, e);
    }
  }

  void open(URI address) {
    call("Page.navigate", JSON.createObjectNode().put("url", address.toString()));
    await("document.readyState === 'complete' && location.href.startsWith('" + address + "')");
  }

  /** The value of an expression, which may be a promise. */
  JsonNode evaluate(String expression) {
    JsonNode answer =
        call(
            "Runtime.evaluate",
            JSON.createObjectNode()
                .put("expression", expression)
                .put("awaitPromise", true)
                .put("returnByValue", true)
                .put("userGesture", true));
    if (answer.has("exceptionDetails")) {
      throw new IllegalStateException(expression + ": " + answer.path("exceptionDetails"));
    }
    return answer.path("result").path("value");
  }

  /** Waits until a condition holds in the page. */
  void await(String condition) {
    await(condition, Duration.ZERO);
  }

  /** Waits until a condition has held for a while. */
  void await(String condition, Duration lasting) {
    String wait =
        "new Promise((resolve) => { const end = Date.now() + %d; let since = Date.now();"
            + " const look = () => { const now = Date.now(); if (!(%s)) { since = now + 10; }"
            + " if (now - since >= %d) { resolve(true); } else if (now > end) { resolve(false); }"
            + " else { setTimeout(look, 10); } }; look(); })";
    long longest = LONGEST.toMillis() / 2;
    if (!evaluate(wait.formatted(longest, condition, lasting.toMillis())).asBoolean()) {
      throw new IllegalStateException(
          "It never came to "
              + condition
              + "; "
              + evaluate("document.body.innerText")
              + complaints);
    }
  }

  void click(String id) {
    evaluate("document.getElementById('" + id + "').click()");
  }

  void press(String key, String code, int number) {
    hold(key, code, number);
    release(key, code, number);
  }

  void hold(String key, String code, int number) {
    call(
        "Input.dispatchKeyEvent",
        key("keyDown", key, code, number).put("text", key.length() == 1 ? key : ""));
  }

  void release(String key, String code, int number) {
    call("Input.dispatchKeyEvent", key("keyUp", key, code, number));
  }

  private static ObjectNode key(String type, String key, String code, int number) {
    return JSON.createObjectNode()
        .put("type", type)
        .put("key", key)
        .put("code", code)
        .put("windowsVirtualKeyCode", number);
  }

  /** Another size of the window, as of a phone. */
  void resize(int width, int height) {
    call(
        "Emulation.setDeviceMetricsOverride",
        JSON.createObjectNode()
            .put("width", width)
            .put("height", height)
            .put("deviceScaleFactor", 1)
            .put("mobile", false));
  }

  byte[] screenshot() {
    JsonNode picture = call("Page.captureScreenshot", JSON.createObjectNode().put("format", "png"));
    return java.util.Base64.getDecoder().decode(picture.path("data").asText());
  }

  List<Frame> frames() {
    return List.copyOf(frames);
  }

  /** What the browser complained about: errors of scripts, refused by a policy, not found. */
  List<String> complaints() {
    return List.copyOf(complaints);
  }

  @Override
  public void close() {
    try {
      call("Browser.close", JSON.createObjectNode());
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      complaints.add(e.toString());
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** Puts messages together. */
  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        try {
          heard(JSON.readTree(text.toString()));
        } catch (IOException e) {
          complaints.add(e.toString());
        }
        text.setLength(0);
      }
      from.request(1);
      return CompletableFuture.completedFuture(null);
    }

    private void heard(JsonNode message) throws IOException {
      JsonNode parameters = message.path("params");
      switch (message.path("method").asText()) {
        case "" -> {
          CompletableFuture<JsonNode> asked = waiting.remove(message.path("id").asInt());
          if (asked != null) {
            asked.complete(message.path("result"));
          }
        }
        case "Network.webSocketFrameSent" -> add(true, parameters);
        case "Network.webSocketFrameReceived" -> add(false, parameters);
        case "Runtime.exceptionThrown" -> complaints.add(parameters.toString());
        case "Log.entryAdded" -> {
          if (parameters.path("entry").path("level").asText().equals("error")) {
            complaints.add(parameters.path("entry").toString());
          }
        }
        default -> {}
      }
    }

    private void add(boolean sent, JsonNode parameters) throws IOException {
      JsonNode response = parameters.path("response");
      if (response.path("opcode").asInt() == 1) {
        frames.add(new Frame(sent, JSON.readTree(response.path("payloadData").asText())));
      }
    }
  }
}
