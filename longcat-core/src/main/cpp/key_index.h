// What approximate choices of positions know of cached rows: 8-bit integers in two groups, of the
// latents and of the keys, with a scale for each; of every slot, or of the bounds of every page.
#pragma once

#include <cstdint>

#include "longcat_cpu.h"

namespace longcat {

struct KeyIndex {
  uint8_t* base;
  int32_t choice;  // LONGCAT_CHOOSE_INT8, LONGCAT_CHOOSE_PAGES or LONGCAT_CHOOSE_COLUMNS
  int64_t latent;  // columns of the cache
  int64_t rope;

  bool of_pages() const { return choice == LONGCAT_CHOOSE_PAGES; }
  // Numbers of a group: of pages the greatest, then the least.
  int64_t numbers(int group) const {
    return (group == 0 ? latent : rope) * (of_pages() ? 2 : 1);
  }
  int64_t quads(int group) const { return (numbers(group) + 3) / 4; }
  // Of these so many are scored.
  int64_t scored_quads(int group) const {
    bool some = group == 0 && choice == LONGCAT_CHOOSE_COLUMNS;
    return some ? (quads(group) + 3) / 4 : quads(group);
  }
  int64_t scales_at() const { return 4 * (quads(0) + quads(1)); }
  int64_t row_bytes() const {
    return scales_at() + 2 * static_cast<int64_t>(sizeof(float));
  }
  uint8_t* row(int64_t at) const { return base + at * row_bytes(); }
};

// Numbers as integers from -largest to largest, of which there are a multiple of four; returns the
// scale. What is too small or too large for that becomes zeros.
float to_bytes(const float* from, int64_t count, int32_t largest, int8_t* into);

// The numbers of a query's group that meet those of a row.
void query_numbers(const KeyIndex& index, int group, const float* absorbed, float* into);

}  // namespace longcat
