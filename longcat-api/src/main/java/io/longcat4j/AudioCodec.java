package io.longcat4j;

import io.longcat4j.spi.Codec;
import io.longcat4j.spi.CodecOptions;
import io.longcat4j.spi.CodecProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import java.util.function.Supplier;

/**
 * LongCat-Audio-Codec by itself: speech to tokens and back, 16.67 frames a second for the published
 * one. It needs no language model; a recorded voice can be kept as tokens with it, and the frames
 * of a {@link Reply} can be made sound again.
 *
 * <pre>{@code
 * try (AudioCodec codec = AudioCodec.open(Path.of("LongCat-Audio-Codec"))) {
 *   List<CodecFrame> frames = codec.encode(Audio.of(Path.of("voice.wav")));
 *   Samples sound = codec.decode(frames);
 * }
 * }</pre>
 *
 * <p>The directory holds an encoder ({@code config.json}, {@code encoder.pt}, {@code
 * encoder_cmvn.npy}), a decoder ({@code config.yaml} and the file that it names), or both, or is a
 * checkpoint with a folder {@code audio_codec} that does. Each half is loaded when it is first
 * needed; needing one that is not there is an error that names its file.
 *
 * <p>Thread-safe. Needs {@code longcat-audio} on the class path.
 */
public final class AudioCodec implements AutoCloseable {
  private final Codec codec;

  private AudioCodec(Codec codec) {
    this.codec = codec;
  }

  /**
   * Opens a codec with the defaults.
   *
   * @param directory holds one half or both
   * @return the codec, to be closed by the caller
   * @throws CheckpointException if it holds neither half
   */
  public static AudioCodec open(Path directory) {
    return builder().directory(directory).build();
  }

  /**
   * Starts from the defaults.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Speech to tokens, as {@link #encode(Audio)}.
   *
   * @param samples one channel at any rate
   * @return its frames
   * @throws LongCatException as {@link #encode(Audio)}
   */
  public List<CodecFrame> encode(Samples samples) {
    return encode(Audio.of(samples));
  }

  /**
   * Speech to tokens. A sound of up to two minutes is seen as a whole; a longer one through {@link
   * CodecWindow#defaults()}. Answers interruption of its thread with a {@link
   * GenerationCancelledException}.
   *
   * @param audio any sound file, or samples at any rate; of any length
   * @return its frames; the last one is filled up with silence
   * @throws CheckpointException if the encoder is missing, damaged or does not fit together
   * @throws MediaException if the sound cannot be read, is empty, or holds what is no sample
   */
  public List<CodecFrame> encode(Audio audio) {
    return codec.encode(Objects.requireNonNull(audio, "audio"), CodecWindow.defaults());
  }

  /**
   * Starts to encode a sound that comes bit by bit, through {@link CodecWindow#defaults()}. Any
   * number of sounds may be open; they share one copy of the weights.
   *
   * @param sampleRateHz samples a second that will be pushed; other rates than the codec's own are
   *     resampled as files are
   * @return the sound, to be closed by the caller
   * @throws LongCatException as {@link #openEncoding(int, CodecWindow)}
   */
  public LiveEncoding openEncoding(int sampleRateHz) {
    return openEncoding(sampleRateHz, CodecWindow.defaults());
  }

  /**
   * Starts to encode a sound that comes bit by bit.
   *
   * @param sampleRateHz samples a second that will be pushed
   * @param window how much is seen at once
   * @return the sound, to be closed by the caller
   * @throws CheckpointException if the encoder is missing, damaged or does not fit together
   * @throws MediaException if sound of this rate cannot be resampled
   */
  public LiveEncoding openEncoding(int sampleRateHz, CodecWindow window) {
    return codec.open(sampleRateHz, Objects.requireNonNull(window, "window"));
  }

  /**
   * Tokens to speech.
   *
   * @param frames at least one, each with as many acoustic codes as the others
   * @return their sound, at the decoder's rate
   * @throws CheckpointException if the decoder is missing, damaged or does not fit together
   * @throws InvalidRequestException if there is no frame, or a code lies outside its codebook
   */
  public Samples decode(List<CodecFrame> frames) {
    return codec.decode(List.copyOf(frames));
  }

  /**
   * Which halves are there, and what runs where.
   *
   * @return a line for each half, for a person to read
   */
  public String describe() {
    return codec.describe();
  }

  /** Frees everything and waits for calls in progress; idempotent. */
  @Override
  public void close() {
    codec.close();
  }

  /** Collects how an {@link AudioCodec} computes; not thread-safe. */
  public static final class Builder {
    private Supplier<Path> directory = Builder::noDirectory;
    private Device device = Device.cpu();
    private OptionalInt threads = OptionalInt.empty();
    private Optional<Path> cacheDirectory = Optional.empty();

    private Builder() {}

    /**
     * Names the directory of the codec.
     *
     * @param directory holds one half or both, or is a checkpoint that speaks
     * @return this
     */
    public Builder directory(Path directory) {
      Objects.requireNonNull(directory, "directory");
      this.directory = () -> directory;
      return this;
    }

    /**
     * Takes the codec of LongCat-Tiny, the small trained model of the artifact {@code
     * longcat-tiny}. It decodes; it has no encoder.
     *
     * @return this
     */
    public Builder tiny() {
      this.directory = () -> ShippedModels.directory("tiny", cacheDirectory);
      return this;
    }

    /**
     * Chooses what computes; default {@link Device#cpu()}.
     *
     * @param device computes both halves
     * @return this
     */
    public Builder device(Device device) {
      this.device = Objects.requireNonNull(device, "device");
      return this;
    }

    /**
     * Chooses how many threads compute; default one a core.
     *
     * @param threads as {@link LongCat.Builder#threads(int)}
     * @return this
     * @throws InvalidRequestException if they are too few or too many
     */
    public Builder threads(int threads) {
      LongCat.Builder.requireThreads(threads);
      this.threads = OptionalInt.of(threads);
      return this;
    }

    /**
     * Chooses where native libraries are unpacked, as {@link LongCat.Builder#cacheDirectory}.
     *
     * @param directory created if missing
     * @return this
     */
    public Builder cacheDirectory(Path directory) {
      this.cacheDirectory = Optional.of(directory);
      return this;
    }

    /**
     * Opens the codec.
     *
     * @return the codec, to be closed by the caller
     * @throws CheckpointException if the directory holds neither half
     * @throws MissingModuleException if {@code longcat-audio} is not on the class path
     */
    public AudioCodec build() {
      CodecOptions options = new CodecOptions(directory.get(), device, threads, cacheDirectory);
      return new AudioCodec(provider().open(options));
    }

    private static Path noDirectory() {
      throw new InvalidRequestException(
          "No codec was named; call directory(Path) with a directory that holds one, or tiny() for"
              + " that of the artifact io.longcat4j:longcat-tiny");
    }

    private static CodecProvider provider() {
      return ServiceLoader.load(CodecProvider.class, AudioCodec.class.getClassLoader())
          .findFirst()
          .orElseThrow(
              () ->
                  new MissingModuleException(
                      "No codec is on the class path; add the artifact"
                          + " io.longcat4j:longcat-audio"));
    }
  }
}
