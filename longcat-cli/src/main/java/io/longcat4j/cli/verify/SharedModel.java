package io.longcat4j.cli.verify;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The language model of all stages that need it: taken in for the first of them, since ranks meet
 * once. Not thread-safe; closed by each of the stages.
 */
final class SharedModel implements AutoCloseable {
  private final Target target;
  private @Nullable LoadedModel loaded;

  SharedModel(Target target) {
    this.target = target;
  }

  /** The checkpoint's directory. */
  Path checkpoint() {
    return target.checkpoint();
  }

  LoadedModel get() {
    LoadedModel known = loaded;
    if (known == null) {
      known = LoadedModel.open(target);
      loaded = known;
    }
    return known;
  }

  @Override
  public void close() {
    if (loaded != null) {
      loaded.close();
      loaded = null;
    }
  }
}
