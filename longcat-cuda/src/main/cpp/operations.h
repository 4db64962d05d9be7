// Operations of a pass: each chooses kernels by shape and queues them. All return 0 or an error
// whose words the launcher keeps. Shapes have been checked by the caller; addresses are of the
// device.
#pragma once

#include "attention_view.h"
#include "elements_view.h"
#include "experts_view.h"
#include "launcher.h"
#include "status.h"

namespace longcat::cuda {

using device::ExpertView;
using device::HeadsView;
using device::MatrixView;
using device::PicksView;
using device::PlanView;
using device::RowsView;
using device::WeightView;

// into = x weight^T + bias, which may be null.
int32_t linear(Launcher& launcher, const WeightView& weight, const WeightView* bias,
               const MatrixView& x, const MatrixView& into);

// A product of a linear map; a bias without data is none.
struct Product {
  const WeightView& weight;
  const WeightView& bias;
  const MatrixView& into;
};

// Both of the same inputs.
int32_t linear_pair(Launcher& launcher, const Product& first, const Product& second,
                    const MatrixView& x);

// into = norm(x) weight^T, by rms_norm; x may be changed.
int32_t norm_linear(Launcher& launcher, const WeightView& gain, float epsilon, float scale,
                    const WeightView& weight, const MatrixView& x, const MatrixView& into);

// into = silu(x gate^T) * (x up^T)
int32_t gated_linear(Launcher& launcher, const WeightView& gate, const WeightView& up,
                     const MatrixView& x, const MatrixView& into);

struct RouterRule {
  int32_t top_k;
  float factor;
  bool normalise;
};

// bias and correction may be null.
int32_t route(Launcher& launcher, const MatrixView& x, const WeightView& classifier,
              const WeightView* bias, const WeightView* correction, const RouterRule& rule,
              const PicksView& into);

struct ExpertsView {
  const ExpertView* on_device;
  const ExpertView* on_host;  // the same
  int32_t count;
  int32_t slices;  // runs of experts that are summed each for itself
};

// into += the experts' results by weight, of picks in [first_id, first_id + count).
int32_t add_experts(Launcher& launcher, const PicksView& picks, const ExpertsView& experts,
                    int32_t first_id, const MatrixView& x, const MatrixView& into);

// into = what zero experts and then experts add to nothing.
int32_t mix_experts(Launcher& launcher, const PicksView& picks, const ExpertsView& experts,
                    int32_t first_id, int32_t first_zero_id, const MatrixView& x,
                    const MatrixView& into);

int32_t add_zero_experts(Launcher& launcher, const PicksView& picks, int32_t first_zero_id,
                         const MatrixView& x, const MatrixView& into);

// What a router works with; bias and correction may be null.
struct Router {
  const WeightView& classifier;
  const WeightView* bias;
  const WeightView* correction;
  RouterRule rule;
};

// Picks by a router, of at most so many rows by one block, which then plans experts over them. Scores
// have room for router_scores numbers.
constexpr int64_t kPlannedRows = 8;
int64_t router_scores(const WeightView& classifier, int64_t rows);
int32_t route_planning(Launcher& launcher, const MatrixView& x, const Router& router,
                       const PicksView& into, float* scores,
                       const device::PlannedExperts& planned, const device::ExpertPlan& plan);

// route and then mix_experts.
int32_t route_and_mix(Launcher& launcher, const Router& router, const PicksView& picks,
                      const ExpertsView& experts, int32_t first_id, int32_t first_zero_id,
                      const MatrixView& x, const MatrixView& into);

// Bounds that the host knows: positions that a row sees, and those of rows that keep fewer than
// they see, 0 if there are none. What is launched depends on them and on shapes alone.
struct PlanBounds {
  int32_t longest;
  int32_t longest_sparse;
};

int32_t latent_attention(Launcher& launcher, const MatrixView& queries, const WeightView& kv_b,
                         const HeadsView& heads, const RowsView& cache, const PlanView& plan,
                         const PlanBounds& bounds, const MatrixView& into);

// Rows that are still to be placed in the cache, see place of elements.h.
struct Placing {
  MatrixView rows;
  device::LatentNorm norm;
  device::RotaryView rotary;
};

// place and then latent_attention; the queries may be changed.
int32_t place_and_attend(Launcher& launcher, const Placing& placing, const MatrixView& queries,
                         const WeightView& kv_b, const HeadsView& heads, const RowsView& cache,
                         const PlanView& plan, const PlanBounds& bounds, const MatrixView& into);

// ids[row] = the highest logit's, the lower first.
int32_t choose_greedily(Launcher& launcher, const MatrixView& logits, int32_t* ids);
int32_t count_picks(Launcher& launcher, const int32_t* ids, int64_t layers, int64_t tokens,
                    int32_t top_k, int32_t first_zero, int32_t* counts);

// ids[row] and values[row] = the candidates with the highest logits, best first, of equals the
// lower id first; at most 1024.
int32_t choose_best(Launcher& launcher, const MatrixView& logits, int32_t candidates, int32_t* ids,
                    float* values);

}  // namespace longcat::cuda
