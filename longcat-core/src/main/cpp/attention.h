// Latent attention over the compressed cache, some rows of the batch at a time: absorb the queries
// into the latent space, attend there, expand the result.
#pragma once

#include <algorithm>
#include <cstring>

#include "cached_rows.h"
#include "context.h"
#include "dense_attention.h"
#include "longcat_cpu.h"
#include "row_plan.h"
#include "tile.h"

namespace longcat {

// Rows of the batch whose absorbed queries are held at once.
constexpr int64_t kChunkRows = 64;
// Rows of kv_b that are decoded into the nearest cache at once.
constexpr int64_t kKeyRows = 16;

struct Layout {
  int64_t heads, nope, rope, latent, value;
  float scale;

  int64_t query() const { return nope + rope; }
  int64_t cached() const { return latent + rope; }
  int64_t expanded() const { return nope + value; }
};

// A row of the batch and the positions that all its heads look at.
struct SeenRow {
  int64_t row;
  SeenPositions positions;
};

// Rows of a batch against a cache.
struct Attention {
  Context& context;
  const Weight& kv_b;
  Layout layout;
  FloatRows queries;
  CachedRows cache;
  float* into;
  int64_t into_stride;
  const RowPlan& plan;
  float* absorbed;  // [kChunkRows, heads, latent + rope]
  float* mixed;     // [kChunkRows, heads, latent]
  char* arranged;   // what is mixed, as products take it
  float* states;    // of stretches
  int64_t state_positions;  // for which there are some

  const Kernels& kernels() const { return *context.kernels; }

  Scratch& scratch(int thread) const {
    Scratch& scratch = context.per_thread[static_cast<size_t>(thread)];
    scratch.reset();
    return scratch;
  }

  float* absorbed_row(int64_t row, int64_t head) const {
    return absorbed + (row * layout.heads + head) * layout.cached();
  }

  float* mixed_row(int64_t row, int64_t head) const {
    return mixed + (row * layout.heads + head) * layout.latent;
  }

  int64_t thread_bytes() const {
    int64_t absorb = Products::bytes(layout.latent) +
                     Scratch::bytes<float>(key_rows(kChunkRows) * input_stride(layout.latent)) +
                     Scratch::bytes<float>(kQueries * input_stride(layout.latent));
    int64_t dense = DenseHeads::bytes(layout.cached(), layout.latent);
    int64_t expand = Products::bytes(layout.latent) +
                     Scratch::bytes<float>(Products::total_floats(kChunkRows));
    return std::max({absorb, dense, expand});
  }

  // Rows of a head's keys that are decoded at once: few for few queries, so that they stay in the
  // nearest cache, otherwise all, so that they are decoded once.
  int64_t key_rows(int64_t count) const {
    return count <= kQueries ? std::min(kKeyRows, layout.nope) : layout.nope;
  }

  void absorb(int64_t first, int64_t count) const {
    if (count == 1 && Products::blends(kv_b)) return absorb_one(first);
    int64_t stride = input_stride(layout.latent);
    int64_t step = key_rows(count);
    context.share(layout.heads, [&](int64_t head, int thread) {
      Scratch& memory = scratch(thread);
      Products products(context, layout.latent, memory);
      float* keys = memory.take<float>(step * stride);
      float* sums = memory.take<float>(kQueries * stride);
      for (int64_t row = 0; row < count; row += kQueries) {
        int queries = static_cast<int>(std::min<int64_t>(kQueries, count - row));
        std::fill(sums, sums + queries * stride, 0.0f);
        for (int64_t key = 0; key < layout.nope; key += step) {
          int64_t size = std::min(step, layout.nope - key);
          if (row == 0) products.unpack(kv_b, head * layout.expanded() + key, size, keys);
          mix_keys({keys, stride, nullptr}, key, size, head, first + row, queries, sums);
        }
        for (int q = 0; q < queries; q++) {
          finish_absorbed(head, first + row + q, sums + q * stride, absorbed_row(row + q, head));
        }
      }
    });
  }

  // The same numbers, without decoded keys in memory.
  void absorb_one(int64_t row) const {
    int64_t floats = input_stride(layout.latent);
    context.share(layout.heads, [&](int64_t head, int thread) {
      Scratch& memory = scratch(thread);
      Products products(context, layout.latent, memory);
      float* sums = memory.take<float>(floats);
      std::fill(sums, sums + floats, 0.0f);
      products.blend(kv_b, head * layout.expanded(), layout.nope, query(row, head), sums);
      finish_absorbed(head, row, sums, absorbed_row(0, head));
    });
  }

  const float* query(int64_t row, int64_t head) const {
    return queries.row(row) + head * layout.query();
  }

  void mix_keys(const FloatRows& keys, int64_t key, int64_t size, int64_t head, int64_t row,
                int count, float* sums) const {
    const float* weights[kQueries];
    float* out[kQueries];
    for (int q = 0; q < count; q++) {
      weights[q] = query(row + q, head) + key;
      out[q] = sums + q * keys.stride;
    }
    kernels().mix(keys, 0, size, weights, count, chunks_of(layout.latent) * kChunk, out);
  }

  // The latent part in the order of its columns, then the rotary one.
  void finish_absorbed(int64_t head, int64_t row, const float* sums, float* out) const {
    restore_order(kv_b.in_chunks ? kernels().order[kv_b.format] : nullptr, sums, layout.latent,
                  out);
    const float* from = query(row, head);
    std::copy(from + layout.nope, from + layout.query(), out + layout.latent);
  }

  int64_t length(int64_t row) const { return plan.rows()[row].length(); }

  // The queries that look at the positions at once with all heads. Where there are fewer of them than
  // keep the threads busy, threads share the stretches of a query, as far as there is memory for what
  // each has seen.
  void attend_densely(int64_t first, const SeenRow* seen, int64_t count) const {
    int64_t threads = context.pool.threads();
    int64_t heads = std::min(layout.heads, kHeadBlock);
    int64_t blocks = (layout.heads + heads - 1) / heads;
    if (count * blocks >= 2 * threads || !shares_stretches(seen, count)) {
      context.run(count * blocks, dense_work(seen, count), [&](int64_t item, int thread) {
        attend_densely(first, seen[item / blocks], item % blocks * heads, heads, scratch(thread));
      });
      return;
    }
    for (int64_t i = 0; i < count; i++) share_stretches(first, seen[i]);
  }

  bool shares_stretches(const SeenRow* seen, int64_t count) const {
    int64_t longest = 0;
    for (int64_t i = 0; i < count; i++) longest = std::max(longest, seen[i].positions.count);
    return longest <= state_positions;
  }

  int64_t dense_work(const SeenRow* seen, int64_t count) const {
    int64_t positions = 0;
    for (int64_t i = 0; i < count; i++) positions += seen[i].positions.count;
    return positions * layout.heads * (layout.cached() + layout.latent);
  }

  void attend_densely(int64_t first, const SeenRow& seen, int64_t head, int64_t heads,
                      Scratch& memory) const {
    heads = std::min(heads, layout.heads - head);
    DenseHeads queries(kernels(), absorbed_row(seen.row - first, head), heads, layout.cached(),
                       layout.latent, layout.scale, memory);
    int64_t floats = state_floats(kHeadBlock, layout.latent);
    HeadState part = state_at(memory.take<float>(floats), kHeadBlock);
    HeadState whole = state_at(memory.take<float>(floats), kHeadBlock);
    queries.all(cache, seen.positions, part, whole);
    finish(whole, heads, layout.latent, mixed_row(seen.row - first, head));
  }

  // Heads are cut finer where there are few stretches.
  int64_t shared_heads(int64_t count) const {
    int64_t heads = kHeadBlock;
    while (heads > kFewestHeads &&
           count * ((layout.heads + heads - 1) / heads) < 2 * context.pool.threads()) {
      heads /= 2;
    }
    return heads;
  }

  void share_stretches(int64_t first, const SeenRow& seen) const {
    int64_t count = stretches(seen.positions.count);
    int64_t heads = shared_heads(count);
    int64_t blocks = (layout.heads + heads - 1) / heads;
    int64_t floats = state_floats(heads, layout.latent);
    context.run(count * blocks, dense_work(&seen, 1), [&](int64_t item, int thread) {
      int64_t head = item % blocks * heads;
      DenseHeads queries(kernels(), absorbed_row(seen.row - first, head),
                         std::min(heads, layout.heads - head), layout.cached(), layout.latent,
                         layout.scale, scratch(thread));
      queries.stretch(cache, seen.positions, item / blocks, state_at(states + item * floats, heads));
    });
    context.run(blocks, count * layout.heads * layout.latent, [&](int64_t block, int thread) {
      int64_t used = std::min(heads, layout.heads - block * heads);
      int64_t lanes = head_lanes(kernels(), used);
      HeadState whole =
          state_at(scratch(thread).take<float>(state_floats(heads, layout.latent)), heads);
      start(whole, lanes, used, layout.latent);
      for (int64_t i = 0; i < count; i++) {
        kernels().merge(whole, state_at(states + (i * blocks + block) * floats, heads), lanes, used,
                        layout.latent);
      }
      finish(whole, used, layout.latent, mixed_row(seen.row - first, block * heads));
    });
  }

  // scores[q][i] = that of query q and position i.
  void score(const float* const* query, int count, const SeenPositions& seen, float* const* scores,
             float* decoded) const {
    int64_t length = seen.count;
    int step = kernels().weight_rows;
    for (int64_t position = 0; position < length; position += step) {
      int used = static_cast<int>(std::min<int64_t>(step, length - position));
      float total[kQueries * kMaxWeightRows] = {};
      const float* near[kMaxWeightRows];
      for (int w = 0; w < used; w++) {
        near[w] = cache.row(kernels(), seen.slot(position + w), decoded + w * layout.cached());
      }
      for (int64_t column = 0; column < layout.cached(); column += kBlockColumns) {
        const float* keys[kMaxWeightRows];
        const float* parts[kQueries];
        for (int w = 0; w < step; w++) {
          keys[w] = near[std::min(w, used - 1)] + column;
        }
        for (int q = 0; q < count; q++) parts[q] = query[q] + column;
        float part[kQueries * kMaxWeightRows];
        kernels().dots(keys, parts, count, std::min(kBlockColumns, layout.cached() - column),
                       part);
        for (int i = 0; i < count * step; i++) total[i] += part[i];
      }
      for (int q = 0; q < count; q++) {
        for (int w = 0; w < used; w++) scores[q][position + w] = total[q * step + w] * layout.scale;
      }
    }
  }

  // out += the slots' latents by their weights.
  void mix(const int32_t* slots, int64_t count, const float* weights, float* out,
           float* decoded) const {
    FloatRows latents{reinterpret_cast<const float*>(cache.base), cache.row_bytes / 4, slots};
    if (cache.decoded()) {
      for (int64_t i = 0; i < count; i++) {
        cache.row(kernels(), slots[i], decoded + i * layout.cached());
      }
      latents = {decoded, layout.cached(), nullptr};
    }
    kernels().mix(latents, 0, count, &weights, 1, layout.latent, &out);
  }

  void expand(int64_t first, int64_t count) const {
    Inputs inputs(context, layout.latent, count * layout.heads, 1, false, true);
    inputs.add(kv_b);
    inputs.arrange({mixed, layout.latent, nullptr}, arranged);
    FloatRows latents = inputs.of(kv_b);
    Tiling tiling(layout.value, layout.heads, context.pool.threads());
    int64_t work = layout.heads * layout.value * layout.latent * count;
    context.run(layout.heads * tiling.count(), work, [&](int64_t item, int thread) {
      int64_t head = item / tiling.count();
      int64_t from = tiling.first(item % tiling.count());
      int64_t size = tiling.size(item % tiling.count());
      Scratch& memory = scratch(thread);
      Products products(context, layout.latent, memory);
      float* totals = memory.take<float>(Products::total_floats(count));
      FloatRows x{latents.base + head * latents.stride, layout.heads * latents.stride, nullptr};
      products.compute(kv_b, head * layout.expanded() + layout.nope + from, size, x, 0, count,
                       totals);
      for (int64_t r = 0; r < count; r++) {
        float* target = into + (first + r) * into_stride + head * layout.value + from;
        std::copy(totals + r * kTileRows, totals + r * kTileRows + size, target);
      }
    });
  }
};

}  // namespace longcat
