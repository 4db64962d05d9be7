package io.longcat4j.cli;

import io.longcat4j.InvalidRequestException;
import java.io.IOException;
import java.util.Optional;

/** The question on the command line, or in what is piped into it. */
final class QuestionInput {
  private static final int MOST_CHARACTERS = 8 << 20;
  private static final String STANDARD_INPUT = "-";

  private QuestionInput() {}

  /**
   * The question.
   *
   * @param given as typed; {@code -} stands for standard input
   * @param isAskedOtherwise whether there is something else to answer, so that nothing is awaited
   * @return empty where there is none
   */
  static Optional<String> read(
      Terminal terminal, Optional<String> given, boolean isAskedOtherwise) {
    boolean named = given.filter(STANDARD_INPUT::equals).isPresent();
    if (!named && (given.isPresent() || isAskedOtherwise || !terminal.isInputPiped())) {
      return given;
    }
    String text = all(terminal);
    if (text.isEmpty()) {
      throw new InvalidRequestException(
          "Standard input holds no question; write one into it, or pass it in quotation marks");
    }
    return Optional.of(text);
  }

  private static String all(Terminal terminal) {
    StringBuilder text = new StringBuilder();
    char[] block = new char[1 << 13];
    try {
      for (int count = terminal.in().read(block); count >= 0; count = terminal.in().read(block)) {
        text.append(block, 0, count);
        if (text.length() > MOST_CHARACTERS) {
          throw new InvalidRequestException(
              "Standard input has more than 8 Mi characters; ask a shorter question");
        }
      }
    } catch (IOException e) {
      throw new InvalidRequestException("Standard input cannot be read (" + e + ")", e);
    }
    return text.toString().strip();
  }
}
