package io.longcat4j.compute;

import io.longcat4j.attention.Span;
import io.longcat4j.tensor.HostRows;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Operations in order. Each may return before it is done; {@link #read} and {@link #synchronise}
 * wait. Sums are in F32 or better. Unless said otherwise outputs must not overlap inputs, all
 * tensors have the rows of the batch, and a row's result does not depend on the other rows.
 *
 * <p>Shapes are checked: a misfit throws {@link IllegalArgumentException}. A failure of the device
 * throws {@link io.longcat4j.BackendException}. Used by one thread at a time.
 */
public interface Stream {
  /** Where another rank adds the zero experts. */
  int NO_ZERO_EXPERTS = Integer.MAX_VALUE;

  /**
   * Copies numbers from the host.
   *
   * @param values {@code rows * columns} numbers from {@code offset} on, row by row
   * @param offset index of the first
   * @param into receives them
   */
  void write(float[] values, int offset, Tensor into);

  /**
   * Copies numbers to the host, after everything queued before.
   *
   * @param from the numbers
   * @param values receives {@code rows * columns} numbers from {@code offset} on
   * @param offset index of the first
   */
  void read(Tensor from, float[] values, int offset);

  /**
   * Copies rows from outside the Java heap.
   *
   * @param rows the numbers
   * @param into receives them; of the same shape
   */
  void write(HostRows rows, Tensor into);

  /**
   * Copies a matrix to where the host sees it, after everything queued before.
   *
   * @param from the numbers, not to be written before the rows have been asked for
   * @param into receives them; made for as many rows and columns at least
   */
  void read(Tensor from, Readout into);

  /**
   * Fills a plan with the rows of a pass, which are checked here and nowhere else.
   *
   * @param spans the first one's first row is 0, each other's the one after the span before; their
   *     pages lie in the cache that the plan was made for
   * @param into receives them, in place of what it held
   */
  void plan(List<Span> spans, RowPlan into);

  /**
   * Sets every element to zero.
   *
   * @param into the tensor
   */
  void zero(Tensor into);

  /**
   * {@code into = from}.
   *
   * @param from the source
   * @param into of the same shape
   */
  void copy(Tensor from, Tensor into);

  /**
   * {@code into += from}.
   *
   * @param from the addend
   * @param into of the same shape
   */
  void add(Tensor from, Tensor into);

  /**
   * {@code into} = the sum of the partials by a binary tree: {@code n} partials are the sum of the
   * first {@code m} plus the sum of the others, each made like this, where {@code m} is the largest
   * power of two below {@code n}; four are {@code (p0 + p1) + (p2 + p3)}. So a tree over parts of
   * equal size goes on where each part was summed by a tree. One partial is copied.
   *
   * @param partials at least one, all of the shape of {@code into}
   * @param into receives the sum
   */
  void join(List<Tensor> partials, Tensor into);

  /**
   * {@code into[i] += table[ids[i]]} for every id that is not negative.
   *
   * @param table {@code [entries, columns]}
   * @param ids one for each row, below {@code entries}
   * @param into {@code [ids.length, columns]}
   */
  void addEmbeddings(Weight table, int[] ids, Tensor into);

  /**
   * {@code into[i] += vector} for every row.
   *
   * @param vector of as many numbers as there are columns
   * @param into receives them
   */
  default void addVector(Weight vector, Tensor into) {
    ShapeRules.addVector(vector, into);
    addEmbeddings(vector, new int[into.rows()], into);
  }

  /**
   * Puts each row into the slot of its position.
   *
   * @param from the rows
   * @param plan of as many rows
   * @param cache of the pages that the plan was made for
   */
  void scatter(Tensor from, RowPlan plan, Tensor cache);

  /**
   * {@code into = x / sqrt(mean(x^2) + epsilon) * gain * scale}, row by row; {@code into} may be
   * {@code x}.
   *
   * @param x {@code [rows, n]}
   * @param gain vector of {@code n}
   * @param epsilon added under the root
   * @param scale further factor
   * @param into {@code [rows, n]}
   */
  void rmsNorm(Tensor x, Weight gain, float epsilon, float scale, Tensor into);

  /**
   * {@code x += first}, {@code x += second}, and then {@link #rmsNorm}.
   *
   * @param first the first addend
   * @param second the other addend, or null
   * @param x {@code [rows, n]}
   * @param gain vector of {@code n}
   * @param epsilon added under the root
   * @param scale further factor
   * @param into {@code [rows, n]}; may be {@code x}, which then holds the result alone
   */
  default void addNorm(
      Tensor first,
      @Nullable Tensor second,
      Tensor x,
      Weight gain,
      float epsilon,
      float scale,
      Tensor into) {
    add(first, x);
    if (second != null) {
      add(second, x);
    }
    rmsNorm(x, gain, epsilon, scale, into);
  }

  /**
   * {@code into = x weight^T + bias}.
   *
   * @param weight {@code [m, n]}
   * @param bias vector of {@code m}, or null
   * @param x {@code [rows, n]}
   * @param into {@code [rows, m]}
   */
  void linear(Weight weight, @Nullable Weight bias, Tensor x, Tensor into);

  /**
   * Two {@link #linear} maps of the same input.
   *
   * @param first {@code [m, n]}
   * @param firstBias vector of {@code m}, or null
   * @param firstInto {@code [rows, m]}
   * @param second {@code [k, n]}
   * @param secondBias vector of {@code k}, or null
   * @param secondInto {@code [rows, k]}
   * @param x {@code [rows, n]}
   */
  default void linearPair(
      Weight first,
      @Nullable Weight firstBias,
      Tensor firstInto,
      Weight second,
      @Nullable Weight secondBias,
      Tensor secondInto,
      Tensor x) {
    linear(first, firstBias, x, firstInto);
    linear(second, secondBias, x, secondInto);
  }

  /**
   * {@link #linear} of what {@link #rmsNorm} makes of {@code x}, which holds nothing of use
   * afterwards.
   *
   * @param x {@code [rows, n]}
   * @param gain vector of {@code n}
   * @param epsilon added under the root
   * @param scale further factor
   * @param weight {@code [m, n]}
   * @param into {@code [rows, m]}
   */
  default void normLinear(
      Tensor x, Weight gain, float epsilon, float scale, Weight weight, Tensor into) {
    rmsNorm(x, gain, epsilon, scale, x);
    linear(weight, null, x, into);
  }

  /**
   * {@code into = silu(x gate^T) * (x up^T)}.
   *
   * @param gate {@code [m, n]}
   * @param up {@code [m, n]}
   * @param x {@code [rows, n]}
   * @param into {@code [rows, m]}
   */
  void gatedLinear(Weight gate, Weight up, Tensor x, Tensor into);

  /**
   * Rotates the last {@link Rotary#columns()} columns of each of {@code groups} equal column
   * groups, in place: pair {@code (2i, 2i + 1)} turns by {@code position * inverseFrequencies[i]};
   * the first members of all pairs are written before the second ones.
   *
   * @param x {@code [rows, groups * width]}
   * @param groups heads
   * @param rotary frequencies
   * @param plan of as many rows
   */
  void rotate(Tensor x, int groups, Rotary rotary, RowPlan plan);

  /**
   * Readies rows for {@link #latentAttention}: {@link #rotate}s the queries, {@link #rmsNorm}s the
   * latents in place, rotates the keys, and {@link #scatter}s latents and keys into the cache.
   *
   * @param queries {@code [rows, heads * width]}
   * @param heads of the queries
   * @param rows of the cache; changed
   * @param gain vector of as many numbers as the latents have columns
   * @param epsilon added under the root
   * @param scale further factor
   * @param rotary frequencies
   * @param plan of as many rows
   * @param cache receives the rows
   */
  default void place(
      Tensor queries,
      int heads,
      LatentRows rows,
      Weight gain,
      float epsilon,
      float scale,
      Rotary rotary,
      RowPlan plan,
      Tensor cache) {
    rotate(queries, heads, rotary, plan);
    rmsNorm(rows.latents(), gain, epsilon, scale, rows.latents());
    rotate(rows.keys(), 1, rotary, plan);
    scatter(rows.all(), plan, cache);
  }

  /**
   * Latent attention over the cache, causal. For a query row {@code q} at position {@code p}, head
   * {@code h} and cached rows {@code [c | k]} at positions {@code 0..p}: {@code score = scale *
   * (q_nope . (K_h c) + q_rope . k)}, softmax, {@code out_h = sum(weight * V_h c)}, where the rows
   * of {@code kvB} are, head after head, {@code K_h [nope, latent]} then {@code V_h [value,
   * latent]}.
   *
   * @param queries {@code [rows, heads * (nope + rope)]}
   * @param kvB {@code [heads * (nope + value), latent]}
   * @param layout how columns are cut
   * @param cache {@code [slots, latent + rope]}, the batch's own rows already written
   * @param plan of as many rows; where its policy keeps fewer positions than there are, each head
   *     of a row keeps those with the highest scores, of equal ones the lower positions
   * @param into {@code [rows, heads * value]}
   */
  void latentAttention(
      Tensor queries, Weight kvB, HeadLayout layout, Tensor cache, RowPlan plan, Tensor into);

  /**
   * {@link #place} and then {@link #latentAttention}; queries and rows hold nothing of use
   * afterwards.
   *
   * @param queries {@code [rows, heads * (nope + rope)]}
   * @param layout how columns are cut
   * @param rows of the cache
   * @param gain vector of as many numbers as the latents have columns
   * @param epsilon added under the root
   * @param scale further factor
   * @param rotary frequencies
   * @param plan of as many rows
   * @param cache receives the rows
   * @param kvB {@code [heads * (nope + value), latent]}
   * @param into {@code [rows, heads * value]}
   */
  default void placeAndAttend(
      Tensor queries,
      HeadLayout layout,
      LatentRows rows,
      Weight gain,
      float epsilon,
      float scale,
      Rotary rotary,
      RowPlan plan,
      Tensor cache,
      Weight kvB,
      Tensor into) {
    place(queries, layout.heads(), rows, gain, epsilon, scale, rotary, plan, cache);
    latentAttention(queries, kvB, layout, cache, plan, into);
  }

  /**
   * {@link #latentAttention} with what approximate choices need. Where a row's policy has {@link
   * io.longcat4j.attention.Choice#isApproximate() an approximate choice}, candidates are found by
   * integers, as {@code compute.reference} has it, number for number; among these the positions
   * with the highest scores are kept.
   *
   * @param queries {@code [rows, heads * (nope + rope)]}
   * @param kvB {@code [heads * (nope + value), latent]}
   * @param layout how columns are cut
   * @param cache {@code [slots, latent + rope]}, the batch's own rows already written
   * @param index of the cache, the batch's own rows already written; null where no row needs one
   * @param plan of as many rows
   * @param into {@code [rows, heads * value]}
   */
  default void latentAttention(
      Tensor queries,
      Weight kvB,
      HeadLayout layout,
      Tensor cache,
      @Nullable KeyIndex index,
      RowPlan plan,
      Tensor into) {
    if (index != null) {
      throw new UnsupportedOperationException("this backend has no index of keys");
    }
    latentAttention(queries, kvB, layout, cache, plan, into);
  }

  /**
   * Writes the index of the rows of a plan, once they are in the cache. Of pages it has those whose
   * last position is among the rows.
   *
   * @param cache of the pages that the plan was made for
   * @param plan of the rows
   * @param into of the same cache
   */
  default void index(Tensor cache, RowPlan plan, KeyIndex into) {
    throw new UnsupportedOperationException("this backend has no index of keys");
  }

  /**
   * Copies the index of a page.
   *
   * @param index of a cache
   * @param from a page of it
   * @param to another one
   */
  default void copyIndex(KeyIndex index, int from, int to) {
    throw new UnsupportedOperationException("this backend has no index of keys");
  }

  /**
   * Tells of each head of a row that keeps fewer positions than it sees: how many of these are
   * among those with the highest scores, exactly chosen, as a share of all that are kept; how much
   * of the softmax over all positions they have; and the entropy of that softmax, in nats. Rows
   * that keep everything get -1.
   *
   * @param queries as for {@link #latentAttention}
   * @param kvB as there
   * @param layout as there
   * @param cache as there
   * @param index as there
   * @param plan as there
   * @param into {@code [rows, 3 * heads]}: three numbers a head
   */
  default void measureAttention(
      Tensor queries,
      Weight kvB,
      HeadLayout layout,
      Tensor cache,
      @Nullable KeyIndex index,
      RowPlan plan,
      Tensor into) {
    throw new UnsupportedOperationException("this backend does not measure attention");
  }

  /**
   * Picks experts: {@code scores = softmax(x classifier^T + bias)} over real and zero experts in
   * F32; picks the {@code topK} largest of {@code scores + correction}, the lower id first where
   * they are equal; a picked weight is its score (not corrected), normalised if the rule says so,
   * times the factor.
   *
   * @param x {@code [rows, n]}
   * @param classifier {@code [experts, n]}
   * @param bias vector of {@code experts}, or null
   * @param correction vector of {@code experts}, or null
   * @param rule how scores become picks
   * @param into receives the picks of all rows
   */
  void route(
      Tensor x,
      Weight classifier,
      @Nullable Weight bias,
      @Nullable Weight correction,
      RouterRule rule,
      Routing into);

  /**
   * {@code into += sum(weight * expert(x))} over the picks whose id lies in {@code [firstId,
   * firstId + experts.size())}; other picks cost nothing.
   *
   * @param routing picks of all rows
   * @param experts the weights this rank holds
   * @param firstId id of the first of them
   * @param x {@code [rows, hidden]}
   * @param into {@code [rows, hidden]}
   */
  void addExperts(Routing routing, ExpertGroup experts, int firstId, Tensor x, Tensor into);

  /**
   * {@code into += w * x}, where {@code w} is the sum of the weights of the picks whose id is at
   * least {@code firstZeroId}. Called once for each token, by one rank alone.
   *
   * @param routing picks of all rows
   * @param firstZeroId the number of real experts
   * @param x {@code [rows, hidden]}
   * @param into {@code [rows, hidden]}
   */
  void addZeroExperts(Routing routing, int firstZeroId, Tensor x, Tensor into);

  /**
   * Where the largest number of each row is: its column, of equal ones the first, or {@code -1 -
   * column} of the first that is not a number.
   *
   * @param numbers {@code [rows, columns]}, not to be written before the host has what it wants
   * @param into receives one integer a row
   */
  default void largest(Tensor numbers, Integers into) {
    HostIntegers.of(into).largest(this, numbers);
  }

  /**
   * How many real experts each token's picks hold in all layers together, in the layer of the
   * fewest, and in that of the most.
   *
   * @param routing of all layers, one behind the other, each of so many tokens
   * @param layers at least 1
   * @param tokens of each
   * @param realExperts ids from here on are zero experts
   * @param into receives three integers a token
   */
  default void countPicks(Routing routing, int layers, int tokens, int realExperts, Integers into) {
    HostIntegers.of(into).countPicks(routing, layers, tokens, realExperts);
  }

  /**
   * A place for operations that will be queued here again and again.
   *
   * @return one that is owned by the caller, to be closed; of a backend that gains nothing by
   *     keeping them, one that queues them every time
   */
  default Repeated repeated() {
    return new Repeated.OneByOne();
  }

  /**
   * {@code into} = what {@link #addZeroExperts} and then {@link #addExperts} make of zeros.
   *
   * @param routing picks of all rows
   * @param experts the weights this rank holds
   * @param firstId id of the first of them
   * @param firstZeroId the number of real experts, or {@link #NO_ZERO_EXPERTS}
   * @param x {@code [rows, hidden]}
   * @param into {@code [rows, hidden]}
   */
  default void mixExperts(
      Routing routing, ExpertGroup experts, int firstId, int firstZeroId, Tensor x, Tensor into) {
    zero(into);
    if (firstZeroId != NO_ZERO_EXPERTS) {
      addZeroExperts(routing, firstZeroId, x, into);
    }
    addExperts(routing, experts, firstId, x, into);
  }

  /**
   * {@link #route} and then {@link #mixExperts}.
   *
   * @param x {@code [rows, hidden]}
   * @param classifier {@code [experts, hidden]}
   * @param bias vector of {@code experts}, or null
   * @param correction vector of {@code experts}, or null
   * @param rule how scores become picks
   * @param routing receives the picks of all rows
   * @param experts the weights this rank holds
   * @param firstId id of the first of them
   * @param firstZeroId the number of real experts, or {@link #NO_ZERO_EXPERTS}
   * @param into {@code [rows, hidden]}
   */
  default void routeAndMix(
      Tensor x,
      Weight classifier,
      @Nullable Weight bias,
      @Nullable Weight correction,
      RouterRule rule,
      Routing routing,
      ExpertGroup experts,
      int firstId,
      int firstZeroId,
      Tensor into) {
    route(x, classifier, bias, correction, rule, routing);
    mixExperts(routing, experts, firstId, firstZeroId, x, into);
  }

  /**
   * Operations queued here from now on start after those queued on another stream so far.
   *
   * @param other a stream of the same backend
   */
  void await(Stream other);

  /** Waits for everything queued. */
  void synchronise();
}
