package io.longcat4j.audio;

import io.longcat4j.natives.MemoryGuard;
import io.longcat4j.natives.NativeCache;
import io.longcat4j.spi.Codec;
import io.longcat4j.spi.CodecOptions;
import io.longcat4j.spi.CodecProvider;

/** Opens codecs; found by {@link java.util.ServiceLoader}. */
public final class LongCatCodecProvider implements CodecProvider {
  /** For {@link java.util.ServiceLoader}. */
  public LongCatCodecProvider() {}

  @Override
  public Codec open(CodecOptions options) {
    options.cacheDirectory().ifPresent(NativeCache::choose);
    MemoryGuard.lift();
    int threads = options.threads().orElseGet(() -> Runtime.getRuntime().availableProcessors());
    return new LongCatCodec(new CodecFolder(options.directory()), options.device(), threads);
  }
}
