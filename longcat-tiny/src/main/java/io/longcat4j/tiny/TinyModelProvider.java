package io.longcat4j.tiny;

import io.longcat4j.spi.ModelProvider;
import java.nio.file.Path;
import java.util.Optional;

/** Lets {@link io.longcat4j.LongCat#tiny()} find the model. */
public final class TinyModelProvider implements ModelProvider {
  /** For the service loader. */
  public TinyModelProvider() {}

  @Override
  public String name() {
    return "tiny";
  }

  @Override
  public Path directory(Optional<Path> cacheDirectory) {
    return cacheDirectory.map(TinyModel::directory).orElseGet(TinyModel::directory);
  }
}
