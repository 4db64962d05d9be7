package io.longcat4j.remote;

import io.longcat4j.BackendException;
import io.longcat4j.CheckpointException;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCatException;
import io.longcat4j.MediaException;
import io.longcat4j.MissingModuleException;

/** Errors that are thrown on one rank and meant for who asked on another. */
enum Problem {
  MEDIA(MediaException.class),
  REQUEST(InvalidRequestException.class),
  CHECKPOINT(CheckpointException.class),
  MODULE(MissingModuleException.class),
  BACKEND(BackendException.class),
  OTHER(LongCatException.class);

  private final Class<? extends LongCatException> type;

  Problem(Class<? extends LongCatException> type) {
    this.type = type;
  }

  static Problem of(LongCatException error) {
    for (Problem problem : values()) {
      if (problem.type.isInstance(error)) {
        return problem;
      }
    }
    return OTHER;
  }

  LongCatException error(String message) {
    return switch (this) {
      case MEDIA -> new MediaException(message);
      case REQUEST -> new InvalidRequestException(message);
      case CHECKPOINT -> new CheckpointException(message);
      case MODULE -> new MissingModuleException(message);
      case BACKEND -> new BackendException(message);
      case OTHER -> new LongCatException(message);
    };
  }
}
