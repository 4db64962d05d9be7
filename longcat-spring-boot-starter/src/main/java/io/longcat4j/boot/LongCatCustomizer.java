package io.longcat4j.boot;

import io.longcat4j.LongCat;

/** A bean of this type changes how the model is built, after the properties. */
@FunctionalInterface
public interface LongCatCustomizer {
  /**
   * Changes the builder.
   *
   * @param builder of the application's model
   */
  void customize(LongCat.Builder builder);
}
