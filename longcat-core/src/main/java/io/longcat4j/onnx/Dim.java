package io.longcat4j.onnx;

/** One size in the shape of a graph's input or output. */
public sealed interface Dim {

  /**
   * A size that is known when the graph is built.
   *
   * @param size at least 0
   */
  record Fixed(long size) implements Dim {
    /** Checks the component. */
    public Fixed {
      if (size < 0) {
        throw new IllegalArgumentException("negative dimension " + size);
      }
    }
  }

  /**
   * A size that every run chooses; equal names are equal sizes.
   *
   * @param name not blank
   */
  record Symbolic(String name) implements Dim {
    /** Checks the component. */
    public Symbolic {
      if (name.isBlank()) {
        throw new IllegalArgumentException("a symbolic dimension needs a name");
      }
    }
  }

  /**
   * A known size.
   *
   * @param size at least 0
   * @return the dimension
   */
  static Dim of(long size) {
    return new Fixed(size);
  }

  /**
   * A size that every run chooses.
   *
   * @param name equal names are equal sizes
   * @return the dimension
   */
  static Dim of(String name) {
    return new Symbolic(name);
  }
}
