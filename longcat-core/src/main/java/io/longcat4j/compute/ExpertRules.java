package io.longcat4j.compute;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the operations of {@link Stream} on experts ask of shapes, the same for all backends. */
public final class ExpertRules {
  private ExpertRules() {}

  /**
   * Sizes of new picks.
   *
   * @param rows at least 0
   * @param topK at least 1
   */
  public static void allocateRouting(int rows, int topK) {
    if (rows < 0 || topK < 1) {
      throw new IllegalArgumentException(
          "a routing needs at least 0 rows and 1 pick, not " + rows + " x " + topK);
    }
  }

  /**
   * See {@link Stream#route}.
   *
   * @param x input
   * @param classifier scores
   * @param bias of the scores, or null
   * @param correction of the choice, or null
   * @param rule the choice
   * @param picks picks of each row in the target
   * @param capacity rows of the target
   */
  public static void route(
      Tensor x,
      Weight classifier,
      @Nullable Weight bias,
      @Nullable Weight correction,
      RouterRule rule,
      int picks,
      int capacity) {
    if (x.columns() != classifier.columns()) {
      throw ShapeRules.misfit(
          "route", "the input's columns must be the classifier's", classifier, x);
    }
    if (bias != null) {
      ShapeRules.vector("route", "bias", bias, classifier.rows());
    }
    if (correction != null) {
      ShapeRules.vector("route", "correction", correction, classifier.rows());
    }
    if (rule.topK() < 1 || rule.topK() > classifier.rows() || rule.topK() != picks) {
      throw new IllegalArgumentException(
          "route: "
              + rule.topK()
              + " picks of "
              + classifier.rows()
              + " experts into a routing of "
              + picks
              + " picks");
    }
    if (x.rows() > capacity) {
      throw new IllegalArgumentException(
          "route: " + x.rows() + " rows into a routing of at most " + capacity);
    }
  }

  /**
   * Picks applied to tensors.
   *
   * @param operation for the message
   * @param routed rows of the last routing
   * @param x input
   * @param into receives
   */
  public static void routed(String operation, int routed, Tensor x, Tensor into) {
    ShapeRules.same(operation, x, into);
    if (x.rows() != routed) {
      throw new IllegalArgumentException(
          operation
              + ": the routing holds picks of "
              + routed
              + " rows, the input is "
              + ShapeRules.size(x));
    }
  }

  /**
   * An expert of a group.
   *
   * @param expert its weights
   * @param first the group's first expert, whose shape is the group's
   */
  public static void expert(Expert expert, Expert first) {
    ShapeRules.whole("experts", "gate", expert.gate());
    ShapeRules.whole("experts", "up", expert.up());
    if (expert.down().slices() != first.down().slices()) {
      throw new IllegalArgumentException(
          "experts: a down weight has "
              + expert.down().slices()
              + " slices, the first expert's "
              + first.down().slices());
    }
    Weight gate = first.gate();
    boolean fits =
        ShapeRules.sized(expert.gate(), gate.rows(), gate.columns())
            && ShapeRules.sized(expert.up(), gate.rows(), gate.columns())
            && ShapeRules.sized(expert.down(), gate.columns(), gate.rows());
    if (!fits) {
      throw new IllegalArgumentException(
          "experts: gate "
              + ShapeRules.size(expert.gate())
              + ", up "
              + ShapeRules.size(expert.up())
              + " and down "
              + ShapeRules.size(expert.down())
              + " do not fit each other or the first expert's gate "
              + ShapeRules.size(gate));
    }
  }

  /**
   * See {@link ComputeBackend#experts(List, int)}.
   *
   * @param experts of one shape
   * @param slices runs of them
   */
  public static void expertSlices(List<Expert> experts, int slices) {
    int count = experts.size();
    if (slices < 1
        || Integer.bitCount(slices) != 1
        || count % slices != 0
        || slices > Math.max(count, 1)) {
      throw new IllegalArgumentException(
          "experts: "
              + count
              + " experts do not split into "
              + slices
              + " slices, which must be equal and as many as a power of two");
    }
    if (slices > 1 && experts.get(0).down().slices() > 1) {
      throw new IllegalArgumentException(
          "experts: down weights in "
              + experts.get(0).down().slices()
              + " slices cannot be grouped in "
              + slices
              + " slices of experts; slice either the width or the experts");
    }
  }

  /**
   * See {@link Stream#addExperts}.
   *
   * @param gate of an expert of the group
   * @param x input
   */
  public static void expertInput(Weight gate, Tensor x) {
    if (gate.columns() != x.columns()) {
      throw ShapeRules.misfit("addExperts", "the input's columns must be the experts'", gate, x);
    }
  }

  /**
   * See {@link Stream#countPicks}.
   *
   * @param filled tokens that the routing has picks of
   * @param layers that they are of
   * @param tokens of each
   */
  public static void countPicks(int filled, int layers, int tokens) {
    if (layers < 1 || tokens < 0 || (long) layers * tokens > filled) {
      throw new IllegalArgumentException(
          "countPicks: "
              + layers
              + " layers of "
              + tokens
              + " tokens, where "
              + filled
              + " have picks");
    }
  }
}
