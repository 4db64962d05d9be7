// Inner loops of scores of 8-bit integers: heads lie side by side in lanes, four columns of each one
// behind the other.
#pragma once

#include <cstdint>
#include <cstring>

#include "kernels.h"

namespace longcat {

template <class Simd>
struct ByteKernelsOf {
  using Vec = typename Simd::Vec;
  using IntVec = typename Simd::IntVec;
  using Bytes = typename Simd::Bytes;
  using ByteSums = typename Simd::ByteSums;
  static constexpr int kWidth = Simd::kWidth;
  static constexpr int kVectors = Simd::kMixVectors;
  static constexpr int64_t kFold = Simd::kByteFold;
  // Rows that are taken at once.
  static constexpr int kTile = kWidth == 16 ? 6 : 4;

  static float row_scale(const uint8_t* scales, int group) {
    float value;
    std::memcpy(&value, scales + 4 * group, sizeof value);
    return value;
  }

  // Numbers of a row are kept with so much added.
  static constexpr int32_t kFourMore = 0x01010101 * kRowOffset;

  // What the numbers that were added make of rows, to be taken away again.
  template <int kCount>
  static void start(const int8_t* query, int64_t lanes, int64_t quads, IntVec* sums) {
    IntVec more[kCount];
    for (IntVec& sum : more) sum = Simd::int_zero();
    for (int64_t first = 0, end; first < quads; first = end) {
      end = quads - first > kFold ? first + kFold : quads;
      for (int v = 0; v < kCount; v++) {
        ByteSums part = Simd::byte_zero();
        for (int64_t quad = first; quad < end; quad++) {
          Bytes q = Simd::load_bytes(query + 4 * (quad * lanes + v * kWidth));
          part = Simd::dot_bytes(part, kFourMore, q);
        }
        more[v] = Simd::fold_bytes(more[v], part);
      }
    }
    for (int v = 0; v < kCount; v++) sums[v] = Simd::int_sub(Simd::int_zero(), more[v]);
  }

  template <int kCount, int kRows>
  static void multiply(const int8_t* query, int64_t lanes, int64_t quads, const int32_t* places,
                       const uint8_t* const* rows, const IntVec* starts,
                       IntVec (&sums)[kRows][kCount]) {
    for (auto& row : sums) {
      for (int v = 0; v < kCount; v++) row[v] = starts[v];
    }
    for (int64_t first = 0, end; first < quads; first = end) {
      end = quads - first > kFold ? first + kFold : quads;
      ByteSums parts[kRows][kCount];
      for (auto& row : parts) {
        for (ByteSums& part : row) part = Simd::byte_zero();
      }
      for (int64_t quad = first; quad < end; quad++) {
        Bytes q[kCount];
        for (int v = 0; v < kCount; v++) {
          q[v] = Simd::load_bytes(query + 4 * (quad * lanes + v * kWidth));
        }
        for (int r = 0; r < kRows; r++) {
          int32_t four;
          std::memcpy(&four, rows[r] + places[quad], sizeof four);
          for (int v = 0; v < kCount; v++) parts[r][v] = Simd::dot_bytes(parts[r][v], four, q[v]);
        }
      }
      for (int r = 0; r < kRows; r++) {
        for (int v = 0; v < kCount; v++) sums[r][v] = Simd::fold_bytes(sums[r][v], parts[r][v]);
      }
    }
  }

  // The products of a group, added to what there is unless it is the first.
  template <int kCount, int kRows>
  static void add(const ByteQuery& query, int64_t lanes, int64_t lane, int group,
                  const uint8_t* const* rows, const IntVec (&sums)[kRows][kCount], float* out) {
    for (int r = 0; r < kRows; r++) {
      Vec scale = Simd::set(row_scale(rows[r] + query.end, group));
      for (int v = 0; v < kCount; v++) {
        Vec factor = Simd::load(query.scales + group * lanes + lane + v * kWidth);
        Vec part = Simd::rounded(Simd::mul(
            Simd::rounded(Simd::mul(Simd::to_float(sums[r][v]), factor)), scale));
        float* at = out + r * lanes + v * kWidth;
        Simd::store(at, group == 0 ? part : Simd::add(Simd::load(at), part));
      }
    }
  }

  template <int kCount>
  static void score_lanes(const ByteQuery& query, int64_t lanes, int64_t lane,
                          const uint8_t* const* rows, int64_t count, float* out) {
    const int8_t* bytes = query.bytes + 4 * lane;
    const int32_t* places = query.places;
    for (int group = 0; group < 2; group++) {
      int64_t quads = query.quads[group];
      IntVec starts[kCount];
      start<kCount>(bytes, lanes, quads, starts);
      int64_t r = 0;
      for (; r + kTile <= count; r += kTile) {
        IntVec sums[kTile][kCount];
        multiply<kCount, kTile>(bytes, lanes, quads, places, rows + r, starts, sums);
        add<kCount, kTile>(query, lanes, lane, group, rows + r, sums, out + r * lanes + lane);
      }
      for (; r < count; r++) {
        IntVec sums[1][kCount];
        multiply<kCount, 1>(bytes, lanes, quads, places, rows + r, starts, sums);
        add<kCount, 1>(query, lanes, lane, group, rows + r, sums, out + r * lanes + lane);
      }
      bytes += 4 * quads * lanes;
      places += quads;
    }
  }

  static void coarse(const ByteQuery& query, int64_t lanes, const uint8_t* const* rows,
                     int64_t count, float* near, float* out, int64_t stride) {
    int64_t lane = 0;
    for (; lane + kVectors * kWidth <= lanes; lane += kVectors * kWidth) {
      score_lanes<kVectors>(query, lanes, lane, rows, count, near);
    }
    for (; lane < lanes; lane += kWidth) score_lanes<1>(query, lanes, lane, rows, count, near);
    for (lane = 0; lane < lanes; lane += kWidth) {
      int64_t r = 0;
      for (; r + kWidth <= count; r += kWidth) {
        Vec square[kWidth];
        for (int i = 0; i < kWidth; i++) square[i] = Simd::load(near + (r + i) * lanes + lane);
        Simd::turn(square);
        for (int i = 0; i < kWidth; i++) Simd::store(out + (lane + i) * stride + r, square[i]);
      }
      for (; r < count; r++) {
        for (int i = 0; i < kWidth; i++) out[(lane + i) * stride + r] = near[r * lanes + lane + i];
      }
    }
  }
};

}  // namespace longcat
