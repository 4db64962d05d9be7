package io.longcat4j.server;

import io.longcat4j.server.wire.ApiError;
import io.longcat4j.server.wire.ApiException;
import io.longcat4j.server.wire.Json;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Answers what is no request of HTTP, in the shape of all other errors. */
final class MalformedRequests implements Request.Handler {
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = response.getStatus() < 400 ? 500 : response.getStatus();
    String message = HttpStatus.getMessage(status);
    ApiError error = ApiError.of(ApiException.of(status, "malformed_request", message));
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.write(true, ByteBuffer.wrap(Json.bytes(error.toJson())), callback);
    return true;
  }
}
