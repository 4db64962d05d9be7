// Latent attention, some rows of the batch at a time.
#include <algorithm>

#include "operations.h"

namespace longcat::cuda {

namespace {

using device::AttendShape;
using device::AttentionRows;
using device::Kept;
using device::kStretch;

constexpr int64_t kFloat = sizeof(float);
constexpr int64_t kMostBytes = 128 << 20;  // of what stretches leave to be merged

int64_t attend_bytes(const HeadsView& heads, const AttendShape& shape) {
  int64_t cached = heads.latent + heads.rope;
  return kFloat * (shape.heads * (cached + heads.latent + kStretch) + shape.positions * cached);
}

// The largest shape that fits; no heads where none does.
AttendShape shape_for(const HeadsView& heads, int64_t shared_bytes) {
  AttendShape shape{std::min(heads.heads, 8), 16};
  while (shape.heads > 0 && attend_bytes(heads, shape) > shared_bytes) {
    if (shape.positions > 1) {
      shape.positions /= 2;
    } else {
      shape.heads /= 2;
    }
  }
  return shape;
}

struct Attention {
  Launcher& launcher;
  const MatrixView& queries;
  const WeightView& kv_b;
  HeadsView heads;
  const RowsView& cache;
  PlanView plan;
  PlanBounds bounds;
  const MatrixView& into;
  AttendShape shape;

  int64_t cached() const { return heads.latent + heads.rope; }
  int64_t stretches() const { return parts(bounds.longest, kStretch); }

  int64_t row_bytes() const {
    return heads.heads * kFloat *
           (cached() + heads.latent + stretches() * (heads.latent + 2) + bounds.longest_sparse + 2);
  }

  int32_t attend(const AttentionRows& rows) const {
    int64_t count = int64_t{rows.count} * heads.heads;
    int64_t part = count * stretches() * (heads.latent + 2);
    Pieces pieces;
    pieces.add<float>(count * cached()).add<float>(count * heads.latent).add<float>(part);
    pieces.add<float>(count * bounds.longest_sparse).add<Kept>(count);
    if (!pieces.open(launcher)) return kNoMemory;
    float* absorbed = pieces.take<float>(count * cached());
    float* mixed = pieces.take<float>(count * heads.latent);
    float* partials = pieces.take<float>(part);
    float* scores = pieces.take<float>(count * bounds.longest_sparse);
    Kept* kept = pieces.take<Kept>(count);
    int32_t status = run(launcher, "absorb_any", {heads.heads, parts(rows.count, 4), 512, 0}, queries,
                         kv_b, heads, rows, absorbed);
    if (status == 0 && bounds.longest_sparse > 0) status = keep(rows, absorbed, scores, kept);
    if (status != 0) return status;
    int32_t stretch_count = static_cast<int32_t>(stretches());
    Blocks grid{groups() * stretches(), rows.count, 256, attend_bytes(heads, shape)};
    status = run(launcher, "attend_any", grid, cache, plan, heads, rows, shape,
                 static_cast<const float*>(absorbed), static_cast<const Kept*>(kept), partials,
                 stretch_count);
    if (status != 0) return status;
    status = run(launcher, "merge_stretches", {heads.heads, rows.count, 128, 0}, plan, heads, rows,
                 static_cast<const float*>(partials), stretch_count, mixed);
    if (status != 0) return status;
    Blocks expand{heads.heads * parts(heads.value, 8), parts(rows.count, 8), 256, 0};
    return run(launcher, "expand_any", expand, kv_b, heads, rows, static_cast<const float*>(mixed),
               int32_t{launcher.rounds(kv_b.format)}, into);
  }

 private:
  int64_t groups() const { return parts(heads.heads, shape.heads); }

  int32_t keep(const AttentionRows& rows, const float* absorbed, float* scores, Kept* kept) const {
    int64_t stretches = parts(bounds.longest_sparse, kStretch);
    Blocks grid{groups() * stretches, rows.count, 256, attend_bytes(heads, shape)};
    int32_t status = run(launcher, "score_any", grid, cache, plan, heads, rows, shape, absorbed,
                         scores, bounds.longest_sparse);
    if (status != 0) return status;
    return run(launcher, "keep_best", {heads.heads, rows.count, 256, 0}, plan, heads, rows,
               static_cast<const float*>(scores), bounds.longest_sparse, kept);
  }
};

}  // namespace

int32_t latent_attention(Launcher& launcher, const MatrixView& queries, const WeightView& kv_b,
                         const HeadsView& heads, const RowsView& cache, const PlanView& plan,
                         const PlanBounds& bounds, const MatrixView& into) {
  if (queries.rows == 0) return 0;
  AttendShape shape = shape_for(heads, launcher.shared_bytes());
  if (shape.heads == 0) {
    return launcher.fail(kMisfit, "latentAttention: a cached row does not fit the shared memory of a block");
  }
  Attention attention{launcher, queries, kv_b, heads, cache, plan, bounds, into, shape};
  int64_t most = std::clamp<int64_t>(kMostBytes / attention.row_bytes(), 1, 32768);
  for (int64_t row = 0; row < queries.rows; row += most) {
    AttentionRows rows{static_cast<int32_t>(row),
                       static_cast<int32_t>(std::min<int64_t>(most, queries.rows - row))};
    int32_t status = attention.attend(rows);
    if (status != 0) return status;
  }
  return 0;
}

}  // namespace longcat::cuda
