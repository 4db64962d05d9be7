package io.longcat4j;

import io.longcat4j.spi.Engine;
import io.longcat4j.spi.EngineOptions;
import io.longcat4j.spi.EngineProvider;
import io.longcat4j.spi.SenseDevices;
import io.longcat4j.spi.WorkerThreads;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import java.util.function.Supplier;

/**
 * A loaded LongCat model.
 *
 * <pre>{@code
 * try (LongCat longcat = LongCat.builder().model(Path.of("LongCat-Flash-Omni")).build()) {
 *   Reply reply = longcat.generate(Prompt.user(Image.of(photo), Text.of("What is this?")));
 *   System.out.println(reply.text());
 * }
 * }</pre>
 *
 * <p>{@link #tiny()} loads a small trained model without a directory.
 *
 * <p>Thread-safe: any number of threads may call {@link #generate} and {@link #stream} at once;
 * their requests run together, as {@link Scheduling} says. Closing it ends running generations with
 * a {@link GenerationCancelledException}.
 */
public final class LongCat implements AutoCloseable {
  private final Engine engine;
  private final EngineOptions options;

  private LongCat(Engine engine, EngineOptions options) {
    this.engine = engine;
    this.options = options;
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
   * Loads LongCat-Tiny, a small trained model that comes as the artifact {@code longcat-tiny}. It
   * sees, hears and speaks in a small world of English words; {@link Builder#tiny()} loads it with
   * other options.
   *
   * @return the model, to be closed by the caller
   * @throws LongCatException if the artifact is missing, or its files cannot be unpacked
   */
  public static LongCat tiny() {
    return builder().tiny().build();
  }

  /**
   * Answers a prompt with greedy text.
   *
   * @param prompt the conversation
   * @return the reply
   * @throws LongCatException if the prompt cannot be answered; the model stays usable
   */
  public Reply generate(Prompt prompt) {
    return generate(prompt, Generation.text());
  }

  /**
   * Answers a prompt; blocks until the reply is whole, and answers interruption with a {@link
   * GenerationCancelledException}.
   *
   * @param prompt the conversation
   * @param generation how to answer
   * @return the reply
   * @throws LongCatException if the prompt cannot be answered; the model stays usable
   */
  public Reply generate(Prompt prompt, Generation generation) {
    try (ReplyStream stream = stream(prompt, generation)) {
      return stream.toReply();
    }
  }

  /**
   * Answers a prompt bit by bit, with greedy text.
   *
   * @param prompt the conversation
   * @return the reply as it is made; close it
   * @throws LongCatException if the prompt cannot be answered; the model stays usable
   */
  public ReplyStream stream(Prompt prompt) {
    return stream(prompt, Generation.text());
  }

  /**
   * Answers a prompt bit by bit. Reads and encodes media before it returns; what goes wrong later
   * is thrown at the stream's reader.
   *
   * @param prompt the conversation
   * @param generation how to answer
   * @return the reply as it is made; close it
   * @throws LongCatException if the prompt cannot be answered; the model stays usable
   */
  public ReplyStream stream(Prompt prompt, Generation generation) {
    return new ReplyStream(
        engine.stream(
            Objects.requireNonNull(prompt, "prompt"),
            Objects.requireNonNull(generation, "generation")));
  }

  /**
   * Begins a conversation without instructions.
   *
   * @return the conversation; close it
   */
  public Conversation conversation() {
    return conversation(ConversationOptions.defaults());
  }

  /**
   * Begins a conversation.
   *
   * @param options how it is held
   * @return the conversation; close it
   */
  public Conversation conversation(ConversationOptions options) {
    return engine.conversation(Objects.requireNonNull(options, "options"));
  }

  /**
   * Begins a spoken session: microphone and camera in, words and sound out, both sides at once.
   *
   * @param options how it is held
   * @return the session; close it
   * @throws LongCatException if this model or class path has no ears, or no voice for spoken
   *     replies
   */
  public Session session(SessionOptions options) {
    return engine.session(Objects.requireNonNull(options, "options"));
  }

  /**
   * The codec of this checkpoint by itself: frames of a {@link Reply} to sound, and sound to frames
   * where the checkpoint has an encoder. It loads weights of its own and outlives this model.
   *
   * @return the codec, to be closed by the caller
   * @throws CheckpointException if the checkpoint has no codec
   * @throws MissingModuleException if {@code longcat-audio} is not on the class path
   */
  public AudioCodec codec() {
    AudioCodec.Builder codec =
        AudioCodec.builder().directory(options.model()).device(options.senses().voice());
    options.threads().count().ifPresent(codec::threads);
    options.cacheDirectory().ifPresent(codec::cacheDirectory);
    return codec.build();
  }

  /**
   * What runs where, and why: backend, instruction set, threads, bytes.
   *
   * @return several lines for a person to read
   */
  public String describe() {
    return engine.describe();
  }

  /**
   * Whether this process is a rank other than the first, as {@link Parallel#mpi()} and {@link
   * Parallel#processes()} have them: it answers nothing itself, but must {@link #follow()}.
   *
   * @return false for rank 0, and where there is one process
   */
  public boolean isFollower() {
    return engine.isFollower();
  }

  /**
   * Takes part in what rank 0 computes; blocks until rank 0 closes.
   *
   * @throws RankFailedException if a rank fails; close this model then
   * @throws IllegalStateException if this is no follower: rank 0, or the only process
   */
  public void follow() {
    if (!engine.isFollower()) {
      throw new IllegalStateException(
          "This process is rank 0 or the only one, and answers; ask isFollower() before follow()");
    }
    engine.follow();
  }

  /**
   * Ends running generations with an error and frees everything; idempotent. Waits until all of
   * them have ended, except where a subscriber calls it on a thread of the model or of a voice (as
   * {@code publisher(Runnable::run)} has it): that thread cannot wait for itself, so that the rest
   * is done by another one after this has returned.
   *
   * @throws IllegalStateException only if an {@link EngineListener} calls it
   */
  @Override
  public void close() {
    engine.close();
  }

  /** Collects what {@link LongCat} shall load and where; not thread-safe. */
  public static final class Builder {
    /** Allowed on any machine. */
    private static final int FEW_THREADS = 64;

    private static final int THREADS_A_PROCESSOR = 4;

    private Supplier<Path> model = Builder::noModel;
    private Backend backend = Backend.auto();
    private Numerics numerics = Numerics.EXACT;
    private WeightMemory weightMemory = WeightMemory.readAhead();
    private SenseDevices senses = SenseDevices.all(Device.cpu());
    private Attention attention = Attention.dense();
    private Scheduling scheduling = Scheduling.defaults();
    private OptionalInt threads = OptionalInt.empty();
    private boolean pinThreads;
    private Gpus gpus = Gpus.all();
    private Parallel parallel = Parallel.single();
    private Experts experts = Experts.AUTO;
    private OptionalInt contextLength = OptionalInt.empty();
    private Optional<Path> cacheDirectory = Optional.empty();
    private LoadingListener listener = LoadingListener.silent();
    private EngineListener engineListener = EngineListener.silent();

    private Builder() {}

    /**
     * Names the checkpoint directory, in the published layout.
     *
     * @param directory holds {@code config.json}
     * @return this
     */
    public Builder model(Path directory) {
      Objects.requireNonNull(directory, "directory");
      this.model = () -> directory;
      return this;
    }

    /**
     * Takes LongCat-Tiny, the small trained model of the artifact {@code longcat-tiny}. Its files
     * are unpacked when the model is built, into {@link #cacheDirectory} or, without one, into the
     * user's cache directory.
     *
     * @return this
     */
    public Builder tiny() {
      this.model = () -> ShippedModels.directory("tiny", cacheDirectory);
      return this;
    }

    /**
     * Chooses what computes the language model; default {@link Backend#auto()}.
     *
     * @param backend the backend
     * @return this
     */
    public Builder backend(Backend backend) {
      this.backend = Objects.requireNonNull(backend, "backend");
      return this;
    }

    /**
     * Chooses how exactly the language model is computed; default {@link Numerics#EXACT}.
     *
     * @param numerics the numerics; the reference backend knows {@link Numerics#EXACT} alone
     * @return this
     */
    public Builder numerics(Numerics numerics) {
      this.numerics = Objects.requireNonNull(numerics, "numerics");
      return this;
    }

    /**
     * Chooses how the weights come into memory; default {@link WeightMemory#readAhead()}.
     *
     * @param weightMemory the choice; the reference backend leaves it to the system
     * @return this
     */
    public Builder weights(WeightMemory weightMemory) {
      this.weightMemory = Objects.requireNonNull(weightMemory, "weightMemory");
      return this;
    }

    /**
     * Chooses where the encoders and the voice are computed; default {@link Device#cpu()}. The
     * detection of speech stays on the processor. What is chosen later for {@link #eyes}, {@link
     * #ears} or {@link #voice} holds for these. With {@link Parallel#encodersOn}, the devices are
     * those of that rank's machine.
     *
     * @param device computes all of them
     * @return this
     */
    public Builder encoders(Device device) {
      this.senses = SenseDevices.all(device);
      return this;
    }

    /**
     * Chooses where pictures and videos are encoded; default {@link Device#cpu()}.
     *
     * @param device computes LongCat-ViT
     * @return this
     */
    public Builder eyes(Device device) {
      this.senses = senses.withEyes(device);
      return this;
    }

    /**
     * Chooses where sounds are encoded; default {@link Device#cpu()}.
     *
     * @param device computes the audio encoder
     * @return this
     */
    public Builder ears(Device device) {
      this.senses = senses.withEars(device);
      return this;
    }

    /**
     * Chooses where speech is made; default {@link Device#cpu()}.
     *
     * @param device computes the codec
     * @return this
     */
    public Builder voice(Device device) {
      this.senses = senses.withVoice(device);
      return this;
    }

    /**
     * Chooses which cached positions a generated token looks at; default all.
     *
     * @param attention the policy
     * @return this
     */
    public Builder attention(Attention attention) {
      this.attention = Objects.requireNonNull(attention, "attention");
      return this;
    }

    /**
     * Chooses how many requests are served at once; default {@link Scheduling#defaults()}.
     *
     * @param scheduling limits of queue, batch and cache
     * @return this
     */
    public Builder scheduling(Scheduling scheduling) {
      this.scheduling = Objects.requireNonNull(scheduling, "scheduling");
      return this;
    }

    /**
     * Chooses how many worker threads compute; default one a core. More than there are cores only
     * wait for each other, so no more are taken than four for each processor that this JVM may use,
     * or 64 where that is less.
     *
     * @param threads at least 1
     * @return this
     * @throws InvalidRequestException if they are too few or too many
     */
    public Builder threads(int threads) {
      requireThreads(threads);
      this.threads = OptionalInt.of(threads);
      return this;
    }

    static void requireThreads(int threads) {
      int processors = Runtime.getRuntime().availableProcessors();
      int most = Math.max(FEW_THREADS, THREADS_A_PROCESSOR * processors);
      if (threads < 1) {
        throw new InvalidRequestException("threads is " + threads + "; pass at least 1");
      }
      if (threads > most) {
        throw new InvalidRequestException(
            "threads is "
                + threads
                + ", but this JVM may use "
                + processors
                + " processors, and threads beyond them only wait for each other; pass at most "
                + most);
      }
    }

    /**
     * Keeps each worker thread of the language model on a CPU of its own, among those that this
     * process may use; default false. The first of these CPUs is left to the thread that hands out
     * the work, which stays unbound. No result depends on it.
     *
     * <p>It helps on a machine that serves this model alone, where a thread keeps its caches. It
     * hurts where others want the same CPUs: a second model that pins takes the same ones, and a
     * pinned thread cannot make way for a busy application, or for encoders and the voice, which
     * are never pinned, so that the other threads wait for what it has begun.
     *
     * <p>It is a wish and never an error: threads run unbound outside Linux, where the system
     * refuses, and where there are more of them than CPUs. {@link LongCat#describe()} tells the
     * CPUs, or why there are none.
     *
     * @param pinned true for threads on CPUs of their own
     * @return this
     */
    public Builder pinThreads(boolean pinned) {
      this.pinThreads = pinned;
      return this;
    }

    /**
     * Chooses GPUs for the language model, and bounds what it takes of their memory; default {@link
     * Gpus#all()}. Each rank of this host has one of them.
     *
     * @param gpus which, and how much of them
     * @return this
     */
    public Builder gpus(Gpus gpus) {
      this.gpus = Objects.requireNonNull(gpus, "gpus");
      return this;
    }

    /**
     * Spreads the language model over ranks; default {@link Parallel#single()}. Threads are those
     * of all ranks of this process together.
     *
     * @param parallel what the ranks are
     * @return this
     */
    public Builder parallel(Parallel parallel) {
      this.parallel = Objects.requireNonNull(parallel, "parallel");
      return this;
    }

    /**
     * Chooses how ranks share the experts; default {@link Experts#AUTO}.
     *
     * @param experts the choice; {@link Experts#SLICED} changes the order of sums on one rank too
     * @return this
     */
    public Builder experts(Experts experts) {
      this.experts = Objects.requireNonNull(experts, "experts");
      return this;
    }

    /**
     * Bounds the positions of one request, prompt and reply together; default the model's own
     * limit.
     *
     * @param positions at least 1
     * @return this
     */
    public Builder contextLength(int positions) {
      if (positions < 1) {
        throw new InvalidRequestException("contextLength is " + positions + "; pass at least 1");
      }
      this.contextLength = OptionalInt.of(positions);
      return this;
    }

    /**
     * Chooses where native libraries and the files of {@link #tiny()} are unpacked; nothing is
     * written elsewhere. Default {@code longcat4j} in the user's cache directory. Libraries are
     * loaded only from where nobody but this user and root can write. For them the setting holds
     * for the whole JVM: the first one wins, and the system property {@code
     * org.bytedeco.javacpp.cachedir} before it.
     *
     * @param directory created if missing
     * @return this
     */
    public Builder cacheDirectory(Path directory) {
      this.cacheDirectory = Optional.of(directory);
      return this;
    }

    /**
     * Hears how far loading is.
     *
     * @param listener called on the building thread
     * @return this
     */
    public Builder onProgress(LoadingListener listener) {
      this.listener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Hears of every request.
     *
     * @param listener called from several threads
     * @return this
     */
    public Builder listener(EngineListener listener) {
      this.engineListener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Loads the checkpoint.
     *
     * @return the model, to be closed by the caller
     * @throws RankFailedException if a rank does not come, or differs from the others
     * @throws LongCatException if the checkpoint cannot be loaded
     */
    public LongCat build() {
      EngineOptions options = options();
      return new LongCat(provider().open(options), options);
    }

    /**
     * Tells what the checkpoint will need, and whether it fits, without loading it.
     *
     * @return the figures
     * @throws LongCatException if the checkpoint's configuration or headers cannot be read
     */
    public Plan plan() {
      EngineOptions options = options();
      return provider().plan(options);
    }

    private EngineOptions options() {
      return new EngineOptions(
          model.get(),
          backend,
          numerics,
          weightMemory,
          senses,
          attention,
          scheduling,
          new WorkerThreads(threads, pinThreads),
          gpus,
          parallel,
          experts,
          contextLength,
          cacheDirectory,
          listener,
          engineListener);
    }

    private static Path noModel() {
      throw new InvalidRequestException(
          "No checkpoint was named; call model(Path) with a directory in the published layout, or"
              + " tiny() for the small model of the artifact io.longcat4j:longcat-tiny");
    }

    private static EngineProvider provider() {
      return ServiceLoader.load(EngineProvider.class, LongCat.class.getClassLoader())
          .findFirst()
          .orElseThrow(
              () ->
                  new MissingModuleException(
                      "No engine is on the class path; add the artifact"
                          + " io.longcat4j:longcat-core"));
    }
  }
}
