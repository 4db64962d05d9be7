package io.longcat4j.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.server.wire.ApiError;
import io.longcat4j.server.wire.ApiException;
import io.longcat4j.server.wire.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/** One request and its response, read and written by the thread that serves it. */
public final class Exchange {
  private static final int PIECE = 16 * 1024;

  private final Request request;
  private final Response response;
  private final Limits limits;
  private final Budget budget;
  private long taken;

  Exchange(Request request, Response response, Limits limits, Budget budget) {
    this.request = request;
    this.response = response;
    this.limits = limits;
    this.budget = budget;
  }

  /**
   * What was asked for.
   *
   * @return its path, decoded
   */
  public String path() {
    return Request.getPathInContext(request);
  }

  /**
   * How it was asked.
   *
   * @return a method of HTTP
   */
  public String method() {
    return request.getMethod();
  }

  /**
   * A header of the request.
   *
   * @param name in any case
   * @return its value, or null
   */
  public @Nullable String header(String name) {
    return request.getHeaders().get(name);
  }

  /**
   * What bounds this request.
   *
   * @return the limits
   */
  public Limits limits() {
    return limits;
  }

  /**
   * Reads the whole body as JSON.
   *
   * @return an object
   * @throws ApiException if it is too large, too late or no JSON
   */
  public ObjectNode json() {
    String type = header("Content-Type");
    if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
      throw ApiException.of(
          415, "unsupported_media_type", "Send JSON, with 'Content-Type: application/json'");
    }
    return Json.read(body());
  }

  /**
   * Reads the whole body.
   *
   * @return its bytes
   * @throws ApiException if it is too large or too late
   */
  public byte[] body() {
    if (request.getLength() > limits.bodyBytes()) {
      throw tooLarge();
    }
    Scheduler.Task late =
        request
            .getComponents()
            .getScheduler()
            .schedule(
                () -> request.fail(new TimeoutException()),
                limits.body().toMillis(),
                TimeUnit.MILLISECONDS);
    try (InputStream stream = Content.Source.asInputStream(request)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      byte[] piece = new byte[PIECE];
      for (int read = stream.read(piece); read >= 0; read = stream.read(piece)) {
        if (bytes.size() + read > limits.bodyBytes()) {
          throw tooLarge();
        }
        if (!budget.tryTake(read)) {
          throw tooMuch();
        }
        taken += read;
        bytes.write(piece, 0, read);
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
      throw ApiException.of(
          408,
          "body_not_received",
          "The request's body did not arrive within "
              + limits.body().toSeconds()
              + " s, or the connection broke");
    } finally {
      late.cancel();
    }
  }

  /** Gives back the memory of the body, which nobody holds any more. */
  void forget() {
    budget.giveBack(taken);
    taken = 0;
  }

  private ApiException tooMuch() {
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    return ApiException.of(
        429,
        "too_much_at_once",
        "Requests that are being answered fill the memory that is for them; try again later, or"
            + " give the server's JVM more of it (-Xmx)");
  }

  private ApiException tooLarge() {
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    return ApiException.of(
        413,
        "request_too_large",
        "A request may have "
            + limits.bodyBytes()
            + " bytes; send smaller media, or start the server with a higher --max-body");
  }

  /**
   * Answers with JSON.
   *
   * @param status of HTTP
   * @param body the document
   * @throws IOException if the client does not take it
   */
  public void answer(int status, JsonNode body) throws IOException {
    answer(status, "application/json", Json.bytes(body));
  }

  /**
   * Answers with bytes.
   *
   * @param status of HTTP
   * @param type of the bytes
   * @param body the bytes
   * @throws IOException if the client does not take them
   */
  public void answer(int status, String type, byte[] body) throws IOException {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    boolean bodiless = method().equals("HEAD");
    Content.Sink.write(response, true, ByteBuffer.wrap(bodiless ? new byte[0] : body));
  }

  /**
   * Answers without a body.
   *
   * @param status of HTTP
   * @throws IOException if the client does not take it
   */
  public void answer(int status) throws IOException {
    response.setStatus(status);
    Content.Sink.write(response, true, ByteBuffer.allocate(0));
  }

  /**
   * Answers with a refusal.
   *
   * @param error what is told
   * @throws IOException if the client does not take it
   */
  public void answer(ApiError error) throws IOException {
    if (error.status() == 429) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
    }
    if (error.status() == 401) {
      response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
    }
    answer(error.status(), error.toJson());
  }

  /**
   * Sets a header of the response.
   *
   * @param name of the header
   * @param value its value
   */
  public void setHeader(String name, String value) {
    response.getHeaders().put(name, value);
  }

  /**
   * Whether the response has begun, so that its status stands.
   *
   * @return true after the first write
   */
  public boolean isBegun() {
    return response.isCommitted();
  }

  /**
   * Begins a response of events as they come.
   *
   * @return writes them
   */
  public EventWriter events() {
    response.setStatus(200);
    setHeader("Content-Type", "text/event-stream; charset=utf-8");
    setHeader("Cache-Control", "no-cache");
    setHeader("X-Accel-Buffering", "no");
    return new EventWriter(response);
  }

  /**
   * Ends a response that has begun and cannot be completed: events with one that tells it, anything
   * else by breaking the connection, so that nobody takes it for whole.
   *
   * @param error why
   * @throws IOException always for what is no stream of events
   */
  void endWith(ApiError error) throws IOException {
    String type = response.getHeaders().get(HttpHeader.CONTENT_TYPE);
    if (type == null || !type.startsWith("text/event-stream")) {
      throw new IOException(error.message());
    }
    EventWriter events = new EventWriter(response);
    events.send(error.toJson());
    events.end();
  }

  /**
   * Begins a response of bytes as they come.
   *
   * @param type of the bytes
   */
  public void begin(String type) {
    response.setStatus(200);
    setHeader("Content-Type", type);
  }

  /**
   * Sends the next bytes; waits where the client is slow.
   *
   * @param bytes the next
   * @param last whether these are the last
   * @throws IOException if the client does not take them
   */
  public void write(byte[] bytes, boolean last) throws IOException {
    Content.Sink.write(response, last, ByteBuffer.wrap(bytes));
  }

  /** Watches for the client hanging up; close it before the last bytes are written. */
  Departure watch(Work work) {
    return Departure.watch(request, work::cancel);
  }
}
