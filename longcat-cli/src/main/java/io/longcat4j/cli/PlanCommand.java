package io.longcat4j.cli;

import io.longcat4j.Backend;
import io.longcat4j.CachePrecision;
import io.longcat4j.Experts;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCat;
import io.longcat4j.Parallel;
import io.longcat4j.Plan;
import io.longcat4j.Scheduling;
import io.longcat4j.benchmarks.PublishedModel;
import io.longcat4j.benchmarks.WeightFormat;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.cli.plan.FloorOptions;
import io.longcat4j.cli.plan.FloorTable;
import io.longcat4j.engine.RankPlanning;
import io.longcat4j.engine.WeightSize;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tells what a checkpoint will need before it is loaded. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    versionProvider = LongCatCommand.Version.class,
    header =
        "Tells how much memory a checkpoint will need, and whether it fits, without loading it.",
    description = {
      "",
      "  longcat plan --model DIR",
      "  longcat plan --model DIR --ranks 8 --bandwidth 600",
      "  longcat plan --published --format fp8 --ranks 1,2,4,8 --bandwidth 300",
      "",
      "With --bandwidth it also tells how many tokens a second can be made at best: bytes over"
          + " bandwidth of the fullest rank, attention over the cache, and collectives.",
      "",
      "The exit code is 1 if it does not fit into this machine's memory.",
      ""
    },
    sortOptions = false)
final class PlanCommand implements Callable<Integer> {
  private static final List<Integer> CONTEXTS = List.of(1024, 8192, 32_768, 131_072);

  private final Terminal terminal;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Checkpoint directory in the published layout. Default: LongCat-Tiny.")
  private Optional<Path> model = Optional.empty();

  @Option(
      names = "--published",
      description =
          "The published sizes without a checkpoint: the language model alone, without encoders,"
              + " voice and multi-token prediction.")
  private boolean published;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "How the published model's matrices are stored: bf16, fp8, int8, int4. Default: fp8.")
  private Optional<WeightFormat> format = Optional.empty();

  @Option(
      names = "--context",
      split = ",",
      paramLabel = "N",
      description = {
        "Upper bound of positions in one request. Default: the model's own.",
        "With --bandwidth: positions in the cache, one or several. Default: 1024,8192,32768,131072."
      })
  private List<Integer> contexts = List.of();

  @Option(
      names = "--cache",
      paramLabel = "PRECISION",
      description = "How cached positions are kept: f32, bf16 or fp8. Default: f32.")
  private Optional<CachePrecision> cache = Optional.empty();

  @Option(
      names = "--ranks",
      split = ",",
      paramLabel = "N",
      defaultValue = "1",
      description = "Ranks that share the model, one number or several. Default: ${DEFAULT-VALUE}.")
  private List<Integer> ranks = List.of();

  @Option(
      names = "--hosts",
      paramLabel = "N",
      defaultValue = "1",
      description = "Hosts like this one that share the ranks. Default: ${DEFAULT-VALUE}.")
  private int hosts = 1;

  @Option(
      names = "--experts",
      paramLabel = "HOW",
      defaultValue = "auto",
      description = "How ranks share experts: whole, sliced, auto. Default: ${DEFAULT-VALUE}.")
  private Experts experts = Experts.AUTO;

  @Option(
      names = "--encoders-on-rank",
      paramLabel = "K",
      defaultValue = "0",
      description = "Which rank has the encoders and the voice. Default: ${DEFAULT-VALUE}.")
  private int encodersOn;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "auto",
      description =
          "What shall compute the language model: auto (a GPU where one works and has the memory),"
              + " cpu, reference, cuda. Default: ${DEFAULT-VALUE}.")
  private String backend = "auto";

  @Mixin private final GpuOptions gpus = new GpuOptions();

  @Mixin private final FloorOptions floors = new FloorOptions();

  PlanCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    requireSense();
    boolean fits = true;
    if (!published) {
      for (int count : ranks) {
        Plan plan = ofCheckpoint(count);
        terminal.out().println(plan.describe());
        fits &= plan.fits();
      }
    }
    if (floors.isWanted()) {
      printFloors();
    }
    return fits ? LongCatCommand.OK : LongCatCommand.CHECK_FAILED;
  }

  private void requireSense() {
    if (published && (model.isPresent() || !floors.isWanted())) {
      throw new InvalidRequestException(
          model.isPresent()
              ? "--published tells of no checkpoint; leave out --model, or --published"
              : "--published has no machine to fit into; add --bandwidth GB/s of a rank's memory");
    }
    if (format.isPresent() && !published) {
      throw new InvalidRequestException(
          "--format is that of the published sizes; add --published, or leave it out: a checkpoint"
              + " has its own");
    }
    if (floors.isWanted() && !published && model.isEmpty()) {
      throw new InvalidRequestException(
          "--bandwidth tells the speed of a large model; add --model DIR or --published");
    }
    if (!floors.isWanted() && contexts.size() > 1) {
      throw new InvalidRequestException(
          "--context has several numbers, which --bandwidth makes use of; pass one");
    }
    if (contexts.stream().anyMatch(context -> context < 1)) {
      throw new InvalidRequestException("--context has " + contexts + "; pass at least 1");
    }
  }

  private Plan ofCheckpoint(int count) {
    Parallel parallel = Parallel.local(count).encodersOn(encodersOn);
    LongCat.Builder builder =
        LongCat.builder()
            .backend(new Backend(backend))
            .gpus(gpus.toGpus())
            .parallel(parallel)
            .experts(experts);
    model.ifPresentOrElse(builder::model, builder::tiny);
    if (!floors.isWanted()) {
      contexts.forEach(builder::contextLength);
    }
    cache.ifPresent(kept -> builder.scheduling(Scheduling.builder().cachePrecision(kept).build()));
    return builder.plan().onHosts(hosts);
  }

  private void printFloors() {
    WeightFormat stored = format.orElse(WeightFormat.FP8);
    ModelConfig config =
        published ? PublishedModel.config(stored) : Checkpoint.open(model.orElseThrow()).model();
    FloorTable table =
        new FloorTable(
            config, floors.machine(), contexts.isEmpty() ? CONTEXTS : contexts, floors.batches());
    List<WeightSize> weights = published ? PublishedModel.weights(stored) : List.of();
    for (int count : ranks) {
      table.add(published ? ofPublished(config, weights, count) : ofCheckpoint(count));
    }
    table.lines().forEach(terminal.out()::println);
  }

  private Plan ofPublished(ModelConfig config, List<WeightSize> weights, int count) {
    return RankPlanning.onPaper(
        config,
        weights,
        Parallel.local(count).ranks().orElseThrow(),
        experts,
        cache.orElse(CachePrecision.F32));
  }
}
