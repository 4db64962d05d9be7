package io.longcat4j.engine;

import io.longcat4j.CachePrecision;
import io.longcat4j.Experts;
import io.longcat4j.Plan;
import io.longcat4j.RankPlan;
import io.longcat4j.RankSharing;
import io.longcat4j.RankSharing.PassBytes;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.model.Cut;
import io.longcat4j.model.RankShapes;
import io.longcat4j.parallel.ExpertLoad;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Tells what each rank of a language model will hold, from the names and sizes of its tensors.
 * Slices of scales that a cut refines are counted as if it did not.
 */
public final class RankPlanning {
  private static final String PREDICTION = "model.mtp.";

  /** The matrices that are summed after a layer: two of attention, two dense, one of experts. */
  private static final int SUMMED = 5;

  private static final int COLLECTIVES = 4;

  /** The low-rank maps of a layer's two attention blocks, those of one at once. */
  private static final int GATHERS = 2;

  private final ModelConfig config;
  private final int ranks;
  private final boolean gathersLowRank;
  private final RankShapes shapes;
  private final long cacheBytes;

  /** Of one rank, while it is added up. */
  private static final class Sum {
    private long mapped;
    private long copied;
    private long replicated;
    private long tables;
    private long pass;
    private long experts;
  }

  /**
   * How many share a model, and how.
   *
   * @param ranks at least 1
   * @param areNear whether they bring low-rank maps together ({@link
   *     io.longcat4j.parallel.Ranks#areNear}), on processors
   * @param experts how they are to be shared
   */
  public record Team(int ranks, boolean areNear, Experts experts) {}

  private RankPlanning(ModelConfig config, Team team, long cacheBytes) {
    this.config = config;
    this.ranks = team.ranks;
    this.gathersLowRank = team.areNear && team.ranks > 1;
    this.shapes = RankShapes.of(config, team.ranks, team.experts);
    this.cacheBytes = cacheBytes;
  }

  /**
   * What all ranks hold, on one host.
   *
   * @param config the model's sizes
   * @param weights all tensors that are loaded, those of multi-token prediction included
   * @param others what one rank holds beside the language model, and each rank its tables of
   * @param team who shares it
   * @param cacheBytes the full cache of all requests
   * @return in the order of ranks
   * @throws io.longcat4j.InvalidRequestException if the sizes cannot be cut
   */
  public static List<RankPlan> plan(
      ModelConfig config, List<WeightSize> weights, Others others, Team team, long cacheBytes) {
    return new RankPlanning(config, team, cacheBytes).plan(weights, others);
  }

  /**
   * Parts that one rank has, but for tables: encoders where they are wanted, heads the first.
   *
   * @param encoderRank which has the encoders and the voice
   * @param encoderBytes encoders and voice, in memory
   * @param speechBytes heads that speak, mapped
   * @param speechTableBytes embeddings of speech, mapped on every rank
   */
  public record Others(
      int encoderRank, long encoderBytes, long speechBytes, long speechTableBytes) {
    /**
     * The language model alone.
     *
     * @return nothing else
     */
    public static Others none() {
      return new Others(0, 0, 0, 0);
    }
  }

  private List<RankPlan> plan(List<WeightSize> weights, Others others) {
    List<Sum> sums = IntStream.range(0, ranks).mapToObj(rank -> new Sum()).toList();
    weights.forEach(weight -> add(weight, sums));
    boolean tied = weights.stream().noneMatch(weight -> Cut.of(weight.name()) == Cut.VOCABULARY);
    List<RankPlan> plans = new ArrayList<>();
    for (int rank = 0; rank < ranks; rank++) {
      Sum sum = sums.get(rank);
      boolean first = rank == 0;
      plans.add(
          new RankPlan(
              rank,
              /* host= */ 0,
              sum.mapped,
              sum.copied,
              sum.replicated + others.speechTableBytes,
              sum.tables + others.speechTableBytes,
              first ? others.speechBytes : 0,
              cacheBytes,
              rank == others.encoderRank ? others.encoderBytes : 0,
              sum.pass + (tied ? vocabularyPart(sum.tables, rank) : 0),
              sum.experts));
    }
    return plans;
  }

  private void add(WeightSize weight, List<Sum> sums) {
    Cut cut = Cut.of(weight.name());
    int owner = isWholeExpert(cut) ? shapes.rankOf(Cut.expert(weight.name()).orElseThrow()) : -1;
    boolean everyPass = !weight.name().startsWith(PREDICTION);
    for (int rank = 0; rank < ranks; rank++) {
      Sum sum = sums.get(rank);
      long bytes = part(weight, cut, owner, rank);
      if (isWhole(cut)) {
        sum.replicated += bytes;
        sum.tables += cut == Cut.TABLE ? bytes : 0;
      } else if (cut.isOfColumns() && ranks > 1 && !isWholeExpert(cut)) {
        sum.copied += bytes;
      } else {
        sum.mapped += bytes;
      }
      if (cut.isOfExpert()) {
        sum.experts += bytes;
      } else if (everyPass && cut != Cut.TABLE) {
        sum.pass += bytes;
      }
    }
  }

  private boolean isWhole(Cut cut) {
    return cut == Cut.WHOLE || cut == Cut.TABLE || (cut == Cut.LOW_RANK_ROWS && !gathersLowRank);
  }

  private boolean isWholeExpert(Cut cut) {
    return cut.isOfExpert() && shapes.experts() == Experts.WHOLE;
  }

  private long part(WeightSize weight, Cut cut, int owner, int rank) {
    if (isWhole(cut)) {
      return weight.bytes();
    }
    if (cut == Cut.VOCABULARY) {
      return vocabularyPart(weight.bytes(), rank);
    }
    if (isWholeExpert(cut)) {
      return owner == rank ? weight.bytes() : 0;
    }
    return (weight.bytes() + ranks - 1) / ranks;
  }

  private long vocabularyPart(long bytes, int rank) {
    int rows = shapes.vocabularyStart(rank + 1) - shapes.vocabularyStart(rank);
    return Math.multiplyExact(bytes / config.vocabSize(), (long) rows);
  }

  /**
   * How ranks share a layer, and what that costs.
   *
   * @param config the model's sizes
   * @param plans what each rank holds
   * @param team as given to {@link #plan}
   * @param why how the number of ranks came about, a sentence
   * @return nothing for one rank
   */
  public static RankSharing sharing(
      ModelConfig config, List<RankPlan> plans, Team team, String why) {
    int ranks = team.ranks;
    if (ranks == 1) {
      return RankSharing.none();
    }
    RankShapes shapes = RankShapes.of(config, ranks, team.experts);
    ExpertLoad load = load(config, ranks);
    long hidden = config.hiddenSize();
    long lowRank = (long) config.qLoraRank() + config.kvLoraRank() + config.qkRopeHeadDim();
    int lastRows = shapes.vocabularyStart(ranks) - shapes.vocabularyStart(ranks - 1);
    return new RankSharing(
        shapes.experts(),
        why + " " + reason(team.experts, shapes.experts()),
        (COLLECTIVES + (team.areNear ? GATHERS : 0)) * config.numLayers(),
        (hidden * SUMMED + (team.areNear ? GATHERS * lowRank / ranks : 0))
            * config.numLayers()
            * Float.BYTES,
        (long) lastRows * Float.BYTES,
        List.of(pass(plans, load, 1), pass(plans, load, 32)),
        shapes.refined());
  }

  /**
   * What the fullest rank reads in a pass.
   *
   * @param config the model's sizes
   * @param plans what each rank holds
   * @param rows tokens of the pass
   * @return whole experts beside sliced ones
   */
  public static PassBytes pass(ModelConfig config, List<RankPlan> plans, int rows) {
    return pass(plans, load(config, plans.size()), rows);
  }

  /**
   * A plan of a language model without a checkpoint and a machine, with a cache of one position.
   *
   * @param config the model's sizes
   * @param weights all tensors
   * @param ranks at least 1, on hosts of their own
   * @param experts how they are shared
   * @param cache how positions are kept
   * @return a plan that always fits
   * @throws io.longcat4j.InvalidRequestException if the sizes cannot be cut
   */
  public static Plan onPaper(
      ModelConfig config,
      List<WeightSize> weights,
      int ranks,
      Experts experts,
      CachePrecision cache) {
    long position = Planning.positionBytes(config, Planning.format(cache), /* drafts= */ false);
    Team team = new Team(ranks, /* areNear= */ false, experts);
    List<RankPlan> plans = plan(config, weights, Others.none(), team, position);
    return new Plan(
        weights.stream().mapToLong(WeightSize::bytes).sum(),
        /* encoderBytes= */ 0,
        config.maxPositionEmbeddings(),
        position,
        /* cachePositions= */ 1,
        Long.MAX_VALUE,
        plans,
        sharing(config, plans, team, "Ranks are on paper."));
  }

  private static ExpertLoad load(ModelConfig config, int ranks) {
    return new ExpertLoad(config.nRoutedExperts(), config.zeroExpertNum(), config.moeTopk(), ranks);
  }

  private static PassBytes pass(List<RankPlan> plans, ExpertLoad load, int rows) {
    long fixed = plans.stream().mapToLong(RankPlan::passBytes).max().orElseThrow();
    double experts = plans.stream().mapToLong(RankPlan::expertBytes).average().orElseThrow();
    double read = load.share(rows) * experts;
    double fullest = load.fullest(rows);
    return new PassBytes(
        rows, fullest, fixed + Math.round(read * fullest), fixed + Math.round(read));
  }

  private static String reason(Experts wanted, Experts chosen) {
    if (wanted != Experts.AUTO) {
      return "Experts are " + (chosen == Experts.WHOLE ? "whole" : "sliced") + ", as asked for.";
    }
    return chosen == Experts.WHOLE
        ? "Experts are whole, since their number divides, so that one rank and many give the same"
            + " ids."
        : "Experts are sliced, since their number does not divide by that of the ranks.";
  }
}
