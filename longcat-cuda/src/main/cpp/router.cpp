// The router and what needs no expert.
#include "operations.h"

namespace longcat::cuda {

namespace {

constexpr int64_t kTile = kPlannedRows;

}  // namespace

int32_t route(Launcher& launcher, const MatrixView& x, const WeightView& classifier,
              const WeightView* bias, const WeightView* correction, const RouterRule& rule,
              const PicksView& into) {
  float* scores = reinterpret_cast<float*>(launcher.workspace(
      router_scores(classifier, x.rows) * static_cast<int64_t>(sizeof(float))));
  if (scores == nullptr) return kNoMemory;
  return route_planning(launcher, x, {classifier, bias, correction, rule}, into, scores, {}, {});
}

// Rows apart by whole lines of the nearest cache, which may hold what was there before.
int64_t router_scores(const WeightView& classifier, int64_t rows) {
  return rows * parts(classifier.rows, 32) * 32;
}

int32_t route_planning(Launcher& launcher, const MatrixView& x, const Router& router,
                       const PicksView& into, float* scores,
                       const device::PlannedExperts& planned, const device::ExpertPlan& plan) {
  const RouterRule& rule = router.rule;
  if (rule.top_k < 1 || rule.top_k > router.classifier.rows || rule.top_k != into.top_k) {
    return launcher.fail(kMisfit, "route: picks and experts do not fit");
  }
  int64_t tiles = parts(x.rows, kTile);
  uint32_t* done =
      reinterpret_cast<uint32_t*>(launcher.zeroed(tiles * static_cast<int64_t>(sizeof(uint32_t))));
  if (done == nullptr) return kNoMemory;
  Blocks grid{parts(router.classifier.rows, kTile), tiles, 256, 0};
  return run(launcher, "route_any", grid, x, router.classifier,
             router.bias != nullptr ? *router.bias : WeightView{},
             router.correction != nullptr ? *router.correction : WeightView{}, rule.top_k,
             rule.factor, int32_t{rule.normalise}, int32_t{launcher.rounds(router.classifier.format)},
             scores, static_cast<long long>(router_scores(router.classifier, 1)), done, into, planned,
             plan);
}

int32_t add_zero_experts(Launcher& launcher, const PicksView& picks, int32_t first_zero_id,
                         const MatrixView& x, const MatrixView& into) {
  Blocks grid{parts(x.columns, 256), x.rows, 256, 0};
  return run(launcher, "add_zero_experts", grid, picks, first_zero_id, x, into);
}

}  // namespace longcat::cuda
