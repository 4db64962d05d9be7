package io.longcat4j.compute;

import io.longcat4j.attention.Span;
import io.longcat4j.tensor.HostRows;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The shapes that {@link Stream} asks for, checked the same way by every backend. Each rule returns
 * or throws {@link IllegalArgumentException}. Thread-safe; allocates nothing unless it throws.
 */
public final class ShapeRules {
  private ShapeRules() {}

  /**
   * Sizes of a new tensor.
   *
   * @param rows at least 0
   * @param columns at least 1
   */
  public static void allocate(int rows, int columns) {
    if (rows < 0 || columns < 1) {
      throw new IllegalArgumentException(
          "a tensor needs at least 0 rows and 1 column, not " + rows + " x " + columns);
    }
  }

  /**
   * See {@link ComputeBackend#over}.
   *
   * @param memory where the numbers are
   * @param rows of the tensor
   * @param columns of the tensor
   */
  public static void over(ByteBuffer memory, int rows, int columns) {
    allocate(rows, columns);
    if (!memory.isDirect() || memory.isReadOnly()) {
      throw new IllegalArgumentException("a tensor over memory needs a direct, writable buffer");
    }
    if (memory.order() != ByteOrder.nativeOrder()) {
      throw new IllegalArgumentException(
          "a tensor over memory needs " + ByteOrder.nativeOrder() + ", not " + memory.order());
    }
    if (memory.alignmentOffset(memory.position(), Float.BYTES) != 0) {
      throw new IllegalArgumentException(
          "a tensor over memory needs a buffer that begins at a multiple of 4 bytes");
    }
    long bytes = (long) rows * columns * Float.BYTES;
    if (bytes > memory.remaining()) {
      throw new IllegalArgumentException(
          "a tensor of %d x %d numbers needs %d bytes, the buffer has %d"
              .formatted(rows, columns, bytes, memory.remaining()));
    }
  }

  /**
   * See {@link Stream#join}.
   *
   * @param partials at least one
   * @param into of their shape
   */
  public static void join(List<Tensor> partials, Tensor into) {
    if (partials.isEmpty()) {
      throw new IllegalArgumentException("join: there must be at least one partial");
    }
    for (int i = 0; i < partials.size(); i++) {
      same("join", partials.get(i), into);
    }
  }

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
   * An array of the host.
   *
   * @param operation for the message
   * @param values the array
   * @param offset index of the first element in use
   * @param tensor the tensor on the other side
   */
  public static void host(String operation, float[] values, int offset, Tensor tensor) {
    long length = (long) tensor.rows() * tensor.columns();
    if (offset < 0 || length > values.length - (long) offset) {
      throw new IllegalArgumentException(
          operation
              + ": "
              + size(tensor)
              + " needs "
              + length
              + " numbers from index "
              + offset
              + " on, the array has "
              + values.length);
    }
  }

  /**
   * Two tensors of one shape.
   *
   * @param operation for the message
   * @param a one
   * @param b the other
   */
  public static void same(String operation, Tensor a, Tensor b) {
    if (a.rows() != b.rows() || a.columns() != b.columns()) {
      throw misfit(operation, "both tensors must have one shape", a, b);
    }
  }

  /**
   * See {@link Stream#addEmbeddings}.
   *
   * @param table the rows to choose from
   * @param ids the choice, or negative
   * @param into receives
   */
  public static void addEmbeddings(Weight table, int[] ids, Tensor into) {
    perRow("addEmbeddings", "ids", ids.length, into);
    if (table.columns() != into.columns()) {
      throw misfit("addEmbeddings", "columns must be those of the table", table, into);
    }
    for (int id : ids) {
      if (id >= table.rows()) {
        throw new IllegalArgumentException(
            "addEmbeddings: id " + id + " is not below the table's " + table.rows() + " entries");
      }
    }
  }

  /**
   * Requires rows of F32.
   *
   * @param tensor any
   * @throws IllegalArgumentException if its rows are kept in fewer bits
   */
  public static void wholeNumbers(Tensor tensor) {
    if (tensor.format() != RowFormat.F32) {
      throw new IllegalArgumentException(
          "a cache of " + tensor.format() + " rows was given where numbers of F32 are needed");
    }
  }

  /**
   * See {@link Stream#copy}.
   *
   * @param from read
   * @param into written
   */
  public static void copy(Tensor from, Tensor into) {
    same("copy", from, into);
    if (from.format() != into.format()) {
      throw new IllegalArgumentException(
          "copy: rows of " + from.format() + " do not go into rows of " + into.format());
    }
  }

  /**
   * See {@link ComputeBackend#allocatePlan}.
   *
   * @param pagePositions a power of two
   * @param pages at least 0
   */
  public static void allocatePlan(int pagePositions, int pages) {
    boolean slots = (long) pagePositions * pages <= Integer.MAX_VALUE;
    if (Integer.bitCount(pagePositions) != 1 || pagePositions < 1 || pages < 0 || !slots) {
      throw new IllegalArgumentException(
          "a cache of "
              + pages
              + " pages of "
              + pagePositions
              + " positions; pages need a power of two");
    }
  }

  /**
   * See {@link Stream#write(HostRows, Tensor)}.
   *
   * @param rows read
   * @param into written
   */
  public static void write(HostRows rows, Tensor into) {
    if (rows.rows() != into.rows() || rows.columns() != into.columns()) {
      throw new IllegalArgumentException("write: " + rows + " does not go into " + size(into));
    }
  }

  /**
   * See {@link Stream#read(Tensor, Readout)}.
   *
   * @param from read
   * @param rows room of the block
   * @param columns room of the block
   */
  public static void read(Tensor from, int rows, int columns) {
    wholeNumbers(from);
    if (from.rows() > rows || from.columns() > columns) {
      throw new IllegalArgumentException(
          "read: " + size(from) + " does not fit a block of [" + rows + ", " + columns + "]");
    }
  }

  /**
   * See {@link Stream#scatter}.
   *
   * @param from the rows
   * @param planned rows of the plan
   * @param slots of the plan's cache
   * @param into receives
   */
  public static void scatter(Tensor from, int planned, long slots, Tensor into) {
    planned("scatter", planned, from);
    if (from.columns() != into.columns()) {
      throw misfit("scatter", "both tensors must have the same columns", from, into);
    }
    slots("scatter", slots, into);
  }

  /**
   * See {@link Stream#rmsNorm}.
   *
   * @param x input
   * @param gain factors
   * @param into receives
   */
  public static void rmsNorm(Tensor x, Weight gain, Tensor into) {
    same("rmsNorm", x, into);
    vector("rmsNorm", "gain", gain, x.columns());
  }

  /**
   * See {@link Stream#linear}.
   *
   * @param weight the map
   * @param bias addend, or null
   * @param x input
   * @param into receives
   */
  public static void linear(Weight weight, @Nullable Weight bias, Tensor x, Tensor into) {
    if (x.columns() != weight.columns()) {
      throw misfit("linear", "the input's columns must be the weight's", weight, x);
    }
    if (into.columns() != weight.rows()) {
      throw misfit("linear", "the output's columns must be the weight's rows", weight, into);
    }
    if (into.rows() != x.rows()) {
      throw misfit("linear", "input and output must have the same rows", x, into);
    }
    if (bias != null) {
      vector("linear", "bias", bias, weight.rows());
    }
  }

  /**
   * See {@link Stream#gatedLinear}.
   *
   * @param gate one map
   * @param up the other
   * @param x input
   * @param into receives
   */
  public static void gatedLinear(Weight gate, Weight up, Tensor x, Tensor into) {
    if (gate.rows() != up.rows() || gate.columns() != up.columns()) {
      throw misfit("gatedLinear", "gate and up must have one shape", gate, up);
    }
    whole("gatedLinear", "gate", gate);
    whole("gatedLinear", "up", up);
    linear(gate, null, x, into);
  }

  /**
   * See {@link Stream#rotate}.
   *
   * @param x rotated
   * @param groups heads
   * @param rotary frequencies
   * @param planned rows of the plan
   */
  public static void rotate(Tensor x, int groups, Rotary rotary, int planned) {
    planned("rotate", planned, x);
    if (groups < 1 || x.columns() % groups != 0 || x.columns() / groups < rotary.columns()) {
      throw new IllegalArgumentException(
          "rotate: the columns of "
              + size(x)
              + " must split into "
              + groups
              + " equal groups of at least "
              + rotary.columns());
    }
  }

  /**
   * See {@link Stream#latentAttention}.
   *
   * @param queries input
   * @param kvB expands a latent
   * @param layout how columns are cut
   * @param cache latents
   * @param planned rows of the plan
   * @param slots of the plan's cache
   * @param into receives
   */
  public static void latentAttention(
      Tensor queries,
      Weight kvB,
      HeadLayout layout,
      Tensor cache,
      int planned,
      long slots,
      Tensor into) {
    String operation = "latentAttention";
    if (layout.heads() < 1
        || layout.nope() < 0
        || layout.rope() < 0
        || layout.latent() < 1
        || layout.value() < 1) {
      throw new IllegalArgumentException(operation + ": " + layout);
    }
    columns(operation, "queries", queries, (long) layout.heads() * (layout.nope() + layout.rope()));
    columns(operation, "cache", cache, (long) layout.latent() + layout.rope());
    columns(operation, "output", into, (long) layout.heads() * layout.value());
    whole(operation, "kvB", kvB);
    if (kvB.rows() != (long) layout.heads() * (layout.nope() + layout.value())
        || kvB.columns() != layout.latent()) {
      throw new IllegalArgumentException(
          operation + ": kvB " + size(kvB) + " does not fit " + layout);
    }
    if (queries.rows() != into.rows()) {
      throw misfit(operation, "queries and output must have the same rows", queries, into);
    }
    planned(operation, planned, queries);
    slots(operation, slots, cache);
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
      throw misfit("route", "the input's columns must be the classifier's", classifier, x);
    }
    if (bias != null) {
      vector("route", "bias", bias, classifier.rows());
    }
    if (correction != null) {
      vector("route", "correction", correction, classifier.rows());
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
    same(operation, x, into);
    if (x.rows() != routed) {
      throw new IllegalArgumentException(
          operation + ": the routing holds picks of " + routed + " rows, the input is " + size(x));
    }
  }

  /**
   * An expert of a group.
   *
   * @param expert its weights
   * @param first the group's first expert, whose shape is the group's
   */
  public static void expert(Expert expert, Expert first) {
    whole("experts", "gate", expert.gate());
    whole("experts", "up", expert.up());
    if (expert.down().slices() != first.down().slices()) {
      throw new IllegalArgumentException(
          "experts: a down weight has "
              + expert.down().slices()
              + " slices, the first expert's "
              + first.down().slices());
    }
    Weight gate = first.gate();
    boolean fits =
        sized(expert.gate(), gate.rows(), gate.columns())
            && sized(expert.up(), gate.rows(), gate.columns())
            && sized(expert.down(), gate.columns(), gate.rows());
    if (!fits) {
      throw new IllegalArgumentException(
          "experts: gate "
              + size(expert.gate())
              + ", up "
              + size(expert.up())
              + " and down "
              + size(expert.down())
              + " do not fit each other or the first expert's gate "
              + size(gate));
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
      throw misfit("addExperts", "the input's columns must be the experts'", gate, x);
    }
  }

  /**
   * See {@link Stream#plan}: all but the numbers of the pages in use, which {@link #pages} checks.
   *
   * @param spans in order
   * @param pagePositions of a page
   * @return how many rows they have
   */
  public static int plan(List<Span> spans, int pagePositions) {
    long rows = 0;
    for (int i = 0; i < spans.size(); i++) {
      Span span = spans.get(i);
      long end = (long) span.firstPosition() + span.rows();
      if (span.firstRow() != rows
          || span.rows() < 1
          || span.firstPosition() < 0
          || end > (long) span.pages().size() * pagePositions) {
        throw new IllegalArgumentException(
            "plan: a span of "
                + span.rows()
                + " rows from row "
                + span.firstRow()
                + " and position "
                + span.firstPosition()
                + " on does not follow "
                + rows
                + " rows or does not fit "
                + span.pages().size()
                + " pages");
      }
      rows += span.rows();
    }
    return Math.toIntExact(rows);
  }

  /**
   * Names the page that does not lie in the cache.
   *
   * @param span a span whose pages in use must
   * @param pagePositions of a page
   * @param pages of the cache
   */
  public static void pages(Span span, int pagePositions, int pages) {
    for (int i = 0; i <= span.lastPosition() / pagePositions; i++) {
      int page = span.pages().page(i);
      if (page < 0 || page >= pages) {
        throw new IllegalArgumentException(
            "plan: page "
                + page
                + " of position "
                + i * pagePositions
                + " lies outside the cache of "
                + pages
                + " pages");
      }
    }
  }

  private static void planned(String operation, int planned, Tensor tensor) {
    if (planned != tensor.rows()) {
      throw new IllegalArgumentException(
          operation + ": a plan of " + planned + " rows for the rows of " + size(tensor));
    }
  }

  private static void slots(String operation, long slots, Tensor cache) {
    if (cache.rows() < slots) {
      throw new IllegalArgumentException(
          operation + ": a plan for " + slots + " slots over the cache " + size(cache));
    }
  }

  private static void perRow(String operation, String what, int count, Tensor tensor) {
    if (count != tensor.rows()) {
      throw new IllegalArgumentException(
          operation + ": " + count + " " + what + " for the rows of " + size(tensor));
    }
  }

  private static void columns(String operation, String what, Tensor tensor, long expected) {
    if (tensor.columns() != expected) {
      throw new IllegalArgumentException(
          operation + ": " + what + " " + size(tensor) + " must have " + expected + " columns");
    }
  }

  private static void vector(String operation, String what, Weight vector, int length) {
    if (!sized(vector, 1, length)) {
      throw new IllegalArgumentException(
          operation + ": " + what + " " + size(vector) + " must be a vector of " + length);
    }
  }

  /** Only some products have an order for slices. */
  private static void whole(String operation, String what, Weight weight) {
    if (weight.slices() != 1) {
      throw new IllegalArgumentException(
          operation
              + ": "
              + what
              + " "
              + size(weight)
              + " was taken in with "
              + weight.slices()
              + " slices, where columns are summed as one; load it without slices");
    }
  }

  private static boolean sized(Weight weight, int rows, int columns) {
    return weight.rows() == rows && weight.columns() == columns;
  }

  private static IllegalArgumentException misfit(
      String operation, String rule, Tensor a, Tensor b) {
    return new IllegalArgumentException(
        operation + ": " + rule + ", not " + size(a) + " and " + size(b));
  }

  private static IllegalArgumentException misfit(
      String operation, String rule, Weight a, Tensor b) {
    return new IllegalArgumentException(
        operation + ": " + rule + ", not " + size(a) + " and " + size(b));
  }

  private static IllegalArgumentException misfit(
      String operation, String rule, Weight a, Weight b) {
    return new IllegalArgumentException(
        operation + ": " + rule + ", not " + size(a) + " and " + size(b));
  }

  private static String size(Tensor tensor) {
    return "[" + tensor.rows() + ", " + tensor.columns() + "]";
  }

  private static String size(Weight weight) {
    return "[" + weight.rows() + ", " + weight.columns() + "]";
  }
}
