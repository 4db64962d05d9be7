package io.longcat4j.cli;

import io.longcat4j.LongCatException;
import io.longcat4j.RankFailedException;
import java.io.PrintWriter;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns exceptions into messages and exit codes. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
  private final Terminal terminal;
  private final BooleanSupplier stackTraceWanted;

  Failures(Terminal terminal, BooleanSupplier stackTraceWanted) {
    this.terminal = terminal;
    this.stackTraceWanted = stackTraceWanted;
  }

  @Override
  public int handleParseException(ParameterException failure, String[] arguments) {
    PrintWriter err = terminal.err();
    err.println("longcat: " + failure.getMessage());
    UnmatchedArgumentException.printSuggestions(failure, err);
    err.println("Try '" + failure.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
    return LongCatCommand.USER_ERROR;
  }

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine command, ParseResult arguments) {
    return failure instanceof ResultOutput.Lost lost ? lost(lost) : report("longcat", failure);
  }

  /** Ends quietly where the reader of a pipe has gone, as other programs do. */
  int lost(ResultOutput.Lost failure) {
    if (failure.isReaderGone()) {
      return LongCatCommand.READER_GONE;
    }
    terminal
        .err()
        .println(
            "longcat: standard output cannot be written ("
                + failure.getMessage()
                + "), so results are missing; make room there, or write to another place");
    return LongCatCommand.USER_ERROR;
  }

  /**
   * Prints a failure.
   *
   * @param subject what failed
   * @param failure why
   * @return the exit code it stands for
   */
  int report(String subject, Exception failure) {
    boolean expected = failure instanceof LongCatException;
    PrintWriter err = terminal.err();
    String message = expected ? String.valueOf(failure.getMessage()) : "a defect: " + failure;
    err.println(message.startsWith(subject) ? message : subject + ": " + message);
    if (stackTraceWanted.getAsBoolean()) {
      failure.printStackTrace(err);
    } else if (!expected) {
      err.println("Please report it with the output of the same command and --stacktrace.");
    }
    if (failure instanceof RankFailedException) {
      return LongCatCommand.RANK_FAILED;
    }
    return expected ? LongCatCommand.USER_ERROR : LongCatCommand.DEFECT;
  }
}
