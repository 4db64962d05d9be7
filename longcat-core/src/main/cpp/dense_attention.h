// Attention over all positions with the softmax computed on the way. The positions are cut at fixed
// places into stretches, so that stretches may be shared out among threads and the order of
// additions stays the same.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "cached_rows.h"
#include "context.h"
#include "kernels.h"
#include "row_plan.h"

namespace longcat {

// Positions whose scores are held at once; with their cached rows they fit a core's own cache.
constexpr int64_t kChunkPositions = 256;
// Positions of a stretch.
constexpr int64_t kStretchPositions = 4 * kChunkPositions;
// Heads of a query that are taken at once, if there are items enough for the threads.
constexpr int64_t kHeadBlock = 64;
// Heads below which a query is not cut finer.
constexpr int64_t kFewestHeads = 16;

inline int64_t stretches(int64_t length) {
  return (length + kStretchPositions - 1) / kStretchPositions;
}

// Heads that lie side by side, rounded up to whole vectors.
inline int64_t head_lanes(const Kernels& kernels, int64_t heads) {
  return (heads + kernels.lanes - 1) / kernels.lanes * kernels.lanes;
}

// Memory of a state for up to so many heads.
inline int64_t state_floats(int64_t heads, int64_t latent) {
  return 2 * (heads + kMaxLanes) + heads * latent;
}

inline HeadState state_at(float* memory, int64_t heads) {
  int64_t lanes = heads + kMaxLanes;
  return {memory, memory + lanes, memory + 2 * lanes};
}

// Nothing is seen so far.
inline void start(const HeadState& state, int64_t lanes, int64_t heads, int64_t latent) {
  std::fill(state.largest, state.largest + lanes, -std::numeric_limits<float>::max());
  std::fill(state.sums, state.sums + lanes, 0.0f);
  std::fill(state.mixed, state.mixed + heads * latent, 0.0f);
}

// Positions that a query looks at: the first ones, or a list of them.
struct SeenPositions {
  PageTable table;
  const int32_t* positions;  // or null
  int64_t count;

  int64_t slot(int64_t i) const { return table.slot(positions != nullptr ? positions[i] : i); }
};

// One query's heads [head, head + heads) against the cache.
class DenseHeads {
 public:
  static int64_t bytes(int64_t cached, int64_t latent) {
    int64_t lanes = kHeadBlock;
    return Scratch::bytes<float>(cached * lanes) +
           Scratch::bytes<float>(kChunkPositions * lanes) + Scratch::bytes<float>(lanes) +
           Scratch::bytes<const float*>(kChunkPositions) +
           Scratch::bytes<float>(kChunkPositions * cached) +
           2 * Scratch::bytes<float>(state_floats(kHeadBlock, latent));
  }

  // absorbed: the query's first head, cached numbers from one to the next.
  DenseHeads(const Kernels& kernels, const float* absorbed, int64_t heads, int64_t cached,
             int64_t latent, float scale, Scratch& scratch)
      : kernels_(kernels),
        heads_(heads),
        lanes_(head_lanes(kernels, heads)),
        cached_(cached),
        latent_(latent),
        query_(scratch.take<float>(cached * kHeadBlock)),
        scores_(scratch.take<float>(kChunkPositions * kHeadBlock)),
        factors_(scratch.take<float>(kHeadBlock)),
        rows_(scratch.take<const float*>(kChunkPositions)),
        decoded_(scratch.take<float>(kChunkPositions * cached)) {
    lay_side_by_side(absorbed, scale);
  }

  // state = what is seen of the stretch's positions.
  void stretch(const CachedRows& cache, const SeenPositions& seen, int64_t index,
               const HeadState& state) {
    start(state, lanes_, heads_, latent_);
    int64_t end = std::min(seen.count, (index + 1) * kStretchPositions);
    for (int64_t first = index * kStretchPositions; first < end; first += kChunkPositions) {
      int64_t count = score(cache, seen, first, end);
      kernels_.soften(scores_, lanes_, count, state.largest, state.sums, factors_);
      kernels_.gather(scores_, lanes_, rows_, count, heads_, factors_, latent_, state.mixed);
    }
  }

  // All stretches, one after the other.
  void all(const CachedRows& cache, const SeenPositions& seen, const HeadState& part,
           const HeadState& whole) {
    start(whole, lanes_, heads_, latent_);
    for (int64_t index = 0; index < stretches(seen.count); index++) {
      stretch(cache, seen, index, part);
      kernels_.merge(whole, part, lanes_, heads_, latent_);
    }
  }

  // The scores of a chunk of positions, those of a position one behind the other.
  const float* chunk(const CachedRows& cache, const SeenPositions& seen, int64_t first) {
    score(cache, seen, first, seen.count);
    return scores_;
  }

  // From the scores of a position to those of the next.
  int64_t lanes() const { return lanes_; }

 private:
  int64_t score(const CachedRows& cache, const SeenPositions& seen, int64_t first, int64_t end) {
    int64_t count = std::min(kChunkPositions, end - first);
    for (int64_t p = 0; p < count; p++) {
      rows_[p] = cache.row(kernels_, seen.slot(first + p), decoded_ + p * cached_);
    }
    kernels_.scores(query_, lanes_, rows_, count, cached_, scores_);
    return count;
  }

  // A few columns of all heads at a time, so that what is read and written stays near.
  void lay_side_by_side(const float* absorbed, float scale) {
    constexpr int64_t kColumns = 16;
    for (int64_t first = 0; first < cached_; first += kColumns) {
      int64_t count = std::min(kColumns, cached_ - first);
      float* into = query_ + first * lanes_;
      for (int64_t h = 0; h < heads_; h++) {
        const float* from = absorbed + h * cached_ + first;
        for (int64_t c = 0; c < count; c++) into[c * lanes_ + h] = from[c] * scale;
      }
      for (int64_t c = 0; c < count; c++) {
        std::fill(into + c * lanes_ + heads_, into + (c + 1) * lanes_, 0.0f);
      }
    }
  }

  const Kernels& kernels_;
  int64_t heads_;
  int64_t lanes_;
  int64_t cached_;
  int64_t latent_;
  float* query_;
  float* scores_;
  float* factors_;
  const float** rows_;
  float* decoded_;
};

// mixed = the weighted means of the heads.
inline void finish(const HeadState& state, int64_t heads, int64_t latent, float* mixed) {
  for (int64_t h = 0; h < heads; h++) {
    float factor = 1 / state.sums[h];
    const float* from = state.mixed + h * latent;
    for (int64_t c = 0; c < latent; c++) mixed[h * latent + c] = from[c] * factor;
  }
}

}  // namespace longcat
