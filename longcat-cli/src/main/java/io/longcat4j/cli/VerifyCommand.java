package io.longcat4j.cli;

import io.longcat4j.Backend;
import io.longcat4j.Device;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Numerics;
import io.longcat4j.Parallel;
import io.longcat4j.checkpoint.SafetensorsWriter;
import io.longcat4j.cli.ranks.RankOptions;
import io.longcat4j.cli.verify.Golden;
import io.longcat4j.cli.verify.Report;
import io.longcat4j.cli.verify.Stages;
import io.longcat4j.cli.verify.Target;
import io.longcat4j.cli.verify.Verifier;
import io.longcat4j.tensor.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares every stage with expected numbers. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    versionProvider = LongCatCommand.Version.class,
    header = "Compares every stage of the library with a folder of expected numbers.",
    description = {
      "",
      "For those who ported or quantised a checkpoint: GOLDEN_DIR holds golden.safetensors and"
          + " golden.json, computed by a reference from the same weights. Each of its entries gets"
          + " a line with the largest error and the tolerance: 2e-3 for features, 1e-3 of the"
          + " largest magnitude for other numbers, none for ids.",
      "",
      "Both may be a folder with a codec encoder: config.json, encoder.pt, encoder_cmvn.npy and"
          + " golden.safetensors with its latents, features and codes of sounds in --media.",
      "",
      "The exit code is 1 if any entry is over its tolerance, missing, or not checked by any"
          + " stage.",
      ""
    },
    sortOptions = false)
final class VerifyCommand implements Callable<Integer> {
  private static final int FOLDERS_UP = 4;

  private final Terminal terminal;
  private final Home home;

  @Parameters(index = "0", paramLabel = "CHECKPOINT_DIR", description = "The checkpoint.")
  private Path checkpoint = Path.of("");

  @Parameters(index = "1", paramLabel = "GOLDEN_DIR", description = "The expected numbers.")
  private Path goldenFolder = Path.of("");

  @Option(
      names = "--media",
      paramLabel = "DIR",
      description = {
        "Where the pictures and sounds lie that golden.json names. Default: a folder 'media' beside"
            + " GOLDEN_DIR or beside one of the folders around it, else the shipped samples/media."
      })
  private Optional<Path> media = Optional.empty();

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "auto",
      description =
          "What computes the language model: auto, cpu, reference, cuda, or cuda-emulated (GPU"
              + " kernels on an emulated device, slow, for whoever changes them). Default:"
              + " ${DEFAULT-VALUE}.")
  private String backend = "auto";

  @Option(
      names = "--encoders",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      description =
          "What computes the encoders and the codec: cpu, cuda, or cuda:1 for the second GPU."
              + " Default: ${DEFAULT-VALUE}.")
  private String encoders = "cpu";

  @Option(
      names = "--numerics",
      paramLabel = "NAME",
      defaultValue = "exact",
      description =
          "How the language model is computed: exact, or bf16 (activations rounded to BF16; its"
              + " numbers may be off by 2e-2 of the largest magnitude; other choices at near ties,"
              + " at most 5 %% of the router's, and what follows from them are reported as 'differs'"
              + " without failing), or fp8 (to E4M3 before FP8 weights; 1e-1, and 20 %%). Default:"
              + " ${DEFAULT-VALUE}.")
  private Numerics numerics = Numerics.EXACT;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Worker threads. Default: one for each core.")
  private Optional<Integer> threads = Optional.empty();

  @Mixin private final GpuOptions gpus = new GpuOptions();

  @Mixin private final RankOptions ranks = new RankOptions();

  @Option(
      names = "--dump",
      paramLabel = "FILE",
      description =
          "Writes what was computed for every compared tensor of numbers into a safetensors file.")
  private Optional<Path> dump = Optional.empty();

  VerifyCommand(Terminal terminal, Home home) {
    this.terminal = terminal;
    this.home = home;
  }

  @Override
  public Integer call() {
    requireFolder("CHECKPOINT_DIR", checkpoint);
    requireFolder("GOLDEN_DIR", goldenFolder);
    Golden golden = Golden.open(goldenFolder);
    if (numerics != Numerics.EXACT && ranks.parallel().kind() != Parallel.Kind.SINGLE) {
      throw new InvalidRequestException(
          "--numerics bf16 and fp8 start each layer from the expected output of the one before, which rank 0"
              + " alone has; verify rounded numerics on one rank, or exact ones over several");
    }
    int workers = threads.orElse(Runtime.getRuntime().availableProcessors());
    Target target =
        new Target(
            checkpoint,
            mediaFolder(),
            new Backend(backend),
            numerics,
            workers,
            ranks.parallel(),
            ranks.experts(),
            Device.of(encoders),
            gpus.toGpus());
    if (ranks.willFollow()) {
      Stages.follow(target);
      return LongCatCommand.OK;
    }
    SafetensorsWriter computed = new SafetensorsWriter();
    Report report =
        Verifier.verify(
            golden,
            Stages.all(target),
            numerics,
            (name, values) -> computed.add(name, Shape.of(shape(golden, name, values)), values));
    dump.ifPresent(computed::write);
    report.print(terminal.out());
    return report.isPassed() ? LongCatCommand.OK : LongCatCommand.CHECK_FAILED;
  }

  /** That of the expected tensor, where as many numbers were computed. */
  private static long[] shape(Golden golden, String name, float[] values) {
    Shape expected = golden.tensors().require(name).shape();
    return expected.elements() == values.length ? expected.dims() : new long[] {values.length};
  }

  private Path mediaFolder() {
    if (media.isPresent()) {
      requireFolder("--media", media.get());
      return media.get();
    }
    return Stream.iterate(
            goldenFolder.toAbsolutePath().normalize().getParent(),
            // The system's own /media is where devices are mounted.
            folder -> folder != null && folder.getParent() != null,
            Path::getParent)
        .limit(FOLDERS_UP)
        .map(folder -> folder.resolve("media"))
        .filter(Files::isDirectory)
        .findFirst()
        .orElseGet(home::media);
  }

  private static void requireFolder(String name, Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new InvalidRequestException(
          name + " " + folder + " is not a directory; correct the path");
    }
  }
}
