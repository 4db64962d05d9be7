// Experts over the rows that picked them. Work is ordered by expert, each touched once; a row adds
// its experts in the order of their ids.
#include <algorithm>

#include "context.h"
#include "longcat_cpu.h"
#include "slice_products.h"
#include "sum_tree.h"
#include "tile.h"
#include "tile_sums.h"

namespace longcat {

namespace {

struct ExpertWeights {
  const Weight* gate;
  const Weight* up;
  const Weight* down;
};

struct ExpertRuns {
  const ExpertWeights* experts;
  int64_t count;
  int64_t runs;  // of equal length, each summed for itself

  int64_t length() const { return count / runs; }
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
  Mixture(Context& context, const ExpertRuns& experts, const Groups& groups, int64_t rows)
      : context_(context),
        experts_(experts),
        groups_(groups),
        rows_(rows),
        width_(experts.experts[0].gate->rows),
        hidden_(experts.experts[0].gate->columns),
        slices_(experts.experts[0].down->slice_count()),
        wide_(width_, 2 * groups.active_count, context.pool.threads()),
        narrow_(hidden_, 1, context.pool.threads()) {}

  int64_t thread_bytes() const {
    return Products::bytes(std::max(width_, hidden_)) + SliceProducts::bytes(width_) +
           2 * Scratch::bytes<float>(Products::total_floats(rows_)) +
           TileSums::bytes(places(), rows_);
  }

  // inner[entry] = silu(gate x) * up x.
  void widen(const Inputs& x, float* inner) {
    int64_t work = 2 * width_ * hidden_ * groups_.entries;
    context_.run(groups_.active_count * wide_.count(), work, [&](int64_t item, int thread) {
      widen(groups_.active[item / wide_.count()], item % wide_.count(), x, inner,
            context_.scratch(thread));
    });
  }

  // into += weight * down inner, a tile of columns at a time, so that no two items meet.
  void narrow(const Inputs& inner, float* into, int64_t stride) {
    int64_t work = width_ * hidden_ * groups_.entries;
    context_.run(narrow_.count(), work, [&](int64_t item, int thread) {
      Scratch& scratch = context_.scratch(thread);
      Narrowing tile{narrow_.first(item), narrow_.size(item),
                     Products(context_, width_, scratch),
                     SliceProducts(context_, width_, scratch),
                     scratch.take<float>(Products::total_floats(rows_)), inner};
      TileSums sums(into + tile.from, stride, rows_, tile.size, places(), scratch);
      if (slices_ == 1) {
        narrow_runs(tile, sums);
      } else {
        narrow_slices(tile, sums);
      }
    });
  }

 private:
  // A tile of columns of the result, which are rows of the weights.
  struct Narrowing {
    int64_t from;
    int64_t size;
    Products products;
    SliceProducts slices;
    float* totals;
    const Inputs& inner;
  };

  // Of sums that there are at the same time.
  int64_t places() const {
    if (slices_ > 1) return slices_;
    int64_t places = 1;
    for (int64_t runs = experts_.runs; runs > 1; runs /= 2) places++;
    return places;
  }

  void narrow_runs(Narrowing& tile, TileSums& sums) {
    SumTree tree;
    int64_t next = 0;
    for (int64_t run = 1; run <= experts_.runs; run++) {
      for (; next < groups_.active_count && groups_.active[next] < run * experts_.length();
           next++) {
        int32_t expert = groups_.active[next];
        FloatRows x = tile.inner.of(*experts_.experts[expert].down);
        narrow(expert, *experts_.experts[expert].down, x, tile, tree.depth(), sums);
      }
      tree.add([&](int64_t into, int64_t addend) { sums.join(into, addend); });
    }
    if (experts_.runs > 1) sums.finish();
  }

  void narrow_slices(Narrowing& tile, TileSums& sums) {
    for (int64_t i = 0; i < groups_.active_count; i++) {
      int32_t expert = groups_.active[i];
      const Weight& down = *experts_.experts[expert].down;
      FloatRows x = tile.inner.of(down);
      if (slices_in_place(context_, down)) {
        int64_t start = groups_.starts[expert];
        tile.slices.add(down, tile.from, tile.size, {x, groups_.rows, groups_.weights}, start,
                        groups_.starts[expert + 1] - start, sums);
        continue;
      }
      for (int64_t s = 0; s < slices_; s++) {
        narrow(expert, down.slice(s), x.slice_at(s), tile, s, sums);
      }
    }
    for (int64_t apart = 1; apart < slices_; apart *= 2) {
      for (int64_t s = 0; s < slices_; s += 2 * apart) sums.join(s, s + apart);
    }
    sums.finish();
  }

  void widen(int32_t expert, int64_t tile, const Inputs& x, float* inner, Scratch& scratch) {
    const ExpertWeights& weights = experts_.experts[expert];
    int64_t start = groups_.starts[expert];
    int64_t rows = groups_.starts[expert + 1] - start;
    Products products(context_, hidden_, scratch);
    float* gates = scratch.take<float>(Products::total_floats(rows));
    float* ups = scratch.take<float>(Products::total_floats(rows));
    int64_t from = wide_.first(tile);
    int64_t size = wide_.size(tile);
    FloatRows gate_x = picked(x.of(*weights.gate), start);
    FloatRows up_x = picked(x.of(*weights.up), start);
    each_total(rows, [&](int64_t first, int64_t count) {
      products.compute(*weights.gate, from, size, gate_x, first, count, gates);
      products.compute(*weights.up, from, size, up_x, first, count, ups);
      for (int64_t r = 0; r < count; r++) {
        context_.kernels->gate(gates + r * kTileRows, ups + r * kTileRows, size,
                               inner + (start + first + r) * width_ + from);
      }
    });
  }

  FloatRows picked(const FloatRows& rows, int64_t start) const {
    return {rows.base, rows.stride, groups_.rows + start};
  }

  void narrow(int32_t expert, const Weight& down, const FloatRows& x, Narrowing& tile,
              int64_t place, TileSums& sums) {
    int64_t start = groups_.starts[expert];
    int64_t rows = groups_.starts[expert + 1] - start;
    each_total(rows, [&](int64_t first, int64_t count) {
      tile.products.compute(down, tile.from, tile.size, x, start + first, count, tile.totals);
      for (int64_t r = 0; r < count; r++) {
        int64_t entry = start + first + r;
        sums.add(place, groups_.rows[entry], groups_.weights[entry],
                 tile.totals + r * kTileRows);
      }
    });
  }

  Context& context_;
  const ExpertRuns& experts_;
  const Groups& groups_;
  int64_t rows_;
  int64_t width_;
  int64_t hidden_;
  int64_t slices_;
  Tiling wide_;
  Tiling narrow_;
};

int32_t add_experts(Context& context, const ExpertRuns& runs, const Picked& picked,
                    const FloatRows& x, float* into, int64_t into_stride) {
  const ExpertWeights* experts = runs.experts;
  int64_t width = experts[0].gate->rows;
  int64_t picks = picked.rows * picked.top_k;
  if (!context.kept.reserve(group_bytes(runs.count, picks))) return LONGCAT_OUT_OF_MEMORY;
  Groups groups = group(picked, runs.count, context.kept);
  bool sliced = runs.runs > 1 || experts[0].down->slice_count() > 1;
  if (groups.entries == 0 && !sliced) return LONGCAT_OK;
  Mixture mixture(context, runs, groups, picked.rows);
  Inputs outer(context, experts[0].gate->columns, picked.rows);
  Inputs inner(context, width, groups.entries, experts[0].down->slice_count(), true);
  for (int64_t i = 0; i < groups.active_count; i++) {
    const ExpertWeights& expert = experts[groups.active[i]];
    outer.add(*expert.gate);
    outer.add(*expert.up);
    inner.add(*expert.down);
  }
  if (!context.reserve_per_thread(mixture.thread_bytes()) ||
      !context.shared.reserve(Scratch::bytes<float>(groups.entries * width) + outer.bytes() +
                              inner.bytes())) {
    return LONGCAT_OUT_OF_MEMORY;
  }
  float* activations = context.shared.take<float>(groups.entries * width);
  outer.arrange(x, context.shared.take<char>(outer.bytes()));
  mixture.widen(outer, activations);
  inner.arrange({activations, width, nullptr}, context.shared.take<char>(inner.bytes()));
  mixture.narrow(inner, into, into_stride);
  return LONGCAT_OK;
}

// The task of a backend's threads.
void run_experts(void* state, int thread) {
  Backend& backend = *static_cast<Backend*>(state);
  const ExpertsCall& call = backend.experts;
  backend.beside.thread = thread;
  Picked picked{ints_at(call.ids), floats_at(call.weights), call.rows, call.top_k, call.first_id};
  ExpertRuns runs{reinterpret_cast<const ExpertWeights*>(call.experts), call.expert_count,
                  call.slices};
  backend.status =
      add_experts(backend.beside, runs, picked, {floats_at(call.x), call.x_stride, nullptr},
                  floats_at(call.into), call.into_stride);
}

}  // namespace

}  // namespace longcat

extern "C" int32_t longcat_begin_experts(int64_t context, int64_t experts, int64_t expert_count,
                                         int64_t slices, int64_t first_id, int64_t ids,
                                         int64_t weights, int64_t top_k, int64_t x,
                                         int64_t x_stride, int64_t into, int64_t into_stride,
                                         int64_t rows, int64_t columns) noexcept {
  longcat::Backend& backend = longcat::backend_at(context);
  backend.pool.end();
  backend.status = LONGCAT_OK;
  if (expert_count == 0 || rows == 0) return LONGCAT_OK;
  auto* group = reinterpret_cast<const longcat::ExpertWeights*>(experts);
  if (group[0].gate->columns != columns) return LONGCAT_MISFIT;
  bool power = slices > 0 && (slices & (slices - 1)) == 0;
  if (!power || expert_count % slices != 0) return LONGCAT_MISFIT;
  if (slices > 1 && group[0].down->slice_count() > 1) return LONGCAT_MISFIT;
  backend.experts = {experts, expert_count, slices,   first_id, ids,         weights,
                     top_k,   x,            x_stride, into,     into_stride, rows};
  backend.pool.begin(longcat::run_experts, &backend);
  return LONGCAT_OK;
}

extern "C" int32_t longcat_end_experts(int64_t context) noexcept {
  longcat::Backend& backend = longcat::backend_at(context);
  backend.pool.end();
  return backend.status;
}
