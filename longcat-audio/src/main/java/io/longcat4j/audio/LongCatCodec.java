package io.longcat4j.audio;

import io.longcat4j.Audio;
import io.longcat4j.CodecFrame;
import io.longcat4j.CodecWindow;
import io.longcat4j.Device;
import io.longcat4j.LiveEncoding;
import io.longcat4j.LongCatException;
import io.longcat4j.Samples;
import io.longcat4j.checkpoint.PyTorchFile;
import io.longcat4j.modality.Hearing;
import io.longcat4j.spi.Cancellation;
import io.longcat4j.spi.Codec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Both halves of a codec, each loaded when it is first needed. Thread-safe. */
final class LongCatCodec implements Codec {
  /** What is seen as a whole: attention over longer sounds needs memory by the square. */
  private static final int WHOLE_SECONDS = Hearing.MAX_SECONDS;

  /** More than a day; samples of it still have 32-bit places. */
  private static final int LONGEST_SECONDS = 100_000;

  private final CodecFolder folder;
  private final Device device;
  private final int threads;
  private @Nullable CodecEncoder encoder;
  private @Nullable CodecDecoder decoder;
  private boolean closed;

  LongCatCodec(CodecFolder folder, Device device, int threads) {
    folder.requireEither();
    this.folder = folder;
    this.device = device;
    this.threads = threads;
  }

  @Override
  public List<CodecFrame> encode(Audio audio, CodecWindow window) {
    Cancellation wanted = Cancellation.BY_INTERRUPTION;
    wanted.check();
    CodecEncoder half = encoder();
    half.requireAligned();
    int rate = half.sampleRateHz();
    float[] samples = new SoundReader(rate, LONGEST_SECONDS).read(audio, wanted).samples();
    if (samples.length <= (long) WHOLE_SECONDS * rate) {
      return List.copyOf(half.encode(samples, wanted));
    }
    try (EncodedSound sound = new EncodedSound(half, rate, window, wanted)) {
      List<CodecFrame> frames = new ArrayList<>(sound.push(samples));
      frames.addAll(sound.finish());
      return List.copyOf(frames);
    }
  }

  @Override
  public LiveEncoding open(int sampleRateHz, CodecWindow window) {
    return new EncodedSound(encoder(), sampleRateHz, window, Cancellation.BY_INTERRUPTION);
  }

  @Override
  public Samples decode(List<CodecFrame> frames) {
    return decoder().speak(frames);
  }

  @Override
  public synchronized String describe() {
    return line("codec encoder", encoder == null ? null : encoder.describe(), folder.encoder())
        + "\n"
        + line("codec decoder", decoder == null ? null : decoder.describe(), folder.decoder());
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (encoder != null) {
      encoder.close();
    }
    if (decoder != null) {
      decoder.close();
    }
  }

  private static String line(String half, @Nullable String loaded, Optional<Path> place) {
    if (loaded != null) {
      return loaded;
    }
    return half + ": " + place.map(path -> "not loaded yet, in " + path).orElse("none");
  }

  private synchronized CodecEncoder encoder() {
    requireOpen();
    if (encoder == null) {
      encoder = CodecEncoder.open(folder.requireEncoder(), device, threads);
    }
    return encoder;
  }

  private synchronized CodecDecoder decoder() {
    requireOpen();
    if (decoder == null) {
      Path file = folder.requireDecoder().resolve(CodecFolder.DECODER);
      CodecConfig config = CodecConfig.read(file);
      decoder =
          CodecDecoder.open(config, PyTorchFile.open(CodecWeights.locate(file)), device, threads);
    }
    return decoder;
  }

  private void requireOpen() {
    if (closed) {
      throw new LongCatException("This codec is closed; keep it open while it is used");
    }
  }
}
