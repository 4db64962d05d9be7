package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CachePrecision;
import io.longcat4j.Experts;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCat;
import io.longcat4j.Parallel;
import io.longcat4j.Plan;
import io.longcat4j.RankPlan;
import io.longcat4j.RankSharing;
import io.longcat4j.Scheduling;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.testing.PlannedModel;
import io.longcat4j.testing.TestData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RankPlanningTest {
  private static LongCat.Builder builder(Parallel parallel) {
    return LongCat.builder()
        .model(TestData.bf16())
        .scheduling(Scheduling.builder().cacheBytes(1 << 20).build())
        .parallel(parallel);
  }

  private static RankPlanning.Team far(int ranks) {
    return new RankPlanning.Team(ranks, /* areNear= */ false, Experts.AUTO);
  }

  private static long bytes(String pattern) {
    return Checkpoint.open(TestData.bf16()).weights().names().stream()
        .filter(name -> name.matches(pattern))
        .map(Checkpoint.open(TestData.bf16()).weights()::require)
        .mapToLong(StoredTensor::byteSize)
        .sum();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void everyRankHasItsPartOfWhatIsCutAndAllOfTheRest(int ranks) {
    Plan plan = builder(Parallel.local(ranks)).plan();
    Plan one = builder(Parallel.single()).plan();
    long columns = bytes(".*self_attn.*o_proj.*|.*mlps.*down_proj.*");
    long rows =
        bytes(".*(q_a_proj|kv_a_proj|q_b_proj|kv_b_proj).*|.*mlps.*(gate|up)_proj.*|lm_head.*");
    long experts = bytes(".*experts.*");
    long tables = bytes("model.embed.*");
    assertThat(plan.ranks()).hasSize(ranks);
    for (RankPlan rank : plan.ranks()) {
      assertThat(rank.copiedBytes()).isEqualTo(columns / ranks);
      assertThat(rank.mappedBytes()).isEqualTo((rows + experts) / ranks);
      assertThat(rank.expertBytes()).isEqualTo(experts / ranks);
      assertThat(rank.cacheBytes()).isEqualTo(plan.cacheBytes());
      assertThat(rank.passBytes())
          .isEqualTo((rows + columns) / ranks + rank.replicatedBytes() - rank.tableBytes());
    }
    RankPlan first = plan.ranks().get(0);
    RankPlan last = plan.ranks().get(ranks - 1);
    long speechTables = last.tableBytes() - tables;
    assertThat(speechTables).isEqualTo(4L * 544 * 192 * 2);
    assertThat(first.speechBytes()).isEqualTo(7L * 544 * 192 * 2);
    assertThat(last.speechBytes()).isZero();
    assertThat(first.encoderBytes()).isEqualTo(one.encoderBytes());
    assertThat(last.encoderBytes()).isZero();
    assertThat(first.replicatedBytes())
        .isEqualTo(bytes(".*") - rows - columns - experts + speechTables);
    assertThat(plan.weightBytes()).isEqualTo(one.weightBytes());
    assertThat(plan.totalBytes()).isEqualTo(one.totalBytes() + (ranks - 1) * one.cacheBytes());
  }

  @Test
  void oneRankHasEverythingAndCopiesNothing() {
    Plan plan = builder(Parallel.single()).plan();
    assertThat(plan.ranks()).hasSize(1);
    RankPlan only = plan.ranks().get(0);
    assertThat(only.copiedBytes()).isZero();
    assertThat(only.mappedBytes() + only.replicatedBytes() + only.speechBytes())
        .isEqualTo(plan.weightBytes());
    assertThat(plan.totalBytes())
        .isEqualTo(plan.weightBytes() + plan.encoderBytes() + plan.cacheBytes());
    assertThat(plan.sharing()).isEqualTo(RankSharing.none());
    assertThat(plan.describe()).doesNotContain("rank");
  }

  @Test
  void slicedExpertsCopyTheirColumns() {
    Plan plan = builder(Parallel.local(2)).experts(Experts.SLICED).plan();
    long columns = bytes(".*self_attn.*o_proj.*|.*down_proj.*");
    for (RankPlan rank : plan.ranks()) {
      assertThat(rank.copiedBytes()).isEqualTo(columns / 2);
      assertThat(rank.expertBytes()).isEqualTo(bytes(".*experts.*") / 2);
    }
    assertThat(plan.sharing().experts()).isEqualTo(Experts.SLICED);
    assertThat(plan.describe()).contains("Experts are sliced, as asked for.");
  }

  @Test
  void ranksOnOneHostHaveAMebibyteOfCacheEachAndTablesOnce() {
    Plan plan = builder(Parallel.local(4)).plan();
    long own = plan.ranks().stream().mapToLong(RankPlan::ownBytes).sum();
    assertThat(plan.hosts()).isEqualTo(1);
    assertThat(plan.hostBytes(0)).isEqualTo(own + plan.ranks().get(0).replicatedBytes());
    Plan spread = plan.onHosts(2);
    assertThat(spread.ranks()).extracting(RankPlan::host).containsExactly(0, 0, 1, 1);
    assertThat(spread.totalBytes()).isEqualTo(own + 2 * plan.ranks().get(0).replicatedBytes());
    assertThat(spread.describe()).contains("host 0 in all", "host 1 in all", "a host like this");
    for (int hosts : new int[] {0, 5}) {
      assertThatThrownBy(() -> plan.onHosts(hosts))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining(hosts + " hosts");
    }
  }

  @Test
  void theDefaultCacheIsSharedAmongTheRanksOfAHost() {
    Plan one = LongCat.builder().model(TestData.bf16()).plan();
    Plan four = LongCat.builder().model(TestData.bf16()).parallel(Parallel.local(4)).plan();
    assertThat(4L * four.cacheBytes())
        .isLessThanOrEqualTo(Math.max(one.cacheBytes(), four.memoryBytes() / 7));
    assertThat(four.cachePositions()).isGreaterThanOrEqualTo(four.contextLength());
  }

  @Test
  void nearRanksBringTheLowRankMapsOfAnAttentionTogetherAndFarOnesComputeThem() {
    ModelConfig config = PlannedModel.config();
    List<WeightSize> weights =
        List.of(new WeightSize("model.layers.0.self_attn.0.q_a_proj.weight", 800));
    RankPlanning.Team near = new RankPlanning.Team(4, /* areNear= */ true, Experts.AUTO);
    List<RankPlan> plans = RankPlanning.plan(config, weights, RankPlanning.Others.none(), near, 0);
    assertThat(plans).extracting(RankPlan::mappedBytes).containsOnly(200L);
    assertThat(plans).extracting(RankPlan::passBytes).containsOnly(200L);
    assertThat(RankPlanning.plan(config, weights, RankPlanning.Others.none(), far(4), 0))
        .extracting(RankPlan::replicatedBytes)
        .containsOnly(800L);
    long lowRank = config.qLoraRank() + config.kvLoraRank() + config.qkRopeHeadDim();
    RankSharing sharing = RankPlanning.sharing(config, plans, near, "");
    RankSharing far = RankPlanning.sharing(config, plans, far(4), "");
    assertThat(sharing.collectives()).isEqualTo(far.collectives() + 2 * config.numLayers());
    assertThat(sharing.collectiveBytes() - far.collectiveBytes())
        .isEqualTo(2 * lowRank / 4 * config.numLayers() * 4);
  }

  @Test
  void sumsAreFourALayerAndCarryFiveMatrices() {
    RankSharing sharing =
        RankPlanning.onPaper(PlannedModel.config(), List.of(), 4, Experts.AUTO, CachePrecision.F32)
            .sharing();
    int layers = PlannedModel.config().numLayers();
    assertThat(sharing.collectives()).isEqualTo(4 * layers);
    assertThat(sharing.collectiveBytes())
        .isEqualTo(5L * layers * PlannedModel.config().hiddenSize() * 4);
    assertThat(sharing.gatheredBytes()).isEqualTo(PlannedModel.config().vocabSize() / 4 * 4);
    Duration time = sharing.expectedTime(4, 2, Duration.ofNanos(10_000), 1e9);
    assertThat(time.toNanos())
        .isEqualTo(
            (4 * layers + 1) * 10_000
                + 3 * 2 * (sharing.collectiveBytes() + sharing.gatheredBytes()));
    assertThat(sharing.expectedTime(1, 2, Duration.ofNanos(10_000), 1e9)).isZero();
  }

  @Test
  void unevenVocabulariesAreCutInWholeRows() {
    ModelConfig config = PlannedModel.config("vocab_size", 301);
    List<WeightSize> weights = List.of(new WeightSize("lm_head.weight", 301L * 96));
    List<RankPlan> plans =
        RankPlanning.plan(config, weights, RankPlanning.Others.none(), far(4), 0);
    assertThat(plans)
        .extracting(RankPlan::mappedBytes)
        .containsExactly(75 * 96L, 75 * 96L, 75 * 96L, 76 * 96L);
    assertThat(RankPlanning.sharing(config, plans, far(4), "").gatheredBytes()).isEqualTo(76 * 4);
  }

  @Test
  void aHeadThatIsTheEmbeddingIsReadInSlicesThoughTheTableIsWhole() {
    ModelConfig config = PlannedModel.config();
    List<WeightSize> weights = List.of(new WeightSize("model.embed_tokens.weight", 304L * 96));
    List<RankPlan> plans =
        RankPlanning.plan(config, weights, RankPlanning.Others.none(), far(4), 0);
    assertThat(plans)
        .allSatisfy(
            plan -> {
              assertThat(plan.replicatedBytes()).isEqualTo(304L * 96);
              assertThat(plan.tableBytes()).isEqualTo(304L * 96);
              assertThat(plan.mappedBytes()).isZero();
              assertThat(plan.passBytes()).isEqualTo(76L * 96);
            });
  }

  @Test
  void multiTokenPredictionIsCutLikeALayerButReadByNoOrdinaryPass() {
    List<WeightSize> weights =
        List.of(
            new WeightSize("model.mtp.layers.0.transformer_layer.mlp.down_proj.weight", 800),
            new WeightSize("model.mtp.layers.0.eh_proj.weight", 100));
    List<RankPlan> plans =
        RankPlanning.plan(PlannedModel.config(), weights, RankPlanning.Others.none(), far(2), 0);
    assertThat(plans)
        .allSatisfy(
            plan -> {
              assertThat(plan.copiedBytes()).isEqualTo(400);
              assertThat(plan.replicatedBytes()).isEqualTo(100);
              assertThat(plan.passBytes()).isZero();
            });
  }

  @ParameterizedTest
  @CsvSource({"1, SLICED", "32, WHOLE"})
  void theFullestRankTellsWhichSharingIsBetter(int rows, Experts better) {
    List<WeightSize> weights = new ArrayList<>();
    weights.add(new WeightSize("model.norm.weight", 3000));
    for (int expert = 0; expert < 16; expert++) {
      weights.add(new WeightSize("model.layers.0.mlp.experts." + expert + ".up_proj.weight", 1000));
    }
    ModelConfig config = PlannedModel.config();
    List<RankPlan> plans =
        RankPlanning.plan(config, weights, RankPlanning.Others.none(), far(4), 0);
    RankSharing sharing = RankPlanning.sharing(config, plans, far(4), "Asked for.");
    RankSharing.PassBytes pass =
        sharing.passes().stream().filter(one -> one.rows() == rows).findFirst().orElseThrow();
    double share = 1 - Math.pow(1 - 4.0 / 24, rows);
    assertThat(pass.sliced()).isEqualTo(3000 + Math.round(share * 4000));
    assertThat(pass.whole()).isEqualTo(3000 + Math.round(share * 4000 * pass.fullest()));
    assertThat(pass.better()).isEqualTo(better);
  }

  @Test
  void sizesThatDoNotDivideAreRefusedBeforeAnythingIsLoaded() {
    assertThatThrownBy(() -> builder(Parallel.local(3)).plan())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("num_attention_heads is 4, which 3 ranks do not divide");
    assertThatThrownBy(() -> builder(Parallel.local(8)).plan())
        .hasMessageContaining("8 ranks are more than there are heads");
    assertThatThrownBy(() -> builder(Parallel.processes()).plan())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("mpirun");
  }

  @Test
  void theDescriptionTellsEachRankAndWhatTheyCost() {
    assertThat(builder(Parallel.local(2)).plan().describe())
        .contains(
            "rank 0 ",
            "encoders and voice",
            "rank 1 ",
            "copied",
            "12 sums and gathers over ranks a pass, 9.1 KB of each rank a token",
            "one of logits, 1.3 KB",
            "passes of 1:",
            "passes of 32:",
            "Ranks are 2 threads of this process, as asked for. Experts are whole, since their",
            "It fits.");
  }
}
