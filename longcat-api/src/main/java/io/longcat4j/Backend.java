package io.longcat4j;

import java.util.Objects;

/**
 * What computes.
 *
 * @param name {@code auto}, {@code cpu}, {@code reference}, {@code cuda}, or the name of a backend
 *     that another artifact brings
 */
public record Backend(String name) {
  /** Checks the component. */
  public Backend {
    Objects.requireNonNull(name, "name");
    if (name.isBlank()) {
      throw new InvalidRequestException("A backend without a name was given; pass Backend.auto()");
    }
  }

  /**
   * The fastest one that works on this machine.
   *
   * @return the default
   */
  public static Backend auto() {
    return new Backend("auto");
  }

  /**
   * Native kernels for the processor; fails where they cannot be loaded.
   *
   * @return the native backend
   */
  public static Backend cpu() {
    return new Backend("cpu");
  }

  /**
   * Plain Java: slow, works everywhere, obviously right.
   *
   * @return the reference backend
   */
  public static Backend reference() {
    return new Backend("reference");
  }

  /**
   * GPUs; needs {@code longcat-cuda} on the class path.
   *
   * @return the GPU backend
   */
  public static Backend cuda() {
    return new Backend("cuda");
  }
}
