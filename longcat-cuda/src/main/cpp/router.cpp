// The router and what needs no expert.
#include "operations.h"

namespace longcat::cuda {

namespace {

constexpr int64_t kTile = 8;

}  // namespace

int32_t route(Launcher& launcher, const MatrixView& x, const WeightView& classifier,
              const WeightView* bias, const WeightView* correction, const RouterRule& rule,
              const PicksView& into) {
  if (rule.top_k < 1 || rule.top_k > classifier.rows || rule.top_k != into.top_k) {
    return launcher.fail(kMisfit, "route: picks and experts do not fit");
  }
  // Rows apart by whole lines of the nearest cache, which may hold what was there before.
  int64_t stride = parts(classifier.rows, 32) * 32;
  int64_t tiles = parts(x.rows, kTile);
  float* scores = reinterpret_cast<float*>(
      launcher.workspace(x.rows * stride * static_cast<int64_t>(sizeof(float))));
  uint32_t* done =
      reinterpret_cast<uint32_t*>(launcher.zeroed(tiles * static_cast<int64_t>(sizeof(uint32_t))));
  if (scores == nullptr || done == nullptr) return kNoMemory;
  Blocks grid{parts(classifier.rows, kTile), tiles, 256, 0};
  return run(launcher, "route_any", grid, x, classifier, bias != nullptr ? *bias : WeightView{},
             correction != nullptr ? *correction : WeightView{}, rule.top_k, rule.factor,
             int32_t{rule.normalise}, int32_t{launcher.rounds(classifier.format)}, scores,
             static_cast<long long>(stride), done, into);
}

int32_t add_zero_experts(Launcher& launcher, const PicksView& picks, int32_t first_zero_id,
                         const MatrixView& x, const MatrixView& into) {
  Blocks grid{parts(x.columns, 256), x.rows, 256, 0};
  return run(launcher, "add_zero_experts", grid, picks, first_zero_id, x, into);
}

}  // namespace longcat::cuda
