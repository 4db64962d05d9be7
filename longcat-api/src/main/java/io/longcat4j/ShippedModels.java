package io.longcat4j;

import io.longcat4j.spi.ModelProvider;
import java.nio.file.Path;
import java.util.Optional;
import java.util.ServiceLoader;

/** Finds checkpoints that come as artifacts. */
final class ShippedModels {
  private ShippedModels() {}

  static Path directory(String name, Optional<Path> cacheDirectory) {
    for (ModelProvider provider :
        ServiceLoader.load(ModelProvider.class, LongCat.class.getClassLoader())) {
      if (provider.name().equals(name)) {
        return provider.directory(cacheDirectory);
      }
    }
    throw new MissingModuleException(
        "The model '"
            + name
            + "' is not on the class path; add the artifact io.longcat4j:longcat-"
            + name);
  }
}
