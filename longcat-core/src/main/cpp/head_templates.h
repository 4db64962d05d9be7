// Inner loops of attention over all positions: heads lie side by side in lanes, so that a cached row
// is loaded once for many of them.
#pragma once

#include <cstdint>

#include "kernels.h"

namespace longcat {

template <class Simd>
struct HeadKernelsOf {
  using Vec = typename Simd::Vec;
  static constexpr int kWidth = Simd::kWidth;
  static constexpr int kVectors = Simd::kMixVectors;
  // Positions or heads that are taken at once.
  static constexpr int kTile = 6;

  // The rows that come next are fetched meanwhile, where there are any.
  template <int kCount, int kPositions>
  static void score_tile(const float* query, int64_t lanes, const float* const* rows, int64_t n,
                         const float* const* next, float* out) {
    constexpr int64_t kLine = 64 / sizeof(float);
    Vec sums[kPositions][kCount];
    for (auto& position : sums) {
      for (Vec& sum : position) sum = Simd::set(0);
    }
    const float* row[kPositions];
    for (int p = 0; p < kPositions; p++) row[p] = rows[p];
    for (int64_t c = 0; c < n; c++) {
      if (next != nullptr && c % kLine == 0) {
        for (int p = 0; p < kPositions; p++) {
          Simd::prefetch(reinterpret_cast<const uint8_t*>(next[p] + c));
        }
      }
      Vec q[kCount];
      for (int v = 0; v < kCount; v++) q[v] = Simd::load(query + c * lanes + v * kWidth);
      for (int p = 0; p < kPositions; p++) {
        Vec x = Simd::set(row[p][c]);
        for (int v = 0; v < kCount; v++) sums[p][v] = Simd::fma(q[v], x, sums[p][v]);
      }
    }
    for (int p = 0; p < kPositions; p++) {
      for (int v = 0; v < kCount; v++) Simd::store(out + p * lanes + v * kWidth, sums[p][v]);
    }
  }

  template <int kCount>
  static void score_lanes(const float* query, int64_t lanes, const float* const* rows,
                          int64_t count, int64_t n, float* out) {
    // One vector of heads needs more positions to keep the units busy.
    constexpr int kPositions = kCount == 1 ? 2 * kTile : kTile;
    int64_t p = 0;
    for (; p + kPositions <= count; p += kPositions) {
      const float* const* next = p + 2 * kPositions <= count ? rows + p + kPositions : nullptr;
      score_tile<kCount, kPositions>(query, lanes, rows + p, n, next, out + p * lanes);
    }
    for (; p + 2 <= count; p += 2) {
      score_tile<kCount, 2>(query, lanes, rows + p, n, nullptr, out + p * lanes);
    }
    if (p < count) score_tile<kCount, 1>(query, lanes, rows + p, n, nullptr, out + p * lanes);
  }

  static void scores(const float* query, int64_t lanes, const float* const* rows, int64_t count,
                     int64_t n, float* out) {
    int64_t lane = 0;
    for (; lane + kVectors * kWidth <= lanes; lane += kVectors * kWidth) {
      score_lanes<kVectors>(query + lane, lanes, rows, count, n, out + lane);
    }
    for (; lane < lanes; lane += kWidth) {
      score_lanes<1>(query + lane, lanes, rows, count, n, out + lane);
    }
  }

  static void soften(float* scores, int64_t lanes, int64_t count, float* largest, float* sums,
                     float* factors) {
    Vec minus = Simd::set(-1);
    for (int64_t lane = 0; lane < lanes; lane += kWidth) {
      Vec before = Simd::load(largest + lane);
      Vec now = before;
      for (int64_t p = 0; p < count; p++) {
        now = Simd::max(now, Simd::load(scores + p * lanes + lane));
      }
      Vec offset = Simd::mul(now, minus);
      Vec factor = Simd::exp(Simd::add(before, offset));
      Vec sum = Simd::mul(Simd::load(sums + lane), factor);
      for (int64_t p = 0; p < count; p++) {
        float* score = scores + p * lanes + lane;
        Vec e = Simd::exp(Simd::add(Simd::load(score), offset));
        Simd::store(score, e);
        sum = Simd::add(sum, e);
      }
      Simd::store(largest + lane, now);
      Simd::store(sums + lane, sum);
      Simd::store(factors + lane, factor);
    }
  }

  template <int kHeads, int kCount>
  static void gather_tile(const float* weights, int64_t lanes, const float* const* rows,
                          int64_t count, const float* factors, int64_t n, int64_t column,
                          float* mixed) {
    Vec sums[kHeads][kCount];
    for (int h = 0; h < kHeads; h++) {
      Vec factor = Simd::set(factors[h]);
      for (int v = 0; v < kCount; v++) {
        sums[h][v] = Simd::mul(Simd::load(mixed + h * n + column + v * kWidth), factor);
      }
    }
    for (int64_t p = 0; p < count; p++) {
      Vec x[kCount];
      for (int v = 0; v < kCount; v++) x[v] = Simd::load(rows[p] + column + v * kWidth);
      for (int h = 0; h < kHeads; h++) {
        Vec weight = Simd::set(weights[p * lanes + h]);
        for (int v = 0; v < kCount; v++) sums[h][v] = Simd::fma(weight, x[v], sums[h][v]);
      }
    }
    for (int h = 0; h < kHeads; h++) {
      for (int v = 0; v < kCount; v++) {
        Simd::store(mixed + h * n + column + v * kWidth, sums[h][v]);
      }
    }
  }

  template <int kHeads>
  static void gather_rest(const float* weights, int64_t lanes, const float* const* rows,
                          int64_t count, const float* factors, int64_t n, int64_t column,
                          float* mixed) {
    int rest = static_cast<int>(n - column);
    Vec sums[kHeads];
    for (int h = 0; h < kHeads; h++) {
      sums[h] = Simd::mul(Simd::load(mixed + h * n + column, rest), Simd::set(factors[h]));
    }
    for (int64_t p = 0; p < count; p++) {
      Vec x = Simd::load(rows[p] + column, rest);
      for (int h = 0; h < kHeads; h++) {
        sums[h] = Simd::fma(Simd::set(weights[p * lanes + h]), x, sums[h]);
      }
    }
    for (int h = 0; h < kHeads; h++) Simd::store(mixed + h * n + column, sums[h], rest);
  }

  template <int kHeads>
  static void gather_heads(const float* weights, int64_t lanes, const float* const* rows,
                           int64_t count, const float* factors, int64_t n, float* mixed) {
    int64_t column = 0;
    for (; column + kVectors * kWidth <= n; column += kVectors * kWidth) {
      gather_tile<kHeads, kVectors>(weights, lanes, rows, count, factors, n, column, mixed);
    }
    for (; column + kWidth <= n; column += kWidth) {
      gather_tile<kHeads, 1>(weights, lanes, rows, count, factors, n, column, mixed);
    }
    if (column < n) gather_rest<kHeads>(weights, lanes, rows, count, factors, n, column, mixed);
  }

  static void gather(const float* weights, int64_t lanes, const float* const* rows, int64_t count,
                     int64_t heads, const float* factors, int64_t n, float* mixed) {
    int64_t h = 0;
    for (; h + kTile <= heads; h += kTile) {
      gather_heads<kTile>(weights + h, lanes, rows, count, factors + h, n, mixed + h * n);
    }
    for (; h + 2 <= heads; h += 2) {
      gather_heads<2>(weights + h, lanes, rows, count, factors + h, n, mixed + h * n);
    }
    if (h < heads) {
      gather_heads<1>(weights + h, lanes, rows, count, factors + h, n, mixed + h * n);
    }
  }

  // a[i] = a[i] * factor + b[i] * other.
  static void blend(float* a, float factor, const float* b, float other, int64_t n) {
    Vec left = Simd::set(factor);
    Vec right = Simd::set(other);
    int64_t i = 0;
    for (; i + kWidth <= n; i += kWidth) {
      Vec scaled = Simd::mul(Simd::load(a + i), left);
      Simd::store(a + i, Simd::fma(Simd::load(b + i), right, scaled));
    }
    if (i < n) {
      int rest = static_cast<int>(n - i);
      Vec scaled = Simd::mul(Simd::load(a + i, rest), left);
      Simd::store(a + i, Simd::fma(Simd::load(b + i, rest), right, scaled), rest);
    }
  }

  static void merge(const HeadState& into, const HeadState& from, int64_t lanes, int64_t heads,
                    int64_t n) {
    Vec minus = Simd::set(-1);
    for (int64_t lane = 0; lane < lanes; lane += kWidth) {
      Vec a = Simd::load(into.largest + lane);
      Vec b = Simd::load(from.largest + lane);
      Vec now = Simd::max(a, b);
      Vec offset = Simd::mul(now, minus);
      Vec left = Simd::exp(Simd::add(a, offset));
      Vec right = Simd::exp(Simd::add(b, offset));
      float lefts[kWidth];
      float rights[kWidth];
      Simd::store(lefts, left);
      Simd::store(rights, right);
      Vec scaled = Simd::mul(Simd::load(into.sums + lane), left);
      Simd::store(into.sums + lane, Simd::fma(Simd::load(from.sums + lane), right, scaled));
      Simd::store(into.largest + lane, now);
      for (int64_t h = lane; h < heads && h < lane + kWidth; h++) {
        blend(into.mixed + h * n, lefts[h - lane], from.mixed + h * n, rights[h - lane], n);
      }
    }
  }
};

}  // namespace longcat
