#include "tensor_products.h"

#include <algorithm>
#include <cstdio>
#include <numeric>

namespace longcat::cuda {

namespace {

using device::kChunk;
using device::kRuns;
using device::TensorJob;
using device::TermsView;

// Up to so many rows a block takes few rows of a weight and all columns; beyond, inputs are what
// moves most, and blocks share them.
constexpr int64_t kMostFew = 4;
// Up to so many rows runs of columns are blocks of their own.
constexpr int64_t kMostSplit = 64;
constexpr int64_t kEndless = INT32_MAX;
// Warps of a block, and bytes that each has for inputs cut into terms.
constexpr int64_t kWarps = 8;
constexpr int64_t kRoom = 3 << 10;
constexpr int64_t kMostBytes = 256 << 20;

int64_t run_count(int64_t columns) {
  int64_t chunks = columns / kChunk;
  return parts(chunks, parts(chunks, kRuns));
}

MatrixView rows_of(const MatrixView& matrix, int64_t first, int64_t count) {
  return {matrix.data + first * matrix.stride, count, matrix.columns, matrix.stride};
}

// Rows of a tile's block of outputs, and its dynamic shared memory.
struct TileShape {
  int64_t outputs;
  int64_t shared_bytes;
};

TileShape tile_shape(const TensorFormat& format, int64_t tile) {
  int64_t high = tile == 48 ? 2 : 1;
  int64_t staged = 2 * format.input_bytes() * tile * kChunk;
  return {128 * high, staged + 256 * high * tile / 2 * int64_t{sizeof(float)}};
}

// A dense product, some rows at a time.
class Dense {
 public:
  Dense(Launcher& launcher, const WeightView& weight)
      : launcher_(launcher),
        weight_(weight),
        format_(TensorFormat::of(launcher, weight.format)),
        columns_(weight.columns / weight.slices) {}

  int64_t most_rows() const {
    int64_t row = weight_.columns * format_.input_bytes() + 8 * weight_.rows * weight_.slices;
    return std::max<int64_t>(kMostSplit, std::min(kMostBytes / row, int64_t{65535}));
  }

  int32_t linear(const WeightView& bias, const MatrixView& x, const MatrixView& into) const {
    bool few = x.rows <= kMostFew;
    bool joined = few && weight_.slices <= device::kMostJoined;
    if (joined) {
      TensorJob job = few_job(x.rows, into);
      job.bias = bias;
      return run_few(job, false, x);
    }
    bool sliced = weight_.slices > 1;
    bool split = is_split(x.rows);
    int64_t runs = split ? run_count(columns_) : 1;
    int64_t partial = split || sliced ? x.rows * weight_.rows * weight_.slices * runs : 0;
    int64_t cut = few ? 0 : terms_bytes(format_, x.rows, weight_.columns);
    Pieces pieces;
    pieces.add<uint8_t>(cut).add<float>(partial);
    if (!pieces.open(launcher_)) return kNoMemory;
    uint8_t* memory = pieces.take<uint8_t>(cut);
    float* partials = pieces.take<float>(partial);
    TermsView terms = few ? no_terms(x.rows, weight_.columns, weight_.slices)
                          : terms_at(memory, x.rows);
    int32_t status = few ? kOk : split_inputs(launcher_, format_, x, terms, nullptr);
    if (status != 0) return status;
    TensorJob job = split || sliced ? left_job(terms, partials, x.rows) : job_into(terms, into);
    if (!split && !sliced) job.bias = bias;
    status = few ? run_few(job, false, x) : run_tiles(job, x.rows);
    if (status != 0 || (!split && !sliced)) return status;
    Blocks join{parts(into.rows * into.columns, 256), 1, 256, 0};
    const float* left = partials;
    if (split) return cuda::run(launcher_, "join_runs", join, left, terms, bias, into);
    return cuda::run(launcher_, "join_slices", join, left, static_cast<int32_t>(weight_.slices),
                     bias, into);
  }

  int32_t pair(const Product& own, const Product& second, const MatrixView& x) const {
    TensorJob job = few_job(x.rows, own.into);
    job.bias = own.bias;
    job.up = second.weight;
    job.second = {second.bias, second.into.data, second.into.stride,
                  static_cast<int>(second.weight.rows)};
    return run_few(job, false, x);
  }

  int32_t normed(const NormRule& norm, const MatrixView& x, const MatrixView& into) const {
    TensorJob job = few_job(x.rows, into);
    job.inputs.gain = norm.gain;
    job.inputs.epsilon = norm.epsilon;
    job.inputs.scale = norm.scale;
    return run_few(job, false, x);
  }

  int32_t gated(const WeightView& up, const MatrixView& x, const MatrixView& into) const {
    if (x.rows <= kMostFew) {
      TensorJob job = few_job(x.rows, into);
      job.up = up;
      return run_few(job, true, x);
    }
    bool split = is_split(x.rows);
    int64_t numbers = x.rows * weight_.rows * (split ? run_count(columns_) : 1);
    Pieces pieces;
    pieces.add<uint8_t>(terms_bytes(format_, x.rows, weight_.columns));
    pieces.add<float>(split ? numbers : 0).add<float>(numbers);
    if (!pieces.open(launcher_)) return kNoMemory;
    TermsView terms = terms_at(
        pieces.take<uint8_t>(terms_bytes(format_, x.rows, weight_.columns)), x.rows);
    float* gates = pieces.take<float>(split ? numbers : 0);
    float* ups = pieces.take<float>(numbers);
    int32_t status = split_inputs(launcher_, format_, x, terms, nullptr);
    if (status != 0) return status;
    status = run_tiles(split ? left_job(terms, gates, x.rows) : job_into(terms, into), x.rows);
    if (status != 0) return status;
    TensorJob second = split ? left_job(terms, ups, x.rows)
                             : job_into(terms, {ups, x.rows, weight_.rows, weight_.rows});
    second.weight = up;
    status = run_tiles(second, x.rows);
    if (status != 0) return status;
    const float* left_ups = ups;
    if (split) {
      const float* left_gates = gates;
      Blocks join{parts(into.rows * into.columns, 256), 1, 256, 0};
      return cuda::run(launcher_, "join_gated_runs", join, left_gates, left_ups, terms, into);
    }
    const int32_t* counted = nullptr;
    Blocks join{parts(into.columns, 256), into.rows, 256, 0};
    return cuda::run(launcher_, "gate_rows", join, into, left_ups, counted);
  }

 private:
  static bool is_split(int64_t rows) { return rows > kMostFew && rows <= kMostSplit; }

  TermsView terms_at(uint8_t* memory, int64_t rows) const {
    return terms_view(memory, format_, rows, weight_.columns, weight_.slices);
  }

  // Of all slices.
  TensorJob few_job(int64_t rows, const MatrixView& into) const {
    TensorJob job = job_into(no_terms(rows, weight_.columns, weight_.slices), into);
    job.joined = 1;
    return job;
  }

  TensorJob job_into(const TermsView& terms, const MatrixView& into) const {
    TensorJob job{};
    job.weight = weight_;
    job.x = terms;
    job.into = into.data;
    job.stride = into.stride;
    job.outputs = static_cast<int>(weight_.rows);
    return job;
  }

  // Leaves what is still to be joined.
  TensorJob left_job(const TermsView& terms, float* partials, int64_t rows) const {
    TensorJob job = job_into(terms, {partials, rows, weight_.rows, weight_.rows});
    bool split = is_split(rows);
    job.run_step = split ? rows * weight_.rows : 0;
    job.slice_step = rows * weight_.rows * (split ? run_count(columns_) : 1);
    return job;
  }

  int32_t run_tiles(const TensorJob& job, int64_t rows) const {
    bool split = is_split(rows);
    int64_t tile = split ? 32 : largest_tile(format_);
    int64_t items = parts(rows, tile) * weight_.slices * (split ? run_count(columns_) : 1);
    return multiply_tiles(launcher_, format_, {tile, items, kEndless}, job);
  }

  int32_t run_few(const TensorJob& job, bool gated, const MatrixView& x) const {
    int64_t items = job.joined != 0 ? 1 : weight_.slices;
    return multiply_few(launcher_, format_, {gated, x.rows, items, kEndless}, x, job);
  }

  Launcher& launcher_;
  const WeightView& weight_;
  TensorFormat format_;
  int64_t columns_;
};

}  // namespace

bool on_tensor_cores(const WeightView& weight) {
  int64_t columns = weight.columns / weight.slices;
  if (columns % kChunk != 0 || weight.columns > 1 << 20 || weight.rows > INT32_MAX / 2)
    return false;
  int64_t common = std::gcd<int64_t, int64_t>(weight.block_columns, columns);
  switch (weight.format) {
    case device::kBf16:
      return true;
    case device::kFp8:
      return common % kChunk == 0;
    case device::kInt8:
    case device::kInt4:
      return common % 32 == 0;
    default:
      return false;
  }
}

TensorFormat TensorFormat::of(const Launcher& launcher, int32_t format) {
  if (launcher.quantises(format)) return {"fp8_both", 1, 0, true};
  return of_values(launcher, format);
}

TensorFormat TensorFormat::of_values(const Launcher& launcher, int32_t format) {
  bool rounded = launcher.rounds(format);
  switch (format) {
    case device::kBf16:
      return {rounded ? "bf16_rounded" : "bf16", rounded ? 1 : 3, 0, false};
    case device::kFp8:
      return {rounded ? "fp8_rounded" : "fp8", rounded ? 1 : 3, 120, false};
    case device::kInt8:
      return {"int8", 3, 0, false};
    default:
      return {"int4", 3, 0, false};
  }
}

int64_t largest_tile(const TensorFormat& format) { return format.terms == 1 ? 48 : 32; }

int64_t terms_bytes(const TensorFormat& format, int64_t rows, int64_t columns) {
  // Factors of slices of a chunk at least lie behind.
  return rows * (columns * format.input_bytes() + columns / kChunk * int64_t{sizeof(float)}) + 256;
}

TermsView terms_view(uint8_t* memory, const TensorFormat& format, int64_t rows, int64_t columns,
                     int32_t slices) {
  int64_t bytes = rows * columns * format.input_bytes();
  return {reinterpret_cast<unsigned short*>(memory), reinterpret_cast<float*>(memory + bytes), rows,
          static_cast<int>(columns / slices), slices, format.scaled ? 1 : 0};
}

int32_t split_inputs(Launcher& launcher, const TensorFormat& format, const MatrixView& x,
                     const TermsView& into, const int32_t* counted) {
  if (format.scaled) {
    return run(launcher, "quantise_inputs", {x.rows, into.slices, 256, 0}, x, into, counted);
  }
  return run(launcher, "split_inputs", {x.rows, into.slices, 256, 0}, x, into, format.terms,
             format.exponent, counted);
}

int32_t multiply_tiles(Launcher& launcher, const TensorFormat& format, const TileLaunch& how,
                       const TensorJob& job) {
  char name[64];
  std::snprintf(name, sizeof name, "tile_%s_%d", format.name, static_cast<int>(how.tile));
  TileShape shape = tile_shape(format, how.tile);
  int64_t blocks = std::min(how.items * parts(job.outputs, shape.outputs), how.most_blocks);
  return run(launcher, name, {blocks, 1, 256, shape.shared_bytes}, job);
}

TermsView no_terms(int64_t rows, int64_t columns, int32_t slices) {
  return {nullptr, nullptr, rows, static_cast<int>(columns / slices), slices, 0};
}

int32_t multiply_few(Launcher& launcher, const TensorFormat& format, const FewLaunch& how,
                     const MatrixView& x, TensorJob job) {
  int64_t rows = std::min(how.rows, kFewRows);
  int64_t run = parts(job.x.columns / kChunk, kRuns);
  int64_t chunks = std::clamp<int64_t>(kRoom / (rows * kChunk * format.input_bytes()), 1, run);
  job.x.scaled = format.scaled ? 1 : 0;
  job.inputs.data = x.data;
  job.inputs.stride = x.stride;
  job.inputs.exponent = format.exponent;
  job.inputs.chunks = static_cast<int>(chunks);
  job.inputs.pitch = device::input_pitch(format.scaled, format.exponent != 0, format.terms,
                                         static_cast<int>(chunks));
  job.inputs.rows = static_cast<int>(rows);
  int64_t runs = run_count(job.x.columns) * (job.joined != 0 ? job.x.slices : 1);
  int64_t shared = runs * 128 * int64_t{sizeof(float)} + kWarps * rows * job.inputs.pitch;
  char name[64];
  std::snprintf(name, sizeof name, "tensor_%s%s", format.name, how.gated ? "_gated" : "");
  int64_t outputs = parts(job.outputs, 16) + parts(job.second.outputs, 16);
  int64_t blocks = std::min(how.items * outputs, how.most_blocks);
  return cuda::run(launcher, name, {blocks, 1, 256, shared}, job);
}

bool in_one_launch(const WeightView& weight, int64_t rows) {
  return rows <= kMostFew && weight.slices <= device::kMostJoined && on_tensor_cores(weight);
}

int32_t tensor_pair(Launcher& launcher, const Product& first, const Product& second,
                    const MatrixView& x) {
  return Dense(launcher, first.weight).pair(first, second, x);
}

int32_t tensor_normed(Launcher& launcher, const NormRule& norm, const WeightView& weight,
                      const MatrixView& x, const MatrixView& into) {
  return Dense(launcher, weight).normed(norm, x, into);
}

int32_t tensor_linear(Launcher& launcher, const WeightView& weight, const WeightView& bias,
                      const MatrixView& x, const MatrixView& into) {
  Dense dense(launcher, weight);
  int64_t most = dense.most_rows();
  for (int64_t first = 0; first < x.rows; first += most) {
    int64_t count = std::min<int64_t>(most, x.rows - first);
    int32_t status = dense.linear(bias, rows_of(x, first, count), rows_of(into, first, count));
    if (status != 0) return status;
  }
  return 0;
}

int32_t tensor_gated(Launcher& launcher, const WeightView& gate, const WeightView& up,
                     const MatrixView& x, const MatrixView& into) {
  Dense dense(launcher, gate);
  int64_t most = dense.most_rows();
  for (int64_t first = 0; first < x.rows; first += most) {
    int64_t count = std::min<int64_t>(most, x.rows - first);
    int32_t status = dense.gated(up, rows_of(x, first, count), rows_of(into, first, count));
    if (status != 0) return status;
  }
  return 0;
}

}  // namespace longcat::cuda
