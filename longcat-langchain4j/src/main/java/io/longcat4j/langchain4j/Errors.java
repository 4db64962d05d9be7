package io.longcat4j.langchain4j;

import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import io.longcat4j.BackendException;
import io.longcat4j.DeadlineExceededException;
import io.longcat4j.EngineBusyException;
import io.longcat4j.LongCatException;
import io.longcat4j.MediaException;

/** What goes wrong, in the exceptions that langchain4j knows; the cause is the model's own. */
final class Errors {
  private Errors() {}

  static LangChain4jException of(LongCatException reason) {
    if (reason instanceof EngineBusyException) {
      return new RateLimitException(reason.getMessage(), reason);
    }
    if (reason instanceof DeadlineExceededException) {
      return new TimeoutException(reason.getMessage(), reason);
    }
    if (reason instanceof io.longcat4j.InvalidRequestException
        || reason instanceof MediaException) {
      return new InvalidRequestException(reason.getMessage(), reason);
    }
    if (reason instanceof BackendException) {
      return new InternalServerException(reason.getMessage(), reason);
    }
    return new NonRetriableException(reason.getMessage(), reason);
  }
}
