package io.longcat4j.compute;

import io.longcat4j.attention.Choice;
import io.longcat4j.attention.Span;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the operations of {@link Stream} on the rows of a pass ask of shapes, the same for all
 * backends.
 */
public final class PlanRules {
  private PlanRules() {}

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
      throw ShapeRules.misfit("scatter", "both tensors must have the same columns", from, into);
    }
    slots("scatter", slots, into);
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
              + ShapeRules.size(x)
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
    ShapeRules.columns(operation, "output", into, (long) layout.heads() * layout.value());
    attention(operation, queries, kvB, layout, cache, planned, slots, into);
  }

  /**
   * See {@link Stream#measureAttention}.
   *
   * @param queries input
   * @param kvB expands a latent
   * @param layout how columns are cut
   * @param cache latents
   * @param planned rows of the plan
   * @param slots of the plan's cache
   * @param into receives
   */
  public static void measureAttention(
      Tensor queries,
      Weight kvB,
      HeadLayout layout,
      Tensor cache,
      int planned,
      long slots,
      Tensor into) {
    String operation = "measureAttention";
    ShapeRules.columns(operation, "output", into, 3L * layout.heads());
    attention(operation, queries, kvB, layout, cache, planned, slots, into);
  }

  private static void attention(
      String operation,
      Tensor queries,
      Weight kvB,
      HeadLayout layout,
      Tensor cache,
      int planned,
      long slots,
      Tensor into) {
    if (layout.heads() < 1
        || layout.nope() < 0
        || layout.rope() < 0
        || layout.latent() < 1
        || layout.value() < 1) {
      throw new IllegalArgumentException(operation + ": " + layout);
    }
    ShapeRules.columns(
        operation, "queries", queries, (long) layout.heads() * (layout.nope() + layout.rope()));
    ShapeRules.columns(operation, "cache", cache, (long) layout.latent() + layout.rope());
    ShapeRules.whole(operation, "kvB", kvB);
    if (kvB.rows() != (long) layout.heads() * (layout.nope() + layout.value())
        || kvB.columns() != layout.latent()) {
      throw new IllegalArgumentException(
          operation + ": kvB " + ShapeRules.size(kvB) + " does not fit " + layout);
    }
    if (queries.rows() != into.rows()) {
      throw ShapeRules.misfit(
          operation, "queries and output must have the same rows", queries, into);
    }
    planned(operation, planned, queries);
    slots(operation, slots, cache);
  }

  /**
   * What rows of a plan need a {@link KeyIndex} for.
   *
   * @param spans of the plan
   * @return {@link Choice#SCORES} if none does
   * @throws IllegalArgumentException if they need different ones
   */
  public static Choice choice(List<Span> spans) {
    Choice found = Choice.SCORES;
    for (int i = 0; i < spans.size(); i++) {
      Choice choice = spans.get(i).policy().choice();
      if (choice.isApproximate()) {
        if (found.isApproximate() && found != choice) {
          throw new IllegalArgumentException(
              "plan: rows of one pass choose positions by " + found + " and by " + choice);
        }
        found = choice;
      }
    }
    return found;
  }

  /**
   * The index that a plan's rows need.
   *
   * @param choice as {@link #choice} tells
   * @param index what there is, or null
   * @param layout how columns are cut
   * @param pagePositions of the plan's cache
   * @param pages of the plan's cache
   */
  public static void indexed(
      Choice choice, @Nullable KeyIndex index, HeadLayout layout, int pagePositions, int pages) {
    if (!choice.isApproximate()) {
      return;
    }
    if (index == null || index.shape().choice() != choice) {
      throw new IllegalArgumentException(
          "latentAttention: "
              + choice
              + " needs an index of the cache, but there is "
              + (index == null ? "none" : "one for " + index.shape().choice()));
    }
    IndexShape shape = index.shape();
    boolean fits = shape.pagePositions() == pagePositions && shape.pages() >= pages;
    if (!fits || shape.latent() != layout.latent() || shape.rope() != layout.rope()) {
      throw new IllegalArgumentException("latentAttention: " + shape + " does not fit " + layout);
    }
  }

  /**
   * See {@link Stream#index}.
   *
   * @param cache of the rows
   * @param pagePositions of the plan's cache
   * @param pages of the plan's cache
   * @param into receives
   */
  public static void index(Tensor cache, int pagePositions, int pages, KeyIndex into) {
    IndexShape shape = into.shape();
    ShapeRules.columns("index", "cache", cache, (long) shape.latent() + shape.rope());
    if (shape.pagePositions() != pagePositions || shape.pages() < pages) {
      throw new IllegalArgumentException(
          "index: a plan for " + pages + " pages of " + pagePositions + " positions over " + shape);
    }
    slots("index", (long) pagePositions * pages, cache);
  }

  /**
   * See {@link Stream#copyIndex}.
   *
   * @param index of a cache
   * @param from a page
   * @param to a page
   */
  public static void copyIndex(KeyIndex index, int from, int to) {
    int pages = index.shape().pages();
    if (from < 0 || from >= pages || to < 0 || to >= pages) {
      throw new IllegalArgumentException(
          "copyIndex: page " + from + " to page " + to + " of " + pages);
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
          operation
              + ": a plan of "
              + planned
              + " rows for the rows of "
              + ShapeRules.size(tensor));
    }
  }

  private static void slots(String operation, long slots, Tensor cache) {
    if (cache.rows() < slots) {
      throw new IllegalArgumentException(
          operation + ": a plan for " + slots + " slots over the cache " + ShapeRules.size(cache));
    }
  }
}
