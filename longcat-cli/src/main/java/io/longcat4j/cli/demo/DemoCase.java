package io.longcat4j.cli.demo;

import io.longcat4j.LongCatException;
import io.longcat4j.Prompt;
import java.util.Optional;

/**
 * A named conversation.
 *
 * @param name a file name without extension
 * @param prompt the conversation, or empty where it could not be understood
 * @param failure why it could not be understood, or empty
 */
public record DemoCase(String name, Optional<Prompt> prompt, Optional<LongCatException> failure) {

  static DemoCase readable(String name, Prompt prompt) {
    return new DemoCase(name, Optional.of(prompt), Optional.empty());
  }

  static DemoCase unreadable(String name, LongCatException failure) {
    return new DemoCase(name, Optional.empty(), Optional.of(failure));
  }
}
