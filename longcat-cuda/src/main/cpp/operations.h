// Operations of a pass: each chooses kernels by shape and queues them. All return 0 or an error
// whose words the launcher keeps. Shapes have been checked by the caller; addresses are of the
// device.
#pragma once

#include "attention_view.h"
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

// Bounds that the host knows: positions that a row sees, and those of rows that keep fewer than
// they see, 0 if there are none. What is launched depends on them and on shapes alone.
struct PlanBounds {
  int32_t longest;
  int32_t longest_sparse;
};

int32_t latent_attention(Launcher& launcher, const MatrixView& queries, const WeightView& kv_b,
                         const HeadsView& heads, const RowsView& cache, const PlanView& plan,
                         const PlanBounds& bounds, const MatrixView& into);

// ids[row] = the highest logit's, the lower first.
int32_t choose_greedily(Launcher& launcher, const MatrixView& logits, int32_t* ids);
int32_t count_picks(Launcher& launcher, const int32_t* ids, int64_t layers, int64_t tokens,
                    int32_t top_k, int32_t first_zero, int32_t* counts);

// ids[row] and values[row] = the candidates with the highest logits, best first, of equals the
// lower id first; at most 1024.
int32_t choose_best(Launcher& launcher, const MatrixView& logits, int32_t candidates, int32_t* ids,
                    float* values);

}  // namespace longcat::cuda
