// Experts over the rows that picked them.
#include <algorithm>

#include "elements.h"
#include "operations.h"
#include "tensor_products.h"

namespace longcat::cuda {

namespace {

using device::ExpertPlan;
using device::ExpertTile;
using device::TensorJob;
using device::TermsView;

constexpr int64_t kTile = kFewRows;
constexpr int64_t kMostOuter = 128 << 20;  // bytes of results that wait to be joined

struct Mixture {
  int32_t count;
  int32_t runs;
  int32_t slices;
  int32_t first_id;
  int64_t width;
  int64_t hidden;
  int32_t top_k;
  bool fresh;  // the result does not begin with what is there
  int32_t first_zero_id;
};

// Two bits for every format of weights: what their inputs become.
int32_t rounding(const Launcher& launcher) {
  int32_t bits = 0;
  for (int32_t f = device::kF32; f <= device::kInt4; f++) bits |= launcher.rounding(f) << 2 * f;
  return bits;
}

bool all_on_tensor_cores(const ExpertsView& experts) {
  const ExpertView& first = experts.on_host[0];
  for (int32_t e = 0; e < experts.count; e++) {
    const ExpertView& one = experts.on_host[e];
    bool alike = one.gate.format == first.gate.format && one.up.format == first.gate.format &&
                 one.down.format == first.down.format;
    if (!alike || !on_tensor_cores(one.gate) || !on_tensor_cores(one.up) ||
        !on_tensor_cores(one.down)) {
      return false;
    }
  }
  return true;
}

// Some rows of a mixture: their plan and what lies between its kernels.
class Mixing {
 public:
  Mixing(Launcher& launcher, const ExpertsView& experts, const Mixture& mixture, int64_t rows)
      : launcher_(launcher),
        experts_(experts),
        mixture_(mixture),
        entries_(rows * mixture.top_k),
        tensor_(all_on_tensor_cores(experts)),
        outer_format_(TensorFormat::of(launcher, experts.on_host[0].gate.format)),
        inner_format_(TensorFormat::of(launcher, experts.on_host[0].down.format)),
        tile_(tile()) {}

  int32_t mix(const PicksView& picks, const MatrixView& x, const MatrixView& into) {
    if (!take(x.rows, 0)) return kNoMemory;
    int32_t threads = entries_ <= 2048 && mixture_.count <= 1024 ? 128 : 1024;
    int32_t status =
        run(launcher_, "plan_experts", {1, 1, threads, 0}, picks, static_cast<int32_t>(x.rows),
            mixture_.first_id, mixture_.count, static_cast<int32_t>(tile_), plan_);
    return status != 0 ? status : mix_planned(picks, x, into);
  }

  int32_t route_and_mix(const Router& router, const PicksView& picks, const MatrixView& x,
                        const MatrixView& into) {
    if (!take(x.rows, router_scores(router.classifier, x.rows))) return kNoMemory;
    device::PlannedExperts planned{mixture_.first_id, mixture_.count, static_cast<int>(tile_)};
    int32_t status = route_planning(launcher_, x, router, picks, scores_, planned, plan_);
    return status != 0 ? status : mix_planned(picks, x, into);
  }

 private:
  // As many as experts may expect, so that weights are streamed once.
  int64_t tile() const {
    int64_t each = entries_ / mixture_.count;
    if (!tensor_ || each <= 4) return kTile;
    return each <= 48 ? 32 : std::min(largest_tile(outer_format_), largest_tile(inner_format_));
  }

  int32_t mix_planned(const PicksView& picks, const MatrixView& x, const MatrixView& into) {
    int32_t status = tensor_ ? widen_tensor(x) : widen_any(x);
    if (status == 0) status = tensor_ ? narrow_tensor(x.rows) : narrow_any();
    if (status != 0) return status;
    const float* outer = outer_;
    MatrixView begin = mixture_.fresh ? x : MatrixView{};
    Blocks join{parts(mixture_.hidden, 256), x.rows, 256, 0};
    return run(launcher_, "join_experts", join, picks, plan_, outer,
               static_cast<long long>(entries_), mixture_.slices, mixture_.first_id, mixture_.count,
               mixture_.runs, mixture_.first_zero_id, begin, into);
  }

  bool in_tiles() const { return tensor_ && tile_ > kTile; }

  int64_t tiles() const {
    return std::min<int64_t>(entries_, parts(entries_, tile_) + mixture_.count);
  }

  bool take(int64_t rows, int64_t scores) {
    const Mixture& m = mixture_;
    int64_t inner = entries_ * m.width;
    int64_t up = in_tiles() ? inner : 0;
    int64_t x_terms = in_tiles() ? terms_bytes(outer_format_, rows, m.hidden) : 0;
    int64_t inner_terms = in_tiles() ? terms_bytes(inner_format_, entries_, m.width) : 0;
    Pieces pieces;
    pieces.add<int32_t>(m.count).add<int32_t>(entries_).add<int32_t>(entries_);
    pieces.add<int32_t>(entries_).add<ExpertTile>(tiles()).add<int32_t>(2);
    pieces.add<float>(inner).add<float>(up).add<float>(entries_ * m.hidden * m.slices);
    pieces.add<uint8_t>(x_terms).add<uint8_t>(inner_terms).add<float>(scores);
    if (!pieces.open(launcher_)) return false;
    plan_.starts = pieces.take<int32_t>(m.count);
    plan_.rows = pieces.take<int32_t>(entries_);
    plan_.places = pieces.take<int32_t>(entries_);
    plan_.order = pieces.take<int32_t>(entries_);
    plan_.tiles = pieces.take<ExpertTile>(tiles());
    plan_.tile_count = pieces.take<int32_t>(2);
    plan_.entry_count = plan_.tile_count + 1;
    inner_ = pieces.take<float>(inner);
    up_ = pieces.take<float>(up);
    outer_ = pieces.take<float>(entries_ * m.hidden * m.slices);
    x_terms_ = terms_view(pieces.take<uint8_t>(x_terms), outer_format_, rows, m.hidden, 1);
    inner_terms_ =
        terms_view(pieces.take<uint8_t>(inner_terms), inner_format_, entries_, m.width, m.slices);
    scores_ = pieces.take<float>(scores);
    return true;
  }

  int64_t most_blocks() const { return int64_t{launcher_.multiprocessors()} * 2; }

  int32_t widen_any(const MatrixView& x) const {
    Blocks wide{std::min(tiles() * parts(mixture_.width, kTile), most_blocks()), 1, 256, 0};
    return run(launcher_, "widen_experts_any", wide, experts_.on_device, plan_, x,
               rounding(launcher_), inner_, static_cast<int32_t>(mixture_.width));
  }

  int32_t narrow_any() const {
    const Mixture& m = mixture_;
    int64_t items = tiles() * parts(m.hidden, kTile) * m.slices;
    const float* inner = inner_;
    return run(launcher_, "narrow_experts_any", {std::min(items, most_blocks()), 1, 256, 0},
               experts_.on_device, plan_, inner, static_cast<int32_t>(m.width), rounding(launcher_),
               outer_, static_cast<int32_t>(m.hidden), static_cast<long long>(entries_), m.slices);
  }

  TensorJob job(int32_t which, const TermsView& x, float* into, int64_t outputs) const {
    TensorJob job{};
    job.experts = experts_.on_device;
    job.tiles = plan_.tiles;
    job.tile_count = plan_.tile_count;
    job.chosen = which == 2 ? nullptr : plan_.rows;
    job.which = which;
    job.x = x;
    job.into = into;
    job.stride = outputs;
    job.slice_step = entries_ * outputs;
    job.outputs = static_cast<int>(outputs);
    return job;
  }

  int32_t widen_tensor(const MatrixView& x) const {
    if (!in_tiles()) {
      FewLaunch how{true, x.rows, tiles(), most_blocks()};
      device::TermsView none = no_terms(x.rows, mixture_.hidden, 1);
      return multiply_few(launcher_, outer_format_, how, x, job(0, none, inner_, mixture_.width));
    }
    int32_t status = split_inputs(launcher_, outer_format_, x, x_terms_, nullptr);
    if (status != 0) return status;
    TileLaunch how{tile_, tiles(), most_blocks()};
    status = multiply_tiles(launcher_, outer_format_, how,
                            job(0, x_terms_, inner_, mixture_.width));
    if (status != 0) return status;
    status = multiply_tiles(launcher_, outer_format_, how, job(1, x_terms_, up_, mixture_.width));
    if (status != 0) return status;
    const float* up = up_;
    const int32_t* counted = plan_.entry_count;
    return run(launcher_, "gate_rows", {parts(mixture_.width, 256), entries_, 256, 0}, inner_view(),
               up, counted);
  }

  int32_t narrow_tensor(int64_t rows) const {
    int64_t items = tiles() * mixture_.slices;
    if (!in_tiles()) {
      FewLaunch how{false, rows, items, most_blocks()};
      device::TermsView none = no_terms(entries_, mixture_.width, mixture_.slices);
      return multiply_few(launcher_, inner_format_, how, inner_view(),
                          job(2, none, outer_, mixture_.hidden));
    }
    int32_t status =
        split_inputs(launcher_, inner_format_, inner_view(), inner_terms_, plan_.entry_count);
    if (status != 0) return status;
    TileLaunch how{tile_, items, most_blocks()};
    return multiply_tiles(launcher_, inner_format_, how,
                          job(2, inner_terms_, outer_, mixture_.hidden));
  }

  MatrixView inner_view() const { return {inner_, entries_, mixture_.width, mixture_.width}; }

  Launcher& launcher_;
  const ExpertsView& experts_;
  const Mixture& mixture_;
  int64_t entries_;
  bool tensor_;
  TensorFormat outer_format_;
  TensorFormat inner_format_;
  int64_t tile_;
  ExpertPlan plan_{};
  float* inner_ = nullptr;
  float* up_ = nullptr;
  float* outer_ = nullptr;
  float* scores_ = nullptr;
  TermsView x_terms_{};
  TermsView inner_terms_{};
};

int64_t rows_at_once(const Mixture& m) {
  int64_t row_bytes = (4 * m.width + m.hidden * m.slices) * m.top_k * int64_t{sizeof(float)};
  return std::clamp<int64_t>(kMostOuter / row_bytes, 1, 65535 / m.top_k);
}

int32_t mix(Launcher& launcher, const PicksView& picks, const ExpertsView& experts,
            const Mixture& m, const MatrixView& x, const MatrixView& into) {
  int64_t most = rows_at_once(m);
  for (int64_t row = 0; row < x.rows; row += most) {
    int64_t count = std::min<int64_t>(most, x.rows - row);
    PicksView some{picks.ids + row * m.top_k, picks.weights + row * m.top_k, m.top_k};
    MatrixView from{x.data + row * x.stride, count, x.columns, x.stride};
    MatrixView to{into.data + row * into.stride, count, into.columns, into.stride};
    int32_t status = Mixing(launcher, experts, m, count).mix(some, from, to);
    if (status != 0) return status;
  }
  return 0;
}

Mixture mixture_of(const ExpertsView& experts, const PicksView& picks, int32_t first_id) {
  const ExpertView& first = experts.on_host[0];
  return {experts.count,      experts.slices, first.down.slices, first_id, first.gate.rows,
          first.gate.columns, picks.top_k,    false,             0};
}

}  // namespace

int32_t add_experts(Launcher& launcher, const PicksView& picks, const ExpertsView& experts,
                    int32_t first_id, const MatrixView& x, const MatrixView& into) {
  if (experts.count == 0 || x.rows == 0) return 0;
  return mix(launcher, picks, experts, mixture_of(experts, picks, first_id), x, into);
}

int32_t mix_experts(Launcher& launcher, const PicksView& picks, const ExpertsView& experts,
                    int32_t first_id, int32_t first_zero_id, const MatrixView& x,
                    const MatrixView& into) {
  if (x.rows == 0) return 0;
  if (experts.count == 0) {
    int32_t status = zero(launcher, into);
    return status != 0 ? status : add_zero_experts(launcher, picks, first_zero_id, x, into);
  }
  Mixture mixture = mixture_of(experts, picks, first_id);
  mixture.fresh = true;
  mixture.first_zero_id = first_zero_id;
  return mix(launcher, picks, experts, mixture, x, into);
}

int32_t route_and_mix(Launcher& launcher, const Router& router, const PicksView& picks,
                      const ExpertsView& experts, int32_t first_id, int32_t first_zero_id,
                      const MatrixView& x, const MatrixView& into) {
  if (experts.count > 0 && x.rows > 0) {
    Mixture mixture = mixture_of(experts, picks, first_id);
    mixture.fresh = true;
    mixture.first_zero_id = first_zero_id;
    if (x.rows <= std::min(kPlannedRows, rows_at_once(mixture))) {
      return Mixing(launcher, experts, mixture, x.rows).route_and_mix(router, picks, x, into);
    }
  }
  int32_t status = route(launcher, x, router.classifier, router.bias, router.correction,
                         router.rule, picks);
  if (status != 0) return status;
  return mix_experts(launcher, picks, experts, first_id, first_zero_id, x, into);
}

}  // namespace longcat::cuda
