package io.longcat4j.boot;

import io.longcat4j.LongCatException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says why the model does not load, in the model's own words, in the place of a stack trace. */
public final class LongCatFailureAnalyzer extends AbstractFailureAnalyzer<LongCatException> {
  /** Made by Spring. */
  public LongCatFailureAnalyzer() {}

  @Override
  protected FailureAnalysis analyze(Throwable failure, LongCatException cause) {
    return new FailureAnalysis(
        "The LongCat of this application could not be loaded: " + cause.getMessage(),
        "Look at the longcat.* properties and at the artifacts beside"
            + " longcat-spring-boot-starter; longcat-all brings the engine and LongCat-Tiny.",
        cause);
  }
}
