#include "key_index.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstring>

#include "cached_rows.h"
#include "context.h"
#include "row_plan.h"

namespace longcat {

float to_bytes(const float* from, int64_t count, int32_t largest, int8_t* into) {
  float end = static_cast<float>(largest);
  constexpr float kLeast = 1e-30f;
  float most = 0;
  for (int64_t i = 0; i < count; i++) {
    float size = std::fabs(from[i]);
    if (size > most) most = size;
  }
  std::fill(into, into + (count + 3) / 4 * 4, int8_t{0});
  if (!(most >= kLeast && most <= FLT_MAX)) return 0;
  float inverse = end / most;
  for (int64_t i = 0; i < count; i++) {
    float product = from[i] * inverse;
    if (product != product) continue;
    product = std::max(-end, std::min(end, product));
    into[i] = static_cast<int8_t>(std::nearbyint(product));
  }
  return most / end;
}

void query_numbers(const KeyIndex& index, int group, const float* absorbed, float* into) {
  const float* from = group == 0 ? absorbed : absorbed + index.latent;
  int64_t count = group == 0 ? index.latent : index.rope;
  if (!index.of_pages()) {
    std::copy(from, from + count, into);
    return;
  }
  for (int64_t i = 0; i < count; i++) {
    into[i] = std::max(from[i], 0.0f);
    into[count + i] = std::min(from[i], 0.0f);
  }
}

namespace {

// Both groups of numbers of the cache's columns.
void write_row(const KeyIndex& index, const float* latent, const float* rope, uint8_t* into) {
  float scales[2];
  auto* bytes = reinterpret_cast<int8_t*>(into);
  scales[0] = to_bytes(latent, index.numbers(0), kRowLargest, bytes);
  scales[1] = to_bytes(rope, index.numbers(1), kRowLargest, bytes + 4 * index.quads(0));
  for (int64_t i = 0; i < index.scales_at(); i++) {
    into[i] = static_cast<uint8_t>(bytes[i] + kRowOffset);
  }
  std::memcpy(into + index.scales_at(), scales, sizeof scales);
}

struct Indexing {
  Context& context;
  const CachedRows& cache;
  const RowPlan& plan;
  const KeyIndex& index;

  int64_t thread_bytes() const { return 4 * Scratch::bytes<float>(cache.columns); }

  void write(int64_t row, Scratch& scratch) const {
    int64_t position = plan.rows()[row].position;
    int64_t slot = plan.slot(row);
    float* memory = scratch.take<float>(cache.columns);
    if (!index.of_pages()) {
      const float* numbers = cache.row(*context.kernels, slot, memory);
      write_row(index, numbers, numbers + index.latent, index.row(slot));
      return;
    }
    int64_t size = int64_t{1} << plan.shift;
    if ((position & (size - 1)) != size - 1) return;
    // Side by side: the greatest and the least latents, then those of the keys.
    float* bounds = scratch.take<float>(2 * cache.columns);
    float* rope = bounds + 2 * index.latent;
    for (int64_t i = 0; i < size; i++) {
      const float* numbers = cache.row(*context.kernels, slot + 1 - size + i, memory);
      widen(numbers, index.latent, i == 0, bounds);
      widen(numbers + index.latent, index.rope, i == 0, rope);
    }
    write_row(index, bounds, rope, index.row(slot >> plan.shift));
  }

  static void widen(const float* numbers, int64_t count, bool first, float* bounds) {
    float* least = bounds + count;
    for (int64_t c = 0; c < count; c++) {
      bounds[c] = first ? numbers[c] : std::max(bounds[c], numbers[c]);
      least[c] = first ? numbers[c] : std::min(least[c], numbers[c]);
    }
  }
};

}  // namespace

}  // namespace longcat

extern "C" int32_t longcat_index(int64_t context, int64_t cache, int64_t cache_rows,
                                 int64_t cache_row_bytes, int32_t cache_format, int64_t rows,
                                 int64_t plan, int64_t index, int64_t index_bytes, int32_t choice,
                                 int64_t latent, int64_t rope) noexcept {
  longcat::Context& c = longcat::context_at(context);
  const longcat::RowPlan& planned = longcat::plan_at(plan);
  longcat::CachedRows cached{reinterpret_cast<const uint8_t*>(cache), cache_row_bytes, cache_format,
                             latent + rope};
  longcat::KeyIndex into{reinterpret_cast<uint8_t*>(index), choice, latent, rope};
  int64_t units = choice == LONGCAT_CHOOSE_PAGES ? planned.pages : planned.pages << planned.shift;
  if (!planned.fits(rows, cache_rows) || units * into.row_bytes() > index_bytes ||
      cache_row_bytes < longcat::cached_row_bytes(cache_format, latent + rope)) {
    return LONGCAT_MISFIT;
  }
  longcat::Indexing indexing{c, cached, planned, into};
  if (!c.reserve_per_thread(indexing.thread_bytes())) return LONGCAT_OUT_OF_MEMORY;
  c.run(rows, rows * (latent + rope) * 16, [&](int64_t row, int thread) {
    indexing.write(row, c.scratch(thread));
  });
  return LONGCAT_OK;
}
