package io.longcat4j;

/**
 * How the experts of a layer are shared among the ranks of a model. A rank that holds every
 * expert's slice does the same work as all others whatever the router picks; one that holds whole
 * experts does as much as is picked of its own, so that the fullest rank sets the pace: the fewer
 * tokens there are in a pass, the more uneven it gets. {@link Plan#describe()} tells by how much.
 */
public enum Experts {
  /**
   * Whole ones wherever their number divides by that of the ranks, since one rank and many then
   * give the same ids bit for bit; else slices. The default.
   */
  AUTO,
  /** Each expert is on one rank, in runs of neighbouring ids. */
  WHOLE,
  /**
   * Each rank holds a slice of every expert's width. Balances single tokens better, but adds in an
   * order of its own, so that logits differ from those of {@link #WHOLE} in their last bits, on one
   * rank as on many.
   */
  SLICED
}
