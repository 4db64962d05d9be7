package io.longcat4j.cli.bench;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.benchmarks.CheckpointGenerator;
import io.longcat4j.benchmarks.HollowCheckpoint;
import io.longcat4j.benchmarks.ModelSizes;
import io.longcat4j.benchmarks.WeightFormat;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a checkpoint of random weights, or of holes. */
@Command(
    name = "make-checkpoint",
    mixinStandardHelpOptions = true,
    header = "Writes a checkpoint of random weights in the published layout.",
    sortOptions = false)
final class MakeCheckpointCommand implements Callable<Integer> {
  private static final String HOLES = "published-holes";

  private final BenchOutput output;
  private final Optional<Path> tokenizer;

  @Parameters(paramLabel = "DIR", description = "Where to; created if needed.")
  private Path directory = Path.of("");

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      defaultValue = "1.2b",
      description = {
        "Sizes to start from: 1.2b (0.36 billion active parameters), layer (one layer of the"
            + " published sizes with 64 experts), tiny, or published-holes: all of the published"
            + " sizes in FP8, 563 GB of zeros that take 20 MB of the disk. Default:"
            + " ${DEFAULT-VALUE}."
      })
  private String preset = "1.2b";

  @Option(
      names = "--format",
      paramLabel = "bf16|fp8|int8|int4",
      description = "How the matrices are stored. Default: bf16, of published-holes fp8.")
  private Optional<WeightFormat> format = Optional.empty();

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "The same sizes and seed give the same file. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--mtp",
      description = "Adds the layer for multi-token prediction, whose drafts are as random.")
  private boolean prediction;

  @Option(names = "--layers", paramLabel = "N", description = "Instead of the preset's.")
  private Optional<Integer> layers = Optional.empty();

  @Option(names = "--vocabulary", paramLabel = "N", description = "Instead of the preset's.")
  private Optional<Integer> vocabulary = Optional.empty();

  @Option(names = "--hidden", paramLabel = "N", description = "Instead of the preset's.")
  private Optional<Integer> hidden = Optional.empty();

  @Option(names = "--dense-width", paramLabel = "N", description = "Instead of the preset's.")
  private Optional<Integer> denseWidth = Optional.empty();

  @Option(names = "--expert-width", paramLabel = "N", description = "Instead of the preset's.")
  private Optional<Integer> expertWidth = Optional.empty();

  @Option(names = "--heads", paramLabel = "N", description = "Instead of the preset's.")
  private Optional<Integer> heads = Optional.empty();

  @Option(names = "--experts", paramLabel = "N", description = "Instead of the preset's.")
  private Optional<Integer> experts = Optional.empty();

  @Option(names = "--zero-experts", paramLabel = "N", description = "Instead of the preset's.")
  private Optional<Integer> zeroExperts = Optional.empty();

  MakeCheckpointCommand(BenchOutput output, Optional<Path> tokenizer) {
    this.output = output;
    this.tokenizer = tokenizer;
  }

  @Override
  public Integer call() {
    return preset.equals(HOLES) ? writeHoles() : writeRandom();
  }

  private int writeHoles() {
    ModelSizes sizes = sizes(ModelSizes.published());
    HollowCheckpoint hollow = HollowCheckpoint.of(sizes, format.orElse(WeightFormat.FP8));
    int files = hollow.write(directory, tokenizer);
    output
        .out()
        .printf(
            Locale.ROOT,
            "wrote %s: holes of %.2f GB in %d files%n",
            directory,
            hollow.bytes() / 1e9,
            files);
    return 0;
  }

  private int writeRandom() {
    ModelSizes sizes = sizes(preset());
    CheckpointGenerator generator =
        new CheckpointGenerator(sizes, format.orElse(WeightFormat.BF16), seed, prediction);
    boolean written = generator.write(directory, tokenizer);
    output
        .out()
        .printf(
            Locale.ROOT,
            "%s %s: %.2f billion parameters, %.2f active, %.2f GB%n",
            written ? "wrote" : "found",
            directory,
            sizes.parameters() / 1e9,
            sizes.activeParameters(sizes.expectedRealExperts()) / 1e9,
            generator.bytes() / 1e9);
    return 0;
  }

  private ModelSizes preset() {
    return switch (preset) {
      case "1.2b" -> ModelSizes.small();
      case "layer" -> ModelSizes.publishedLayer(64);
      case "tiny" -> ModelSizes.tinyLayer();
      default ->
          throw new InvalidRequestException(
              "there is no preset "
                  + preset
                  + "; pass --preset 1.2b, layer, tiny or published-holes");
    };
  }

  private ModelSizes sizes(ModelSizes from) {
    return new ModelSizes(
        layers.orElse(from.layers()),
        vocabulary.orElse(from.vocabulary()),
        hidden.orElse(from.hidden()),
        denseWidth.orElse(from.denseWidth()),
        expertWidth.orElse(from.expertWidth()),
        heads.orElse(from.heads()),
        from.queryRank(),
        from.latent(),
        from.nope(),
        from.rope(),
        from.value(),
        experts.orElse(from.experts()),
        zeroExperts.orElse(from.zeroExperts()),
        from.topK());
  }
}
