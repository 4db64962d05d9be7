// Experts over the rows that picked them. Work is ordered by expert, each touched once; a row adds
// its experts in the order of their ids.
#include <algorithm>

#include "context.h"
#include "longcat_cpu.h"
#include "tile.h"

namespace longcat {

namespace {

struct ExpertWeights {
  const Weight* gate;
  const Weight* up;
  const Weight* down;
};

struct Picked {
  const int32_t* ids;
  const float* weights;
  int64_t rows;
  int64_t top_k;
  int64_t first_id;
};

// Which rows picked which experts.
struct Groups {
  int64_t* starts;   // of expert e, entries [starts[e], starts[e + 1])
  int32_t* rows;     // row of an entry
  float* weights;    // weight of an entry
  int32_t* active;   // experts that were picked at all
  int64_t active_count;
  int64_t entries;
};

int64_t group_bytes(int64_t experts, int64_t picks) {
  return Scratch::bytes<int64_t>(experts + 2) + Scratch::bytes<int32_t>(picks) +
         Scratch::bytes<float>(picks) + Scratch::bytes<int32_t>(experts);
}

Groups group(const Picked& picked, int64_t experts, Scratch& scratch) {
  int64_t picks = picked.rows * picked.top_k;
  // Shifted by one, so that filling in turns the starts of the next into the starts.
  int64_t* next = scratch.take<int64_t>(experts + 2);
  Groups groups{next, scratch.take<int32_t>(picks), scratch.take<float>(picks),
                scratch.take<int32_t>(experts), 0, 0};
  std::fill(next, next + experts + 2, 0);
  for (int64_t i = 0; i < picks; i++) {
    int64_t expert = picked.ids[i] - picked.first_id;
    if (expert >= 0 && expert < experts) next[expert + 2]++;
  }
  for (int64_t e = 0; e < experts; e++) {
    if (next[e + 2] > 0) groups.active[groups.active_count++] = static_cast<int32_t>(e);
    next[e + 2] += next[e + 1];
  }
  for (int64_t i = 0; i < picks; i++) {
    int64_t expert = picked.ids[i] - picked.first_id;
    if (expert < 0 || expert >= experts) continue;
    int64_t entry = next[expert + 1]++;
    groups.rows[entry] = static_cast<int32_t>(i / picked.top_k);
    groups.weights[entry] = picked.weights[i];
  }
  groups.entries = next[experts];
  return groups;
}

class Mixture {
 public:
  Mixture(Context& context, const ExpertWeights* experts, const Groups& groups, float* inner)
      : context_(context), experts_(experts), groups_(groups), inner_(inner),
        width_(experts[0].gate->rows), hidden_(experts[0].gate->columns) {}

  // inner[entry] = silu(gate x) * up x.
  void widen(const FloatRows& x) {
    int64_t tiles_each = tiles(width_);
    context_.pool.run(groups_.active_count * tiles_each, [&](int64_t item, int thread) {
      int32_t expert = groups_.active[item / tiles_each];
      int64_t from = item % tiles_each * kTileRows;
      widen(expert, from, x, scratch(thread));
    });
  }

  // into += weight * down inner, a tile of columns at a time, so that no two items meet.
  void narrow(float* into, int64_t stride) {
    context_.pool.run(tiles(hidden_), [&](int64_t item, int thread) {
      for (int64_t i = 0; i < groups_.active_count; i++) {
        narrow(groups_.active[i], item * kTileRows, into, stride, scratch(thread));
      }
    });
  }

 private:
  Scratch& scratch(int thread) {
    Scratch& scratch = context_.per_thread[static_cast<size_t>(thread)];
    scratch.reset();
    return scratch;
  }

  void widen(int32_t expert, int64_t from, const FloatRows& x, Scratch& scratch) {
    const ExpertWeights& weights = experts_[expert];
    int64_t start = groups_.starts[expert];
    int64_t count = groups_.starts[expert + 1] - start;
    Tile gates(*context_.kernels, *weights.gate, from, width_, count,
               scratch.take<float>(tile_floats(*weights.gate)));
    Tile ups(*context_.kernels, *weights.up, from, width_, count,
             scratch.take<float>(tile_floats(*weights.up)));
    FloatRows picked{x.base, x.stride, groups_.rows + start};
    each_input(picked, count, [&](int64_t first, int rows, const float* const* input) {
      float g[kInputRows * kTileRows];
      float u[kInputRows * kTileRows];
      gates.apply(input, rows, g);
      ups.apply(input, rows, u);
      for (int r = 0; r < rows; r++) {
        context_.kernels->gate(g + r * kTileRows, u + r * kTileRows, gates.count(),
                               inner_ + (start + first + r) * width_ + from);
      }
    });
  }

  void narrow(int32_t expert, int64_t from, float* into, int64_t stride, Scratch& scratch) {
    const Weight& down = *experts_[expert].down;
    int64_t start = groups_.starts[expert];
    int64_t count = groups_.starts[expert + 1] - start;
    Tile tile(*context_.kernels, down, from, hidden_, count,
              scratch.take<float>(tile_floats(down)));
    FloatRows rows{inner_ + start * width_, width_, nullptr};
    each_input(rows, count, [&](int64_t first, int input_rows, const float* const* input) {
      float out[kInputRows * kTileRows];
      tile.apply(input, input_rows, out);
      for (int r = 0; r < input_rows; r++) {
        int64_t entry = start + first + r;
        float* target = into + groups_.rows[entry] * stride + from;
        for (int64_t i = 0; i < tile.count(); i++) {
          target[i] += groups_.weights[entry] * out[r * kTileRows + i];
        }
      }
    });
  }

  Context& context_;
  const ExpertWeights* experts_;
  const Groups& groups_;
  float* inner_;
  int64_t width_;
  int64_t hidden_;
};

int32_t add_experts(Context& context, const ExpertWeights* experts, int64_t expert_count,
                    const Picked& picked, const FloatRows& x, float* into, int64_t into_stride) {
  int64_t width = experts[0].gate->rows;
  int64_t hidden = experts[0].gate->columns;
  int64_t picks = picked.rows * picked.top_k;
  if (!context.kept.reserve(group_bytes(expert_count, picks))) return LONGCAT_OUT_OF_MEMORY;
  Groups groups = group(picked, expert_count, context.kept);
  if (groups.entries == 0) return LONGCAT_OK;
  int64_t wide = 2 * Scratch::bytes<float>(kTileRows * padded(hidden));
  int64_t narrow = Scratch::bytes<float>(kTileRows * padded(width));
  if (!context.reserve_per_thread(std::max(wide, narrow)) ||
      !context.shared.reserve(Scratch::bytes<float>(groups.entries * width))) {
    return LONGCAT_OUT_OF_MEMORY;
  }
  Mixture mixture(context, experts, groups, context.shared.take<float>(groups.entries * width));
  mixture.widen(x);
  mixture.narrow(into, into_stride);
  return LONGCAT_OK;
}

}  // namespace

}  // namespace longcat

extern "C" int32_t longcat_experts(int64_t context, int64_t experts, int64_t expert_count,
                                   int64_t first_id, int64_t ids, int64_t weights, int64_t top_k,
                                   int64_t x, int64_t x_stride, int64_t into, int64_t into_stride,
                                   int64_t rows, int64_t columns) noexcept {
  auto* group = reinterpret_cast<const longcat::ExpertWeights*>(experts);
  if (expert_count == 0 || rows == 0) return LONGCAT_OK;
  if (group[0].gate->columns != columns) return LONGCAT_MISFIT;
  longcat::Picked picked{longcat::ints_at(ids), longcat::floats_at(weights), rows, top_k,
                         first_id};
  return longcat::add_experts(longcat::context_at(context), group, expert_count, picked,
                              {longcat::floats_at(x), x_stride, nullptr},
                              longcat::floats_at(into), into_stride);
}
