// Rows of inputs in the order and precision in which products with a weight take them.
#pragma once

#include <cstdint>

#include "context.h"
#include "kernels.h"
#include "tile_kernels.h"
#include "weight.h"

namespace longcat {

// Distance between rows: not a power of two, so that rows do not share the lines of a cache.
inline int64_t input_stride(int64_t columns) { return chunks_of(columns) * kChunk + 16; }

// Numbers that came in the order of a format's chunks, or null, in the order of their columns.
void restore_order(const uint8_t* order, const float* from, int64_t columns, float* out);

// Whether tile kernels multiply the weight.
inline bool in_tiles(const Context& context, const Weight& weight) {
  bool narrow = weight.format == LONGCAT_BF16 || weight.format == LONGCAT_FP8;
  const TileKernels* tiles = context.kernels->tiles;
  if (tiles == nullptr || !(tiles->exact || context.numerics != LONGCAT_EXACT)) return false;
  return narrow && weight.in_chunks && !context.quantises(weight.format);
}

// Terms of an input in tiles.
inline int tile_terms(const Context& context) {
  return context.numerics != LONGCAT_EXACT ? 1 : kTileTerms;
}

// Whether the slices of a weight are multiplied where they lie, each by itself: runs of whole chunks,
// or halves of chunks.
bool slices_in_place(const Context& context, const Weight& weight);

// Made once for an operation, by the thread that calls it. Slices of a row, as the weights have them,
// lie behind each other, each filled up to whole chunks, but for halves of chunks in place.
class Inputs {
 public:
  Inputs(Context& context, int64_t columns, int64_t rows, int64_t slices = 1,
         bool in_place = false, bool to_bf16_at_most = false)
      : context_(context),
        columns_(columns / slices),
        slices_(slices),
        rows_(rows),
        in_place_(in_place),
        to_bf16_at_most_(to_bf16_at_most) {}

  // Announces a product with the weight.
  void add(const Weight& weight) { kinds_ |= uint64_t{1} << kind(weight); }

  // Bytes for the rows as all announced weights take them.
  int64_t bytes() const;

  // Takes the rows in, with that many bytes of memory to keep.
  void arrange(const FloatRows& x, char* memory);

  // The rows for a weight that was announced.
  FloatRows of(const Weight& weight) const { return arranged_[kind(weight)]; }

 private:
  // Kinds by format, rounded to E4M3, in place, and rounded at all.
  static constexpr int kInTiles = 8 * kFormats;
  static constexpr int kKinds = kInTiles + 1;

  int kind(const Weight& weight) const {
    const Weight& part = slices_ == 1 ? weight : weight.slice(0);
    if (in_tiles(context_, part)) return kInTiles;
    bool in_place = in_place_ && slices_in_place(context_, weight);
    bool quantised = context_.quantises(part.format) && !to_bf16_at_most_;
    return 8 * (part.in_chunks ? part.format : LONGCAT_F32) + (quantised ? 4 : 0) +
           (in_place ? 2 : 0) + (context_.rounds(part.format) ? 1 : 0);
  }

  static int32_t format_of(int kind) { return kind / 8; }

  // Whether slices, halves of chunks, lie behind each other with nothing between.
  bool close(int kind) const;
  int64_t parts(int kind) const { return close(kind) ? 1 : slices_; }
  bool as_is(int kind) const;
  int64_t slice_stride(int kind) const;
  int64_t stride(int kind) const;
  void arrange_tiles(const FloatRows& x, float* out) const;
  void arrange(int kind, const FloatRows& x, float* out) const;

  Context& context_;
  int64_t columns_;  // of a slice
  int64_t slices_;
  int64_t rows_;
  bool in_place_;
  bool to_bf16_at_most_;
  uint64_t kinds_ = 0;
  FloatRows arranged_[kKinds] = {};
};

}  // namespace longcat
