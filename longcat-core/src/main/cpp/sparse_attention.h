// Rows whose heads keep few of the positions that they see.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "attention.h"
#include "coarse_scores.h"
#include "key_index.h"
#include "selection.h"

namespace longcat {

// Rows of one sequence and heads that go over the cache together.
struct Group {
  int64_t first;  // row of the batch
  int rows;
  int heads;  // at a time
};

struct SparseAttention {
  const Attention& attention;
  const KeyIndex& index;
  // Of all rows.
  int64_t longest = 0;     // positions that a row sees which scores all of them
  int64_t units = 0;       // that a row scores approximately
  int64_t candidates = 0;  // that a row scores exactly
  int64_t listed = 0;      // positions that all heads of a row keep
  int64_t measured = 0;    // positions of a row that is measured

  SparseAttention(const Attention& attention_in, const KeyIndex& index_in, bool measures)
      : attention(attention_in), index(index_in) {
    const RowPlan& plan = attention.plan;
    for (int64_t r = 0; r < plan.row_count; r++) {
      const PlannedRow& row = plan.rows()[r];
      if (!row.sparse()) continue;
      if (row.scores_all()) longest = std::max(longest, row.length());
      if (measures) measured = std::max(measured, row.length());
      if (row.approximate()) {
        units = std::max(units, CoarseScores::units(index, plan, row.length()));
        candidates = std::max(candidates, Candidates::most(plan, row));
      }
      // Those of exact choices in common are all positions.
      if (row.shared && !row.approximate()) candidates = std::max(candidates, row.length());
      if (row.shared || row.choice == LONGCAT_CHOOSE_WINDOW) listed = std::max(listed, row.kept);
    }
  }

  bool has_candidates() const { return candidates > 0; }

  // Memory that all threads use, for a row at a time.
  int64_t shared_bytes() const {
    int64_t bytes = Scratch::bytes<int32_t>(listed);
    if (has_candidates()) {
      int64_t lanes = head_lanes(attention.kernels(), layout().heads);
      bytes += CoarseScores::bytes(index, layout().heads, units) +
               Candidates::bytes(candidates, units) + Selection::bytes(candidates) +
               Scratch::bytes<float>(candidates * (lanes + kHeadBlock)) +
               2 * Scratch::bytes<float>(candidates + layout().heads);
    }
    return bytes;
  }

  // Memory of a thread.
  int64_t thread_bytes() const {
    int64_t decoded = Scratch::bytes<float>(kChunkPositions * layout().cached());
    int64_t scoring = kQueries * Scratch::bytes<float>(longest) + Selection::bytes(longest) +
                      Scratch::bytes<int32_t>(longest);
    int64_t head = head_bytes();
    int64_t measure = head + Scratch::bytes<float>(measured) + Selection::bytes(measured) +
                      Scratch::bytes<int32_t>(measured);
    int64_t coarse = has_candidates() ? CoarseScores::thread_bytes(index) : 0;
    return std::max({decoded + scoring, decoded + head, decoded + measure, coarse});
  }

  // What a head needs to choose by itself.
  int64_t head_bytes() const {
    if (!has_candidates()) return 0;
    return Candidates::bytes(candidates, units) + Scratch::bytes<float>(candidates) +
           Selection::bytes(candidates) + Scratch::bytes<int32_t>(candidates);
  }

  const Layout& layout() const { return attention.layout; }
  const RowPlan& plan() const { return attention.plan; }
  const PlannedRow& planned(int64_t row) const { return plan().rows()[row]; }

  // The rows from one on whose heads score every position.
  void attend_groups(int64_t first, const Group* groups, int64_t count) const {
    attention.context.share(count * layout().heads, [&](int64_t item, int thread) {
      const Group& group = groups[item / layout().heads];
      int64_t head = item % layout().heads * group.heads;
      if (head >= layout().heads) return;
      Group part = group;
      part.heads = static_cast<int>(std::min<int64_t>(group.heads, layout().heads - head));
      attend_group(first, part, head, attention.scratch(thread));
    });
  }

  // A query is a row and a head of the group; all of them see the cache rows while they are near.
  void attend_group(int64_t first, const Group& group, int64_t head, Scratch& scratch) const {
    const float* query[kQueries];
    float* scores[kQueries];
    int count = group.rows * group.heads;
    for (int q = 0; q < count; q++) {
      query[q] = attention.absorbed_row(group.first - first + q / group.heads,
                                        head + q % group.heads);
      scores[q] = scratch.take<float>(longest);
    }
    PageTable table = plan().table(group.first);
    int64_t length = planned(group.first + group.rows - 1).length();
    float* decoded = scratch.take<float>(kChunkPositions * layout().cached());
    attention.score(query, count, {table, nullptr, length}, scores, decoded);
    Selection selection(longest, scratch);
    int32_t* chosen = scratch.take<int32_t>(longest);
    for (int q = 0; q < count; q++) {
      int64_t at = group.first + q / group.heads;
      const PlannedRow& row = planned(at);
      int64_t kept =
          selection.choose(scores[q], row.length(), row.kept, row.always(), chosen);
      for (int64_t i = 0; i < kept; i++) scores[q][i] = scores[q][chosen[i]];
      float* out = attention.mixed_row(at - first, head + q % group.heads);
      mix({table, chosen, kept}, scores[q], out, decoded);
    }
  }

  // The scores become weights.
  void mix(const SeenPositions& seen, float* scores, float* out, float* decoded) const {
    attention.kernels().softmax(scores, seen.count);
    std::fill(out, out + layout().latent, 0.0f);
    int32_t slots[kChunkPositions];
    for (int64_t first = 0; first < seen.count; first += kChunkPositions) {
      int64_t part = std::min(kChunkPositions, seen.count - first);
      for (int64_t i = 0; i < part; i++) slots[i] = static_cast<int32_t>(seen.slot(first + i));
      attention.mix(slots, part, scores + first, out, decoded);
    }
  }

  // A row that does not score every position.
  void attend_row(int64_t first, int64_t row) const {
    Scratch& memory = attention.context.choices;
    memory.reset();
    int32_t* list = memory.take<int32_t>(listed);
    const PlannedRow& planned_row = planned(row);
    if (planned_row.choice == LONGCAT_CHOOSE_WINDOW) {
      SeenRow seen{row, {plan().table(row), list, put_window(planned_row, list)}};
      attention.attend_densely(first, &seen, 1);
      return;
    }
    if (planned_row.shared) {
      SeenRow seen{row, {plan().table(row), list, choose_shared(first, row, memory, list)}};
      attention.attend_densely(first, &seen, 1);
      return;
    }
    CoarseScores coarse = scored(first, row, memory);
    attention.context.share(layout().heads, [&](int64_t head, int thread) {
      Scratch& scratch = attention.scratch(thread);
      float* decoded = scratch.take<float>(kChunkPositions * layout().cached());
      Kept kept = choose(first, row, head, coarse, decoded, scratch);
      mix({plan().table(row), kept.positions, kept.count}, kept.scores,
          attention.mixed_row(row - first, head), decoded);
    });
  }

  CoarseScores scored(int64_t first, int64_t row, Scratch& memory) const {
    int64_t count = CoarseScores::units(index, plan(), planned(row).length());
    CoarseScores coarse(attention.context, index, plan(), layout().heads, count, memory);
    coarse.compute(attention.absorbed_row(row - first, 0), layout().cached(), plan().table(row));
    return coarse;
  }

  static int64_t put_window(const PlannedRow& row, int32_t* list) {
    for (int64_t i = 0; i < row.kept; i++) {
      int64_t position = i < row.sinks ? i : row.length() - row.kept + i;
      list[i] = static_cast<int32_t>(position);
    }
    return row.kept;
  }

  // Positions that a head keeps, and their scores.
  struct Kept {
    int32_t* positions;
    float* scores;
    int64_t count;
  };

  // Among the best by coarse scores the best by exact ones.
  Kept choose(int64_t first, int64_t row, int64_t head, const CoarseScores& coarse, float* decoded,
              Scratch& scratch) const {
    const PlannedRow& of = planned(row);
    Candidates found(candidates, units, scratch);
    int64_t count = found.choose(plan(), of, index.of_pages(), coarse.head(head),
                                 CoarseScores::units(index, plan(), of.length()));
    float* scores = scratch.take<float>(candidates);
    Selection selection(candidates, scratch);
    int32_t* chosen = scratch.take<int32_t>(candidates);
    const float* query = attention.absorbed_row(row - first, head);
    attention.score(&query, 1, {plan().table(row), found.positions(), count}, &scores, decoded);
    int64_t kept = choose_exactly(of, found.positions(), scores, count, selection, chosen);
    return {chosen, scores, kept};
  }

  // What is always kept are the first and the last candidates. Scores move along.
  static int64_t choose_exactly(const PlannedRow& row, const int32_t* positions, float* scores,
                                int64_t count, Selection& selection, int32_t* chosen) {
    Always always{row.sinks, count - row.recent};
    int64_t kept = selection.choose(scores, count, row.kept, always, chosen);
    for (int64_t i = 0; i < kept; i++) {
      scores[i] = scores[chosen[i]];
      chosen[i] = positions[chosen[i]];
    }
    return kept;
  }

  // The same for all heads at once, by how little a position falls short of the best at any head.
  int64_t choose_shared(int64_t first, int64_t row, Scratch& memory, int32_t* list) const {
    const PlannedRow& of = planned(row);
    Candidates found(candidates, units, memory);
    int64_t count = of.approximate()
                        ? found.choose(plan(), of, index.of_pages(),
                                       scored(first, row, memory).shared_by_heads(),
                                       CoarseScores::units(index, plan(), of.length()))
                        : found.all(of.length());
    Selection selection(candidates, memory);
    float* weights = memory.take<float>(candidates + layout().heads);
    float* highest = memory.take<float>(candidates + layout().heads);
    int64_t lanes = head_lanes(attention.kernels(), layout().heads);
    float* scores = memory.take<float>(candidates * (lanes + kHeadBlock));
    SeenPositions seen{plan().table(row), found.positions(), count};
    score_all_heads(first, row, seen, scores, lanes);
    weigh(scores, lanes, count, highest, weights);
    return choose_exactly(of, found.positions(), weights, count, selection, list);
  }

  // scores[p * lanes + h]
  void score_all_heads(int64_t first, int64_t row, const SeenPositions& seen, float* scores,
                       int64_t lanes) const {
    int64_t blocks = (layout().heads + kHeadBlock - 1) / kHeadBlock;
    int64_t parts = (seen.count + kChunkPositions - 1) / kChunkPositions;
    int64_t work = seen.count * layout().heads * layout().cached();
    attention.context.run(parts * blocks, work, [&](int64_t item, int thread) {
      int64_t head = item % blocks * kHeadBlock;
      int64_t used = std::min(kHeadBlock, layout().heads - head);
      int64_t from = item / blocks * kChunkPositions;
      DenseHeads queries(attention.kernels(), attention.absorbed_row(row - first, head), used,
                         layout().cached(), layout().latent, layout().scale,
                         attention.scratch(thread));
      const float* near = queries.chunk(attention.cache, seen, from);
      int64_t end = std::min(seen.count, from + kChunkPositions);
      for (int64_t p = from; p < end; p++) {
        const float* of = near + (p - from) * queries.lanes();
        std::copy(of, of + used, scores + p * lanes + head);
      }
    });
  }

  void weigh(const float* scores, int64_t lanes, int64_t count, float* highest,
             float* weights) const {
    int64_t heads = layout().heads;
    std::copy(scores, scores + heads, highest);
    for (int64_t p = 1; p < count; p++) {
      for (int64_t h = 0; h < heads; h++) {
        highest[h] = std::max(highest[h], scores[p * lanes + h]);
      }
    }
    for (int64_t p = 0; p < count; p++) {
      const float* of = scores + p * lanes;
      float most = of[0] - highest[0];
      for (int64_t h = 1; h < heads; h++) most = std::max(most, of[h] - highest[h]);
      weights[p] = most;
    }
  }

  // See longcat_attention.
  void measure_row(int64_t first, int64_t row, float* into) const {
    const PlannedRow& of = planned(row);
    if (!of.sparse()) {
      std::fill(into, into + 3 * layout().heads, -1.0f);
      return;
    }
    Scratch& memory = attention.context.choices;
    memory.reset();
    int32_t* list = memory.take<int32_t>(listed);
    int64_t count = of.kept;
    if (of.choice == LONGCAT_CHOOSE_WINDOW) put_window(of, list);
    if (of.shared) count = choose_shared(first, row, memory, list);
    if (of.shared || !of.approximate()) {
      attention.context.share(layout().heads, [&](int64_t head, int thread) {
        Scratch& scratch = attention.scratch(thread);
        float* decoded = scratch.take<float>(kChunkPositions * layout().cached());
        bool all = of.scores_all();
        measure(first, row, head, all ? nullptr : list, count, decoded, scratch, into + 3 * head);
      });
      return;
    }
    CoarseScores coarse = scored(first, row, memory);
    attention.context.share(layout().heads, [&](int64_t head, int thread) {
      Scratch& scratch = attention.scratch(thread);
      float* decoded = scratch.take<float>(kChunkPositions * layout().cached());
      Kept kept = choose(first, row, head, coarse, decoded, scratch);
      measure(first, row, head, kept.positions, kept.count, decoded, scratch, into + 3 * head);
    });
  }

  // kept: rising, or null for those that exact scores keep.
  void measure(int64_t first, int64_t row, int64_t head, const int32_t* kept, int64_t count,
               float* decoded, Scratch& scratch, float* into) const {
    const PlannedRow& of = planned(row);
    float* scores = scratch.take<float>(measured);
    Selection selection(measured, scratch);
    int32_t* exact = scratch.take<int32_t>(measured);
    const float* query = attention.absorbed_row(row - first, head);
    attention.score(&query, 1, {plan().table(row), nullptr, of.length()}, &scores, decoded);
    // Windows keep nothing but what they always keep.
    Always always = of.choice == LONGCAT_CHOOSE_WINDOW ? Always{0, of.length()} : of.always();
    int64_t best = selection.choose(scores, of.length(), of.kept, always, exact);
    if (kept == nullptr) {
      kept = exact;
      count = best;
    }
    double highest = *std::max_element(scores, scores + of.length());
    double sum = 0;
    double weighted = 0;
    for (int64_t i = 0; i < of.length(); i++) {
      double e = std::exp(scores[i] - highest);
      sum += e;
      weighted += e * (scores[i] - highest);
    }
    double mass = 0;
    int64_t both = 0;
    for (int64_t i = 0; i < count; i++) {
      mass += std::exp(scores[kept[i]] - highest);
      both += selection.has(kept[i]);
    }
    into[0] = static_cast<float>(both) / static_cast<float>(count);
    into[1] = static_cast<float>(mass / sum);
    into[2] = static_cast<float>(std::log(sum) - weighted / sum);
  }
};

}  // namespace longcat
