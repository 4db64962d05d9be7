// Operations that touch every element once.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "cached_rows.h"
#include "context.h"
#include "longcat_cpu.h"
#include "row_plan.h"
#include "weight.h"

namespace longcat {

namespace {

// Numbers that are worth a thread.
constexpr int64_t kGrain = 16384;

// Calls body(first, last) for runs of rows.
template <class Body>
void each_run(Context& context, int64_t rows, int64_t columns, const Body& body) {
  int64_t run = std::max<int64_t>(1, kGrain / columns);
  context.share((rows + run - 1) / run, [&](int64_t item, int) {
    body(item * run, std::min(rows, (item + 1) * run));
  });
}

template <class Body>
void each_row(Context& context, int64_t rows, int64_t columns, const Body& body) {
  each_run(context, rows, columns, [&](int64_t first, int64_t last) {
    for (int64_t row = first; row < last; row++) body(row);
  });
}

size_t bytes(int64_t columns) { return static_cast<size_t>(columns) * sizeof(float); }

double square_sum(const float* x, int64_t n) {
  constexpr int kLanes = 8;
  double lanes[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int lane = 0; lane < kLanes; lane++) {
      lanes[lane] += static_cast<double>(x[i + lane]) * x[i + lane];
    }
  }
  for (; i < n; i++) lanes[0] += static_cast<double>(x[i]) * x[i];
  double sum = 0;
  for (double lane : lanes) sum += lane;
  return sum;
}

template <class T>
int32_t put(const T* values, int64_t count, int64_t into, int64_t offset, int64_t capacity) {
  int64_t size = static_cast<int64_t>(sizeof(T));
  if (count < 0 || offset < 0 || count > (capacity - offset) / size) return LONGCAT_MISFIT;
  std::memcpy(reinterpret_cast<char*>(into) + offset, values, static_cast<size_t>(count * size));
  return LONGCAT_OK;
}

// first and second members of pairs to the front and the back half.
void turn(float* x, int64_t pairs, const float* cosines, const float* sines, float* copy) {
  std::memcpy(copy, x, bytes(2 * pairs));
  for (int64_t i = 0; i < pairs; i++) {
    float even = copy[2 * i];
    float odd = copy[2 * i + 1];
    x[i] = even * cosines[i] - odd * sines[i];
    x[pairs + i] = odd * cosines[i] + even * sines[i];
  }
}

}  // namespace

}  // namespace longcat

using longcat::context_at;
using longcat::each_row;
using longcat::floats_at;
using longcat::ints_at;
using longcat::Scratch;
using longcat::Weight;

extern "C" int32_t longcat_write(const float* values, int64_t length, int64_t offset, int64_t into,
                                 int64_t rows, int64_t columns, int64_t stride) noexcept {
  if (offset < 0 || rows * columns > length - offset) return LONGCAT_MISFIT;
  for (int64_t row = 0; row < rows; row++) {
    std::memcpy(floats_at(into) + row * stride, values + offset + row * columns,
                longcat::bytes(columns));
  }
  return LONGCAT_OK;
}

extern "C" int32_t longcat_write_bytes(const void* values, int64_t length, int64_t offset,
                                       int64_t into, int64_t rows, int64_t columns,
                                       int64_t stride) noexcept {
  return longcat_write(static_cast<const float*>(values), length, offset, into, rows, columns,
                       stride);
}

extern "C" int32_t longcat_read(float* values, int64_t length, int64_t offset, int64_t from,
                                int64_t rows, int64_t columns, int64_t stride) noexcept {
  if (offset < 0 || rows * columns > length - offset) return LONGCAT_MISFIT;
  for (int64_t row = 0; row < rows; row++) {
    std::memcpy(values + offset + row * columns, floats_at(from) + row * stride,
                longcat::bytes(columns));
  }
  return LONGCAT_OK;
}

extern "C" int32_t longcat_read_ints(int32_t* values, int64_t length, int64_t from,
                                     int64_t count) noexcept {
  if (count > length) return LONGCAT_MISFIT;
  std::copy(ints_at(from), ints_at(from) + count, values);
  return LONGCAT_OK;
}

extern "C" int32_t longcat_put_ints(const int32_t* values, int64_t count, int64_t into,
                                    int64_t offset, int64_t capacity) noexcept {
  return longcat::put(values, count, into, offset, capacity);
}

extern "C" int32_t longcat_put_longs(const int64_t* values, int64_t count, int64_t into,
                                     int64_t offset, int64_t capacity) noexcept {
  return longcat::put(values, count, into, offset, capacity);
}

extern "C" int32_t longcat_put_doubles(const double* values, int64_t count, int64_t into,
                                       int64_t offset, int64_t capacity) noexcept {
  return longcat::put(values, count, into, offset, capacity);
}

extern "C" int32_t longcat_zero(int64_t context, int64_t into, int64_t rows, int64_t columns,
                                int64_t stride) noexcept {
  each_row(context_at(context), rows, columns, [&](int64_t row) {
    std::memset(floats_at(into) + row * stride, 0, longcat::bytes(columns));
  });
  return LONGCAT_OK;
}

extern "C" int32_t longcat_copy(int64_t context, int64_t from, int64_t from_row_bytes, int64_t into,
                                int64_t into_row_bytes, int64_t rows, int64_t bytes) noexcept {
  each_row(context_at(context), rows, bytes / 4, [&](int64_t row) {
    std::memcpy(reinterpret_cast<char*>(into) + row * into_row_bytes,
                reinterpret_cast<const char*>(from) + row * from_row_bytes,
                static_cast<size_t>(bytes));
  });
  return LONGCAT_OK;
}

extern "C" int32_t longcat_add(int64_t context, int64_t from, int64_t from_stride, int64_t into,
                               int64_t into_stride, int64_t rows, int64_t columns) noexcept {
  each_row(context_at(context), rows, columns, [&](int64_t row) {
    const float* source = floats_at(from) + row * from_stride;
    float* target = floats_at(into) + row * into_stride;
    for (int64_t i = 0; i < columns; i++) target[i] += source[i];
  });
  return LONGCAT_OK;
}

extern "C" int32_t longcat_scatter(int64_t context, int64_t from, int64_t from_stride, int64_t rows,
                                   int64_t plan, int64_t into, int64_t into_rows,
                                   int64_t into_row_bytes, int32_t into_format,
                                   int64_t columns) noexcept {
  const longcat::RowPlan& p = longcat::plan_at(plan);
  if (!p.fits(rows, into_rows) ||
      into_row_bytes < longcat::cached_row_bytes(into_format, columns)) {
    return LONGCAT_MISFIT;
  }
  each_row(context_at(context), rows, columns, [&](int64_t row) {
    longcat::cache_row(floats_at(from) + row * from_stride, columns, into_format,
                       reinterpret_cast<uint8_t*>(into) + p.slot(row) * into_row_bytes);
  });
  return LONGCAT_OK;
}

extern "C" int32_t longcat_add_embeddings(int64_t context, int64_t table, int64_t ids,
                                          int64_t id_count, int64_t into, int64_t columns,
                                          int64_t stride) noexcept {
  longcat::Context& c = context_at(context);
  const Weight& weight = longcat::weight_at(table);
  const int32_t* id = ints_at(ids);
  if (columns != weight.columns) return LONGCAT_MISFIT;
  for (int64_t i = 0; i < id_count; i++) {
    if (id[i] >= weight.rows) return LONGCAT_MISFIT;
  }
  if (!c.reserve_per_thread(Scratch::bytes<float>(columns))) return LONGCAT_OUT_OF_MEMORY;
  c.share(id_count, [&](int64_t row, int thread) {
    if (id[row] < 0) return;
    Scratch& scratch = c.per_thread[static_cast<size_t>(thread)];
    scratch.reset();
    float* entry = scratch.take<float>(columns);
    longcat::decode_row(*c.kernels, weight, id[row], entry);
    float* target = floats_at(into) + row * stride;
    for (int64_t i = 0; i < columns; i++) target[i] += entry[i];
  });
  return LONGCAT_OK;
}

extern "C" int32_t longcat_rms_norm(int64_t context, int64_t x, int64_t x_stride, int64_t gain,
                                    float epsilon, float scale, int64_t into, int64_t into_stride,
                                    int64_t rows, int64_t columns) noexcept {
  longcat::Context& c = context_at(context);
  const Weight& weight = longcat::weight_at(gain);
  if (weight.rows != 1 || weight.columns != columns) return LONGCAT_MISFIT;
  if (!c.shared.reserve(Scratch::bytes<float>(columns))) return LONGCAT_OUT_OF_MEMORY;
  float* gains = c.shared.take<float>(columns);
  longcat::decode_row(*c.kernels, weight, 0, gains);
  each_row(c, rows, columns, [&](int64_t row) {
    const float* source = floats_at(x) + row * x_stride;
    float* target = floats_at(into) + row * into_stride;
    double mean = longcat::square_sum(source, columns) / static_cast<double>(columns);
    float factor = static_cast<float>(scale / std::sqrt(mean + epsilon));
    for (int64_t i = 0; i < columns; i++) target[i] = source[i] * factor * gains[i];
  });
  return LONGCAT_OK;
}

extern "C" int32_t longcat_rotate(int64_t context, int64_t x, int64_t rows, int64_t columns,
                                  int64_t stride, int64_t groups, int64_t frequencies,
                                  int64_t pairs, double magnitude, int64_t plan) noexcept {
  longcat::Context& c = context_at(context);
  const longcat::RowPlan& p = longcat::plan_at(plan);
  if (p.row_count != rows || groups < 1 || columns % groups != 0 ||
      columns / groups < 2 * pairs) {
    return LONGCAT_MISFIT;
  }
  if (!c.reserve_per_thread(2 * Scratch::bytes<float>(pairs) +
                            Scratch::bytes<float>(2 * pairs))) {
    return LONGCAT_OUT_OF_MEMORY;
  }
  const double* frequency = reinterpret_cast<const double*>(frequencies);
  c.share(rows, [&](int64_t row, int thread) {
    Scratch& scratch = c.per_thread[static_cast<size_t>(thread)];
    scratch.reset();
    float* cosines = scratch.take<float>(pairs);
    float* sines = scratch.take<float>(pairs);
    float* copy = scratch.take<float>(2 * pairs);
    for (int64_t i = 0; i < pairs; i++) {
      double angle = static_cast<double>(p.rows()[row].position) * frequency[i];
      cosines[i] = static_cast<float>(std::cos(angle) * magnitude);
      sines[i] = static_cast<float>(std::sin(angle) * magnitude);
    }
    for (int64_t group = 1; group <= groups; group++) {
      float* end = floats_at(x) + row * stride + group * (columns / groups);
      longcat::turn(end - 2 * pairs, pairs, cosines, sines, copy);
    }
  });
  return LONGCAT_OK;
}
