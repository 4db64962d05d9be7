package io.longcat4j.model;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How ranks share a tensor of the language model, by its published name. Scales are cut like the
 * weight that they belong to.
 */
public enum Cut {
  /** Every rank has all of it. */
  WHOLE,
  /** An embedding: every rank has all of it, and touches the rows of tokens that were named. */
  TABLE,
  /** Rows, in runs of attention heads. */
  HEAD_ROWS,
  /** Columns, in runs of attention heads. */
  HEAD_COLUMNS,
  /** Rows, in runs of a dense network's width. */
  WIDTH_ROWS,
  /** Columns, in runs of a dense network's width. */
  WIDTH_COLUMNS,
  /** An expert's, on one rank; or rows, in runs of its width. */
  EXPERT_ROWS,
  /** An expert's, on one rank; or columns, in runs of its width. */
  EXPERT_COLUMNS,
  /** Rows, in runs of the vocabulary, which may be uneven. */
  VOCABULARY,
  /** Rows of a low-rank map, in runs that may be uneven, where ranks are near; else all of it. */
  LOW_RANK_ROWS;

  private static final Pattern EXPERT =
      Pattern.compile("\\.mlp\\.experts\\.(\\d{1,9})\\.(gate|up|down)_proj\\.weight");
  private static final Pattern HEADS =
      Pattern.compile("\\.self_attn(\\.\\d)?\\.(q_b_proj|q_proj|kv_b_proj)\\.weight");
  private static final Pattern LOW_RANK =
      Pattern.compile("\\.self_attn(\\.\\d)?\\.(q_a_proj|kv_a_proj_with_mqa)\\.(weight|bias)");
  private static final Pattern OUTPUT = Pattern.compile("\\.self_attn(\\.\\d)?\\.o_proj\\.weight");
  private static final Pattern DENSE =
      Pattern.compile("\\.(mlps\\.\\d|transformer_layer\\.mlp)\\.(gate|up|down)_proj\\.weight");
  private static final String DOWN = "down";

  /**
   * The cut of a tensor.
   *
   * @param name as published, such as {@code model.layers.0.mlps.0.up_proj.weight}, or that of its
   *     scales
   * @return {@link #WHOLE} for all that no rule names
   */
  public static Cut of(String name) {
    Matcher expert = EXPERT.matcher(name);
    if (expert.find()) {
      return expert.group(2).equals(DOWN) ? EXPERT_COLUMNS : EXPERT_ROWS;
    }
    if (name.startsWith("lm_head.weight")) {
      return VOCABULARY;
    }
    if (name.startsWith("model.embed_tokens.weight")) {
      return TABLE;
    }
    if (HEADS.matcher(name).find()) {
      return HEAD_ROWS;
    }
    if (LOW_RANK.matcher(name).find()) {
      return LOW_RANK_ROWS;
    }
    if (OUTPUT.matcher(name).find()) {
      return HEAD_COLUMNS;
    }
    Matcher dense = DENSE.matcher(name);
    if (dense.find()) {
      return dense.group(2).equals(DOWN) ? WIDTH_COLUMNS : WIDTH_ROWS;
    }
    return WHOLE;
  }

  /**
   * The expert that a tensor belongs to.
   *
   * @param name as published
   * @return its id, or empty
   */
  public static OptionalInt expert(String name) {
    Matcher expert = EXPERT.matcher(name);
    return expert.find() ? OptionalInt.of(Integer.parseInt(expert.group(1))) : OptionalInt.empty();
  }

  /**
   * Whether a slice lies apart from its neighbours, so that it is copied.
   *
   * @return true for columns
   */
  public boolean isOfColumns() {
    return this == HEAD_COLUMNS || this == WIDTH_COLUMNS || this == EXPERT_COLUMNS;
  }

  /**
   * Whether it belongs to an expert.
   *
   * @return true for both of them
   */
  public boolean isOfExpert() {
    return this == EXPERT_ROWS || this == EXPERT_COLUMNS;
  }
}
