// Latent attention, some rows of the batch at a time.
#include <algorithm>
#include <cstdio>

#include "elements.h"
#include "operations.h"
#include "tensor_products.h"

namespace longcat::cuda {

namespace {

using device::AttendShape;
using device::AttentionRows;
using device::Cuts;
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

// How the blocks of a kernel that attends on tensor cores look.
struct TensorShape {
  const char* kernel;
  const char* rounded;
  int32_t heads;
  int32_t positions;  // scored at once
};

constexpr TensorShape kFull = {"attend_tensor", "attend_tensor_rounded", 16, 32};
constexpr TensorShape kFew = {"attend_few", "attend_few_rounded", 8, 64};

// Shared memory: queries' terms, so many tiles of cached rows, powers' terms, scores.
int64_t tensor_bytes(const TensorShape& shape, const HeadsView& heads, int32_t terms,
                     int32_t tiles) {
  int64_t pitch = heads.latent + heads.rope + 8;
  int64_t of_heads = terms * shape.heads * (pitch + 40);
  return 2 * (of_heads + tiles * shape.positions * pitch) + kFloat * shape.heads * shape.positions;
}

constexpr int64_t kStatic = 2048;  // shared memory of kernels beside that

// Whether rows that see all positions attend on tensor cores.
bool on_tensor_cores(const HeadsView& heads, const RowsView& cache, int64_t shared_bytes) {
  return cache.format != device::kF32 && heads.latent % 64 == 0 && heads.latent <= 512 &&
         (heads.latent + heads.rope) % 64 == 0 &&
         tensor_bytes(kFull, heads, 3, 1) + kStatic <= shared_bytes;
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
  const Placing* placing;  // or null

  int64_t cached() const { return heads.latent + heads.rope; }
  bool tensor() const { return on_tensor_cores(heads, cache, launcher.shared_bytes()); }

  int64_t stretches() const {
    int64_t seen = parts(bounds.longest, cuts().shortest);
    return std::max(std::min<int64_t>(seen, cuts().most), parts(bounds.longest_sparse, kStretch));
  }

  Cuts cuts() const {
    return tensor() ? device::cuts_of(kv_b.format, cache.format) : device::kEvenCuts;
  }

  int64_t row_bytes() const {
    return heads.heads * kFloat *
           (cached() + 3 * heads.latent + stretches() * (heads.latent + 2) + bounds.longest_sparse +
            2);
  }

  int32_t attend(const AttentionRows& rows) {
    int64_t count = int64_t{rows.count} * heads.heads;
    int64_t part = count * stretches() * (heads.latent + 2);
    Pieces pieces;
    pieces.add<float>(count * cached()).add<float>(count * heads.latent).add<float>(part);
    pieces.add<float>(count * bounds.longest_sparse).add<Kept>(count);
    pieces.add<uint8_t>(expand_bytes(count));
    if (!pieces.open(launcher)) return kNoMemory;
    float* absorbed = pieces.take<float>(count * cached());
    float* mixed = pieces.take<float>(count * heads.latent);
    float* partials = pieces.take<float>(part);
    float* scores = pieces.take<float>(count * bounds.longest_sparse);
    Kept* kept = pieces.take<Kept>(count);
    uint8_t* terms = pieces.take<uint8_t>(expand_bytes(count));
    int32_t status = absorb(rows, absorbed);
    if (status == 0 && bounds.longest_sparse > 0) status = keep(rows, absorbed, scores, kept);
    if (status == 0) status = attend(rows, absorbed, kept, partials);
    if (status != 0) return status;
    const float* left = partials;
    if (expands_at_once(rows)) return expand_at_once(rows, left);
    status = run(launcher, "merge_stretches", {heads.heads, rows.count, 128, 0}, plan, heads, rows,
                 left, static_cast<int32_t>(stretches()), cuts(), mixed);
    if (status != 0) return status;
    return expands_on_tensor_cores() ? expand_tensor(rows, mixed, terms) : expand_any(rows, mixed);
  }

 private:
  int32_t absorb(const AttentionRows& rows, float* absorbed) const {
    int64_t blocks = heads.heads * parts(heads.latent, 256);
    if (placing == nullptr) {
      return run(launcher, "absorb_any", {blocks, parts(rows.count, 4), 256, 0}, queries, kv_b,
                 heads, rows, absorbed);
    }
    int64_t shared = 2 * placing->rotary.pairs * kFloat;
    return run(launcher, "absorb_placing", {blocks + 4, parts(rows.count, 4), 256, shared},
               queries, kv_b, heads, rows, absorbed, placing->rows, placing->norm,
               placing->rotary, plan, cache);
  }

  // Of queries and powers on tensor cores.
  int32_t terms() const { return launcher.rounds(device::kBf16) ? 1 : 3; }

  int64_t tensor_blocks(const TensorShape& blocks, const AttentionRows& rows) const {
    return parts(heads.heads, blocks.heads) * stretches() * rows.count;
  }

  // Blocks of fewer heads where there is a multiprocessor for each.
  const TensorShape& tensor_shape(const AttentionRows& rows) const {
    bool idle = tensor_blocks(kFew, rows) <= launcher.multiprocessors();
    bool room = tensor_bytes(kFew, heads, terms(), 1) + kStatic <= launcher.shared_bytes();
    return idle && room ? kFew : kFull;
  }

  // Tiles of cached rows that a block has room for: two where that keeps no second block off a
  // multiprocessor, and where tiles are copied as they are.
  int32_t buffers(const TensorShape& blocks, const AttentionRows& rows) const {
    int64_t bytes = tensor_bytes(blocks, heads, terms(), 2) + kStatic;
    bool alone = tensor_blocks(blocks, rows) <= launcher.multiprocessors() &&
                 bytes <= launcher.shared_bytes();
    bool both = 2 * bytes <= launcher.shared_bytes();
    return cache.format == device::kBf16 && (alone || both) ? 2 : 1;
  }

  int64_t groups() const { return parts(heads.heads, shape.heads); }

  bool expands_on_tensor_cores() const { return cuda::on_tensor_cores(kv_b); }

  // Whether one kernel merges and expands: for few rows, whose weights are what moves most.
  bool expands_at_once(const AttentionRows& rows) const {
    return expands_on_tensor_cores() && rows.count <= device::kMergedRows &&
           merged_bytes() + kStatic <= launcher.shared_bytes();
  }

  int64_t merged_bytes() const {
    int64_t terms = TensorFormat::of_values(launcher, kv_b.format).terms;
    return device::kMergedRows * (terms * heads.latent + 32) * 2 + kFloat * heads.latent;
  }

  int32_t expand_at_once(const AttentionRows& rows, const float* partials) const {
    TensorFormat format = TensorFormat::of_values(launcher, kv_b.format);
    char name[64];
    std::snprintf(name, sizeof name, "merge_%s", format.name);
    Blocks grid{heads.heads * parts(heads.value, device::kMergedOutputs), 1, 128, merged_bytes()};
    return run(launcher, name, grid, plan, heads, rows, partials,
               static_cast<int32_t>(stretches()), cuts(), kv_b, format.exponent, into);
  }

  int64_t expand_bytes(int64_t count) const {
    if (!expands_on_tensor_cores()) return 0;
    return terms_bytes(TensorFormat::of_values(launcher, kv_b.format), count, heads.latent);
  }

  int32_t attend(const AttentionRows& rows, const float* absorbed, const Kept* kept,
                 float* partials) const {
    int32_t count = static_cast<int32_t>(stretches());
    if (tensor()) {
      int32_t status = attend_tensor(rows, absorbed, partials);
      if (status != 0 || bounds.longest_sparse == 0) return status;
    }
    Blocks grid{groups() * count, rows.count, 256, attend_bytes(heads, shape)};
    return run(launcher, "attend_any", grid, cache, plan, heads, rows, shape, absorbed, kept,
               int32_t{tensor()}, partials, count);
  }

  int32_t attend_tensor(const AttentionRows& rows, const float* absorbed, float* partials) const {
    const TensorShape& blocks = tensor_shape(rows);
    int32_t tiles = buffers(blocks, rows);
    int32_t count = static_cast<int32_t>(stretches());
    Blocks grid{parts(heads.heads, blocks.heads) * count, rows.count, 256,
                tensor_bytes(blocks, heads, terms(), tiles)};
    const char* kernel = terms() == 1 ? blocks.rounded : blocks.kernel;
    return run(launcher, kernel, grid, cache, plan, heads, rows, cuts(), absorbed, partials, count,
               tiles);
  }

  int32_t expand_any(const AttentionRows& rows, const float* mixed) const {
    Blocks grid{heads.heads * parts(heads.value, 8), parts(rows.count, 8), 256, 0};
    return run(launcher, "expand_any", grid, kv_b, heads, rows, mixed,
               int32_t{launcher.rounds(kv_b.format)}, into);
  }

  int32_t expand_tensor(const AttentionRows& rows, float* mixed, uint8_t* memory) const {
    TensorFormat format = TensorFormat::of_values(launcher, kv_b.format);
    int64_t count = int64_t{rows.count} * heads.heads;
    MatrixView from{mixed, count, heads.latent, heads.latent};
    bool few = rows.count <= kFewRows;
    device::TensorJob job{};
    job.weight = kv_b;
    job.x = few ? no_terms(count, heads.latent, 1)
                : terms_view(memory, format, count, heads.latent, 1);
    job.into = into.data + rows.first * into.stride;
    job.stride = into.stride;
    job.outputs = heads.value;
    job.heads = heads.heads;
    job.head_step = heads.nope + heads.value;
    job.head_first = heads.nope;
    if (few) return multiply_few(launcher, format, {false, rows.count, heads.heads, INT32_MAX}, from, job);
    int32_t status = split_inputs(launcher, format, from, job.x, nullptr);
    if (status != 0) return status;
    int64_t tile = rows.count <= 32 ? 32 : largest_tile(format);
    int64_t items = parts(rows.count, tile) * heads.heads;
    return multiply_tiles(launcher, format, {tile, items, INT32_MAX}, job);
  }

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

int64_t rows_at_once(const Attention& attention) {
  return std::clamp<int64_t>(kMostBytes / attention.row_bytes(), 1, 32768);
}

int32_t attend_all(Attention& attention) {
  int64_t most = rows_at_once(attention);
  int64_t all = attention.queries.rows;
  for (int64_t row = 0; row < all; row += most) {
    AttentionRows rows{static_cast<int32_t>(row),
                       static_cast<int32_t>(std::min<int64_t>(most, all - row))};
    int32_t status = attention.attend(rows);
    if (status != 0) return status;
  }
  return 0;
}

int32_t too_wide(Launcher& launcher) {
  return launcher.fail(kMisfit,
                       "latentAttention: a cached row does not fit the shared memory of a block");
}

}  // namespace

int32_t latent_attention(Launcher& launcher, const MatrixView& queries, const WeightView& kv_b,
                         const HeadsView& heads, const RowsView& cache, const PlanView& plan,
                         const PlanBounds& bounds, const MatrixView& into) {
  if (queries.rows == 0) return 0;
  AttendShape shape = shape_for(heads, launcher.shared_bytes());
  if (shape.heads == 0) return too_wide(launcher);
  Attention attention{launcher, queries, kv_b, heads, cache, plan, bounds, into, shape, nullptr};
  return attend_all(attention);
}

int32_t place_and_attend(Launcher& launcher, const Placing& placing, const MatrixView& queries,
                         const WeightView& kv_b, const HeadsView& heads, const RowsView& cache,
                         const PlanView& plan, const PlanBounds& bounds, const MatrixView& into) {
  if (queries.rows == 0) return 0;
  AttendShape shape = shape_for(heads, launcher.shared_bytes());
  if (shape.heads == 0) return too_wide(launcher);
  Attention attention{launcher, queries, kv_b,  heads, cache,
                      plan,     bounds,  into, shape, &placing};
  // All rows are cached before the first one attends.
  bool at_once = queries.rows <= rows_at_once(attention) &&
                 2 * placing.rotary.pairs == heads.rope && heads.rope > 0;
  if (!at_once) {
    attention.placing = nullptr;
    int32_t status = place(launcher, queries, placing.rows, placing.norm.latent, placing.norm.gain,
                           placing.norm.epsilon, placing.norm.scale, placing.rotary, plan, cache);
    if (status != 0) return status;
  }
  return attend_all(attention);
}

}  // namespace longcat::cuda
