// Experts over the rows that picked them.
#include <algorithm>

#include "operations.h"

namespace longcat::cuda {

namespace {

using device::ExpertPlan;
using device::ExpertTile;

constexpr int64_t kTile = 8;
constexpr int64_t kMostOuter = 128 << 20;  // bytes of results that wait to be joined

struct Mixture {
  int32_t count;
  int32_t runs;
  int32_t slices;
  int32_t first_id;
  int64_t width;
  int64_t hidden;
  int32_t top_k;

  int64_t tiles(int64_t picks) const {
    return std::min<int64_t>(picks, parts(picks, kTile) + count);
  }
};

// Bit f: inputs of weights of format f are rounded.
int32_t rounding(const Launcher& launcher) {
  int32_t bits = 0;
  for (int32_t f = device::kF32; f <= device::kInt4; f++) bits |= int32_t{launcher.rounds(f)} << f;
  return bits;
}

int32_t mix_rows(Launcher& launcher, const PicksView& picks, const ExpertView* experts,
                 const Mixture& m, const MatrixView& x, const MatrixView& into) {
  int64_t entries = x.rows * m.top_k;
  int64_t tiles = m.tiles(entries);
  Pieces pieces;
  pieces.add<int32_t>(m.count + 1).add<int32_t>(entries).add<int32_t>(entries);
  pieces.add<int32_t>(entries).add<ExpertTile>(tiles).add<int32_t>(1);
  pieces.add<float>(entries * m.width).add<float>(entries * m.hidden * m.slices);
  if (!pieces.open(launcher)) return kNoMemory;
  ExpertPlan plan{};
  plan.starts = pieces.take<int32_t>(m.count + 1);
  plan.rows = pieces.take<int32_t>(entries);
  plan.places = pieces.take<int32_t>(entries);
  plan.order = pieces.take<int32_t>(entries);
  plan.tiles = pieces.take<ExpertTile>(tiles);
  plan.tile_count = pieces.take<int32_t>(1);
  float* inner = pieces.take<float>(entries * m.width);
  float* outer = pieces.take<float>(entries * m.hidden * m.slices);
  int32_t rounded = rounding(launcher);
  int64_t most = int64_t{launcher.multiprocessors()} * 2;
  int32_t status = run(launcher, "plan_experts", {1, 1, 1024, 0}, picks,
                       static_cast<int32_t>(x.rows), m.first_id, m.count,
                       static_cast<int32_t>(kTile), plan);
  if (status != 0) return status;
  Blocks wide{std::min(tiles * parts(m.width, kTile), most), 1, 256, 0};
  status = run(launcher, "widen_experts_any", wide, experts, plan, x, rounded, inner,
               static_cast<int32_t>(m.width));
  if (status != 0) return status;
  Blocks narrow{std::min(tiles * parts(m.hidden, kTile) * m.slices, most), 1, 256, 0};
  status = run(launcher, "narrow_experts_any", narrow, experts, plan, static_cast<const float*>(inner),
               static_cast<int32_t>(m.width), rounded, outer, static_cast<int32_t>(m.hidden),
               static_cast<long long>(entries), m.slices);
  if (status != 0) return status;
  Blocks join{parts(m.hidden, 256), x.rows, 256, 0};
  return run(launcher, "join_experts", join, picks, plan, static_cast<const float*>(outer),
             static_cast<long long>(entries), m.slices, m.first_id, m.count, m.runs, into);
}

}  // namespace

int32_t add_experts(Launcher& launcher, const PicksView& picks, const ExpertsView& experts,
                    int32_t first_id, const MatrixView& x, const MatrixView& into) {
  if (experts.count == 0 || x.rows == 0) return 0;
  const ExpertView& first = experts.on_host[0];
  Mixture m{experts.count,   experts.slices,    first.down.slices, first_id,
            first.gate.rows, first.gate.columns, picks.top_k};
  int64_t row_bytes = (m.width + m.hidden * m.slices) * m.top_k * static_cast<int64_t>(sizeof(float));
  int64_t most = std::clamp<int64_t>(kMostOuter / row_bytes, 1, 32768);
  for (int64_t row = 0; row < x.rows; row += most) {
    int64_t count = std::min<int64_t>(most, x.rows - row);
    PicksView some{picks.ids + row * m.top_k, picks.weights + row * m.top_k, m.top_k};
    MatrixView from{x.data + row * x.stride, count, x.columns, x.stride};
    MatrixView to{into.data + row * into.stride, count, into.columns, into.stride};
    int32_t status = mix_rows(launcher, some, experts.on_device, m, from, to);
    if (status != 0) return status;
  }
  return 0;
}

}  // namespace longcat::cuda
