package io.longcat4j.server.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.DeadlineExceededException;
import io.longcat4j.EngineBusyException;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCatException;
import io.longcat4j.MediaException;
import io.longcat4j.MissingModuleException;
import io.longcat4j.RankFailedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A failure as OpenAI's clients read it.
 *
 * @param status of HTTP
 * @param type the kind, by which clients choose what to do
 * @param code a word for programs
 * @param param the field that was wrong, or null
 * @param message for people
 */
public record ApiError(
    int status, String type, String code, @Nullable String param, String message) {
  private static final Logger LOG = LoggerFactory.getLogger(ApiError.class);
  private static final String INVALID = "invalid_request_error";
  private static final String SERVER = "server_error";

  /**
   * What a failure is called outside. Defects are logged and not told.
   *
   * @param failure any
   * @return the error
   */
  public static ApiError of(Throwable failure) {
    if (failure instanceof ApiException refused) {
      return new ApiError(
          refused.status(),
          typeOf(refused.status()),
          refused.code(),
          refused.param().orElse(null),
          message(refused));
    }
    if (failure instanceof LongCatException known) {
      return ofModel(known);
    }
    LOG.error("A request failed by a defect of this program", failure);
    return new ApiError(
        500, SERVER, "internal_error", null, "A defect of the server; its log tells more");
  }

  private static ApiError ofModel(LongCatException failure) {
    String message = message(failure);
    if (failure instanceof InvalidRequestException) {
      return new ApiError(400, INVALID, "invalid_request", null, message);
    }
    if (failure instanceof MediaException) {
      return new ApiError(400, INVALID, "invalid_media", null, message);
    }
    if (failure instanceof MissingModuleException) {
      return new ApiError(400, INVALID, "missing_module", null, message);
    }
    if (failure instanceof EngineBusyException) {
      return new ApiError(429, typeOf(429), "engine_busy", null, message);
    }
    if (failure instanceof DeadlineExceededException) {
      return new ApiError(504, "timeout_error", "deadline_exceeded", null, message);
    }
    if (failure instanceof GenerationCancelledException) {
      return new ApiError(503, SERVER, "cancelled", null, message);
    }
    if (failure instanceof RankFailedException) {
      LOG.error("A rank has failed", failure);
      return new ApiError(503, SERVER, "rank_failed", null, message);
    }
    LOG.error("A request failed", failure);
    return new ApiError(500, SERVER, "model_error", null, message);
  }

  private static String typeOf(int status) {
    return switch (status) {
      case 401 -> "authentication_error";
      case 403 -> "permission_error";
      case 429 -> "rate_limit_error";
      case 408, 504 -> "timeout_error";
      default -> status < 500 ? INVALID : SERVER;
    };
  }

  private static String message(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  /**
   * The body of a response.
   *
   * @return an object with the one field {@code error}
   */
  public ObjectNode toJson() {
    ObjectNode body = Json.object();
    body.set("error", toInner());
    return body;
  }

  /**
   * What stands inside.
   *
   * @return message, type, param and code
   */
  public ObjectNode toInner() {
    return Json.object()
        .put("message", message)
        .put("type", type)
        .put("param", param)
        .put("code", code);
  }
}
