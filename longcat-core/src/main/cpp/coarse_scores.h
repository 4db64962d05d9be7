// Approximate scores of a query's heads in integers, and the candidates that they name.
#pragma once

#include <algorithm>
#include <cstdint>

#include "context.h"
#include "key_index.h"
#include "row_plan.h"
#include "selection.h"

namespace longcat {

// Slots or pages that are scored at once.
constexpr int64_t kCoarseUnits = 256;
// Heads whose integers lie side by side.
constexpr int64_t kCoarseLanes = 64;

// What one row scores: every position that it sees, or every page before its own.
class CoarseScores {
 public:
  static int64_t units(const KeyIndex& index, const RowPlan& plan, int64_t length) {
    return index.of_pages() ? (length - 1) >> plan.shift : length;
  }

  // An odd number of cache lines, so that the scores of many heads for one unit do not all lie where
  // a cache keeps few lines.
  static int64_t stride(int64_t units) {
    constexpr int64_t kLine = 16;
    return ((units + kLine - 1) / kLine | 1) * kLine;
  }

  static int64_t blocks(int64_t heads) { return (heads + kCoarseLanes - 1) / kCoarseLanes; }

  // Memory that all threads use: queries, their scales, scores by head and unit.
  static int64_t bytes(const KeyIndex& index, int64_t heads, int64_t units) {
    int64_t lanes = blocks(heads) * kCoarseLanes;
    return Scratch::bytes<int8_t>(4 * (index.quads(0) + index.quads(1)) * lanes) +
           Scratch::bytes<float>(2 * lanes) + Scratch::bytes<float>(lanes * stride(units)) +
           Scratch::bytes<int32_t>(index.quads(0) + index.quads(1)) +
           Scratch::bytes<float>(index.quads(0)) + Selection::bytes(index.quads(0));
  }

  // Memory of a thread.
  static int64_t thread_bytes(const KeyIndex& index) {
    int64_t numbers = std::max(index.numbers(0), index.numbers(1));
    return Scratch::bytes<float>(numbers) + Scratch::bytes<int8_t>(numbers + 4) +
           Scratch::bytes<const uint8_t*>(kCoarseUnits) +
           Scratch::bytes<float>(kCoarseUnits * kCoarseLanes);
  }

  CoarseScores(Context& context, const KeyIndex& index, const RowPlan& plan, int64_t heads,
               int64_t units, Scratch& shared)
      : context_(context),
        index_(index),
        plan_(plan),
        heads_(heads),
        units_(units),
        bytes_(shared.take<int8_t>(4 * (index.quads(0) + index.quads(1)) * blocks(heads) *
                                   kCoarseLanes)),
        scales_(shared.take<float>(2 * blocks(heads) * kCoarseLanes)),
        scores_(shared.take<float>(blocks(heads) * kCoarseLanes * stride(units))),
        places_(shared.take<int32_t>(index.quads(0) + index.quads(1))),
        sizes_(shared.take<float>(index.quads(0))),
        largest_(index.quads(0), shared) {}

  // absorbed: the row's first head, so many numbers from one to the next.
  void compute(const float* absorbed, int64_t cached, const PageTable& table) {
    std::fill(bytes_, bytes_ + block_bytes() * blocks(heads_), int8_t{0});
    std::fill(scales_, scales_ + 2 * kCoarseLanes * blocks(heads_), 0.0f);
    context_.run(heads_, heads_ * cached * 16, [&](int64_t head, int thread) {
      put(head, absorbed + head * cached, context_.scratch(thread));
    });
    choose_columns();
    int64_t parts = (units_ + kCoarseUnits - 1) / kCoarseUnits;
    int64_t work = units_ * heads_ * (index_.scored_quads(0) + index_.scored_quads(1));
    context_.run(parts * blocks(heads_), work, [&](int64_t item, int thread) {
      score(item / blocks(heads_) * kCoarseUnits, item % blocks(heads_), table,
            context_.scratch(thread));
    });
  }

  const float* head(int64_t head) const { return scores_ + head * stride(units_); }

  // How much each unit falls short of the highest at the head where that is least, in place of the
  // first head's scores.
  const float* shared_by_heads() {
    if (units_ == 0) return scores_;
    context_.run(heads_, heads_ * units_, [&](int64_t head, int) {
      scales_[head] = *std::max_element(scores_ + head * stride(units_),
                                        scores_ + head * stride(units_) + units_);
    });
    int64_t parts = (units_ + kCoarseUnits - 1) / kCoarseUnits;
    context_.run(parts, heads_ * units_, [&](int64_t part, int) {
      int64_t from = part * kCoarseUnits;
      int64_t to = std::min(units_, from + kCoarseUnits);
      for (int64_t i = from; i < to; i++) scores_[i] -= scales_[0];
      for (int64_t h = 1; h < heads_; h++) {
        const float* of = head(h);
        for (int64_t i = from; i < to; i++) {
          scores_[i] = std::max(scores_[i], of[i] - scales_[h]);
        }
      }
    });
    return scores_;
  }

 private:
  int64_t block_bytes() const { return 4 * (index_.quads(0) + index_.quads(1)) * kCoarseLanes; }

  void put(int64_t head, const float* absorbed, Scratch& scratch) {
    int64_t most = std::max(index_.numbers(0), index_.numbers(1));
    float* numbers = scratch.take<float>(most);
    int8_t* bytes = scratch.take<int8_t>(most + 4);
    int64_t block = head / kCoarseLanes;
    int64_t lane = head % kCoarseLanes;
    int8_t* into = bytes_ + block * block_bytes() + 4 * lane;
    for (int group = 0; group < 2; group++) {
      query_numbers(index_, group, absorbed, numbers);
      float scale = to_bytes(numbers, index_.numbers(group), kQueryLargest, bytes);
      scales_[(2 * block + group) * kCoarseLanes + lane] = scale;
      for (int64_t quad = 0; quad < index_.quads(group); quad++) {
        std::copy(bytes + 4 * quad, bytes + 4 * quad + 4, into + 4 * quad * kCoarseLanes);
      }
      into += 4 * index_.quads(group) * kCoarseLanes;
    }
  }

  // The columns of the latents, by four, that are scored: those where the numbers of all heads' queries
  // are largest. What is scored of the queries is closed up.
  void choose_columns() {
    int64_t all = index_.quads(0);
    int64_t scored = index_.scored_quads(0);
    if (scored < all) {
      for (int64_t quad = 0; quad < all; quad++) sizes_[quad] = squares(quad);
    }
    largest_.choose(sizes_, all, scored, {0, all}, places_);
    for (int64_t i = 0; i < index_.quads(1); i++) {
      places_[scored + i] = static_cast<int32_t>(all + i);
    }
    int64_t count = scored + index_.quads(1);
    int64_t row = 4 * kCoarseLanes;
    for (int64_t block = 0; block < blocks(heads_); block++) {
      int8_t* bytes = bytes_ + block * block_bytes();
      for (int64_t i = 0; i < count; i++) {
        if (places_[i] == i) continue;
        std::copy(bytes + places_[i] * row, bytes + (places_[i] + 1) * row, bytes + i * row);
      }
    }
    for (int64_t i = 0; i < count; i++) places_[i] *= 4;
  }

  // Exact: an integer that is far from too large.
  float squares(int64_t quad) const {
    int32_t sum = 0;
    for (int64_t block = 0; block < blocks(heads_); block++) {
      const int8_t* of = bytes_ + block * block_bytes() + 4 * quad * kCoarseLanes;
      for (int64_t i = 0; i < 4 * kCoarseLanes; i++) sum += of[i] * of[i];
    }
    return static_cast<float>(sum);
  }

  void score(int64_t from, int64_t block, const PageTable& table, Scratch& scratch) const {
    const uint8_t** rows = scratch.take<const uint8_t*>(kCoarseUnits);
    float* near = scratch.take<float>(kCoarseUnits * kCoarseLanes);
    int64_t count = std::min(kCoarseUnits, units_ - from);
    for (int64_t i = 0; i < count; i++) {
      int64_t unit = from + i;
      rows[i] = index_.row(index_.of_pages() ? table.pages[unit] : table.slot(unit));
    }
    ByteQuery query{bytes_ + block * block_bytes(),
                    scales_ + 2 * block * kCoarseLanes,
                    {index_.scored_quads(0), index_.scored_quads(1)},
                    places_,
                    index_.scales_at()};
    context_.kernels->coarse(query, kCoarseLanes, rows, count, near,
                             scores_ + block * kCoarseLanes * stride(units_) + from,
                             stride(units_));
  }

  Context& context_;
  const KeyIndex& index_;
  const RowPlan& plan_;
  int64_t heads_;
  int64_t units_;
  int8_t* bytes_;
  float* scales_;
  float* scores_;
  int32_t* places_;
  float* sizes_;
  Selection largest_;
};

// The positions of a row that are to be scored exactly.
class Candidates {
 public:
  // Upper bound for a row.
  static int64_t most(const RowPlan& plan, const PlannedRow& row) {
    int64_t page = int64_t{1} << plan.shift;
    return std::min(row.length(), row.candidates() + 5 * page);
  }

  static int64_t bytes(int64_t most, int64_t units) {
    return Scratch::bytes<int32_t>(std::max<int64_t>(most, 1)) +
           Scratch::bytes<int32_t>(std::max<int64_t>(most, 1)) +
           Selection::bytes(std::max<int64_t>(units, 1));
  }

  Candidates(int64_t most, int64_t units, Scratch& scratch)
      : positions_(scratch.take<int32_t>(std::max<int64_t>(most, 1))),
        pages_(scratch.take<int32_t>(std::max<int64_t>(most, 1))),
        selection_(std::max<int64_t>(units, 1), scratch) {}

  // From scores of units; rising. Returns how many.
  int64_t choose(const RowPlan& plan, const PlannedRow& row, bool of_pages, const float* scores,
                 int64_t units) {
    if (!of_pages) {
      return selection_.choose(scores, units, row.candidates(), row.always(), positions_);
    }
    int64_t page = int64_t{1} << plan.shift;
    int64_t wanted = std::min(units, (row.candidates() + page - 1) >> plan.shift);
    Always always{(row.sinks + page - 1) >> plan.shift, (row.length() - row.recent) >> plan.shift};
    int64_t chosen = selection_.choose(scores, units, wanted, always, pages_);
    int64_t count = 0;
    for (int64_t i = 0; i < chosen; i++) {
      int64_t first = static_cast<int64_t>(pages_[i]) << plan.shift;
      for (int64_t p = first; p < first + page; p++) positions_[count++] = static_cast<int32_t>(p);
    }
    for (int64_t p = units << plan.shift; p < row.length(); p++) {
      positions_[count++] = static_cast<int32_t>(p);
    }
    return count;
  }

  // Every position.
  int64_t all(int64_t count) {
    for (int64_t p = 0; p < count; p++) positions_[p] = static_cast<int32_t>(p);
    return count;
  }

  const int32_t* positions() const { return positions_; }

 private:
  int32_t* positions_;
  int32_t* pages_;
  Selection selection_;
};

}  // namespace longcat
