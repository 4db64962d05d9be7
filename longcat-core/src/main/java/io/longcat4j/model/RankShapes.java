package io.longcat4j.model;

import io.longcat4j.Experts;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.checkpoint.ModelConfig.BlockSize;
import io.longcat4j.checkpoint.ModelConfig.IntegerGroups;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What the sizes of a model mean for a number of ranks: whether they divide, how experts are
 * shared, and which cuts fall into blocks of scales.
 */
public final class RankShapes {
  private final ModelConfig config;
  private final int ranks;
  private final Experts experts;

  private RankShapes(ModelConfig config, int ranks, Experts experts) {
    this.config = config;
    this.ranks = ranks;
    this.experts = experts;
  }

  /**
   * Checks the sizes.
   *
   * @param config the model's
   * @param ranks at least 1
   * @param wanted how experts shall be shared
   * @return what follows from them
   * @throws InvalidRequestException if a size cannot be cut, with its name and the numbers of ranks
   *     that would do
   */
  public static RankShapes of(ModelConfig config, int ranks, Experts wanted) {
    if (ranks > config.numAttentionHeads()) {
      throw refused(
          config,
          wanted,
          "num_attention_heads is "
              + config.numAttentionHeads()
              + ", so "
              + ranks
              + " ranks are more than there are heads");
    }
    require(config, ranks, wanted, "num_attention_heads", config.numAttentionHeads());
    require(config, ranks, wanted, "ffn_hidden_size", config.ffnHiddenSize());
    Experts experts = wanted;
    if (wanted == Experts.AUTO) {
      boolean whole = divides(config.nRoutedExperts(), ranks);
      experts =
          whole || !divides(config.expertFfnHiddenSize(), ranks) ? Experts.WHOLE : Experts.SLICED;
    }
    if (experts == Experts.WHOLE) {
      require(config, ranks, wanted, "n_routed_experts", config.nRoutedExperts());
    } else {
      require(config, ranks, wanted, "expert_ffn_hidden_size", config.expertFfnHiddenSize());
    }
    requireWholeBytes(config, ranks, experts);
    return new RankShapes(config, ranks, experts);
  }

  /**
   * Whether {@link #of} accepts the sizes.
   *
   * @param config the model's
   * @param ranks at least 1
   * @param wanted how experts shall be shared
   * @return true if it does
   */
  public static boolean divide(ModelConfig config, int ranks, Experts wanted) {
    if (ranks > config.numAttentionHeads()
        || !divides(config.numAttentionHeads(), ranks)
        || !divides(config.ffnHiddenSize(), ranks)) {
      return false;
    }
    boolean whole = divides(config.nRoutedExperts(), ranks);
    boolean sliced = divides(config.expertFfnHiddenSize(), ranks);
    boolean possible =
        switch (wanted) {
          case AUTO -> whole || sliced;
          case WHOLE -> whole;
          case SLICED -> sliced;
        };
    boolean cutsExperts = wanted == Experts.SLICED || (wanted == Experts.AUTO && !whole);
    return possible && oddColumns(config, ranks, cutsExperts).isEmpty();
  }

  /**
   * How experts are shared.
   *
   * @return {@link Experts#WHOLE} or {@link Experts#SLICED}
   */
  public Experts experts() {
    return experts;
  }

  /**
   * The first row of the vocabulary of a rank, or the end of the last one's.
   *
   * @param rank 0 to the number of ranks
   * @return 0 to the size of the vocabulary
   */
  public int vocabularyStart(int rank) {
    return Share.runStart(config.vocabSize(), rank, ranks);
  }

  /**
   * The rank of an expert that is whole.
   *
   * @param expert its id
   * @return 0 to the number of ranks, less one
   */
  public int rankOf(int expert) {
    return (int) ((long) expert * ranks / config.nRoutedExperts());
  }

  /**
   * Cuts that fall into a block of FP8 scales or a group of integers, whose scales are then
   * refined: both parts get the scale of what they had in common.
   *
   * @return sentences; usually none
   */
  public List<String> refined() {
    List<String> notes = new ArrayList<>();
    int heads = config.numAttentionHeads() / ranks;
    int dense = config.ffnHiddenSize() / ranks;
    if (ranks == 1) {
      return notes;
    }
    if (config.fp8Block().isPresent()) {
      BlockSize block = config.fp8Block().get();
      String query = config.qLoraRank() == 0 ? "q_proj" : "q_b_proj";
      int queryHead = config.qkNopeHeadDim() + config.qkRopeHeadDim();
      int keyValueHead = config.qkNopeHeadDim() + config.vHeadDim();
      note(notes, query, "rows", heads * queryHead, block.rows());
      note(notes, "kv_b_proj", "rows", heads * keyValueHead, block.rows());
      note(notes, "o_proj", "columns", heads * config.vHeadDim(), block.columns());
      note(notes, "gate_proj and up_proj of dense networks", "rows", dense, block.rows());
      note(notes, "down_proj of dense networks", "columns", dense, block.columns());
      if (experts == Experts.SLICED) {
        int width = config.expertFfnHiddenSize() / ranks;
        note(notes, "gate_proj and up_proj of experts", "rows", width, block.rows());
        note(notes, "down_proj of experts", "columns", width, block.columns());
      }
    } else if (config.integerGroups().isPresent()) {
      int size = config.integerGroups().get().size();
      note(notes, "o_proj", "columns", heads * config.vHeadDim(), size);
      note(notes, "down_proj of dense networks", "columns", dense, size);
      if (experts == Experts.SLICED) {
        note(notes, "down_proj of experts", "columns", config.expertFfnHiddenSize() / ranks, size);
      }
    }
    return notes;
  }

  private static void note(List<String> notes, String name, String what, int slice, int block) {
    if (slice % block != 0) {
      notes.add(
          name
              + ": a slice has "
              + slice
              + " "
              + what
              + ", which cuts into the "
              + block
              + " that share a scale; the scales are refined");
    }
  }

  private static void requireWholeBytes(ModelConfig config, int ranks, Experts experts) {
    List<String> odd = oddColumns(config, ranks, experts == Experts.SLICED);
    if (!odd.isEmpty()) {
      throw refused(
          config,
          experts,
          odd.get(0) + ", but integers of 4 bits lie in pairs, so that slices need even columns");
    }
  }

  private static List<String> oddColumns(ModelConfig config, int ranks, boolean cutsExperts) {
    List<String> odd = new ArrayList<>();
    if (ranks == 1 || config.integerGroups().map(IntegerGroups::bits).orElse(8) != 4) {
      return odd;
    }
    addOdd(odd, "o_proj", config.numAttentionHeads() / ranks * config.vHeadDim(), ranks);
    addOdd(odd, "down_proj of dense networks", config.ffnHiddenSize() / ranks, ranks);
    if (cutsExperts) {
      addOdd(odd, "down_proj of experts", config.expertFfnHiddenSize() / ranks, ranks);
    }
    return odd;
  }

  private static void addOdd(List<String> odd, String name, int columns, int ranks) {
    if (columns % 2 != 0) {
      odd.add(name + " would have " + columns + " columns on each of " + ranks + " ranks");
    }
  }

  private static void require(ModelConfig config, int ranks, Experts wanted, String key, int size) {
    if (!divides(size, ranks)) {
      throw refused(
          config, wanted, key + " is " + size + ", which " + ranks + " ranks do not divide");
    }
  }

  private static boolean divides(int size, int ranks) {
    return size % ranks == 0;
  }

  private static InvalidRequestException refused(ModelConfig config, Experts wanted, String what) {
    String possible =
        IntStream.rangeClosed(1, config.numAttentionHeads())
            .filter(ranks -> divide(config, ranks, wanted))
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(", "));
    return new InvalidRequestException(
        "config.json: " + what + "; numbers of ranks that do: " + possible);
  }
}
