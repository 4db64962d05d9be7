package io.longcat4j.server.wire;

import io.longcat4j.LongCatException;
import java.util.Optional;

/** A request that is refused, with what the client is told. */
public final class ApiException extends LongCatException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final String param;

  private ApiException(int status, String code, String param, String message) {
    super(message);
    this.status = status;
    this.code = code;
    this.param = param;
  }

  /**
   * Something in the request is wrong.
   *
   * @param param where, such as {@code messages[2].content}; may be empty
   * @param message what is wrong and what to do
   * @return the exception
   */
  public static ApiException invalid(String param, String message) {
    return new ApiException(400, "invalid_value", param, message);
  }

  /**
   * Something was asked for that there is not.
   *
   * @param param where
   * @param message what, and what there is instead
   * @return the exception
   */
  public static ApiException unsupported(String param, String message) {
    return new ApiException(400, "unsupported_parameter", param, message);
  }

  /**
   * Refused for another reason.
   *
   * @param status of HTTP
   * @param code a word for programs
   * @param message for people
   * @return the exception
   */
  public static ApiException of(int status, String code, String message) {
    return new ApiException(status, code, "", message);
  }

  /**
   * The status of HTTP.
   *
   * @return 400 to 599
   */
  public int status() {
    return status;
  }

  /**
   * A word for programs.
   *
   * @return never empty
   */
  public String code() {
    return code;
  }

  /**
   * Which field was wrong.
   *
   * @return its path, or empty
   */
  public Optional<String> param() {
    return param.isEmpty() ? Optional.empty() : Optional.of(param);
  }
}
