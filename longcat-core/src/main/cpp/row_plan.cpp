#include "row_plan.h"

#include <algorithm>
#include <cmath>

#include "longcat_cpu.h"

namespace longcat {

namespace {

// Rows and slots are counted in 32 bits elsewhere.
constexpr int64_t kMost = INT32_MAX;

// How many of the positions are kept, or 0 where all are.
int64_t kept_of(int64_t length, int64_t positions, double share) {
  if (positions == 0) return 0;
  auto wanted = static_cast<int64_t>(std::ceil(share * static_cast<double>(length)));
  wanted = std::max(wanted, positions);
  return wanted < length ? wanted : 0;
}

bool within(int64_t value, int64_t least, int64_t most) { return value >= least && value <= most; }

}  // namespace

}  // namespace longcat

using longcat::kMost;
using longcat::PlannedRow;
using longcat::RowPlan;
using longcat::within;

extern "C" int64_t longcat_plan_bytes(int64_t rows, int64_t entries) noexcept {
  if (!within(rows, 0, kMost) || !within(entries, 0, kMost)) return LONGCAT_MISFIT;
  return static_cast<int64_t>(sizeof(RowPlan)) + rows * static_cast<int64_t>(sizeof(PlannedRow)) +
         entries * static_cast<int64_t>(sizeof(int32_t));
}

extern "C" int32_t longcat_plan_begin(int64_t plan, int64_t rows, int64_t entries,
                                      int64_t page_positions, int64_t pages) noexcept {
  bool power = page_positions > 0 && (page_positions & (page_positions - 1)) == 0;
  if (!power || !within(rows, 0, kMost) || !within(entries, 0, kMost) ||
      !within(pages, 0, kMost / page_positions)) {
    return LONGCAT_MISFIT;
  }
  int64_t shift = 0;
  while (int64_t{1} << shift < page_positions) shift++;
  longcat::plan_at(plan) = {rows, entries, shift, pages, 0, 0, 0, 0};
  return LONGCAT_OK;
}

extern "C" int32_t longcat_plan_span(int64_t plan, const int32_t* pages, int64_t length,
                                     int64_t first_row, int64_t rows, int64_t first_position,
                                     int64_t positions, double share, int64_t dense_prefix,
                                     int32_t choice, int32_t shared, int64_t sinks,
                                     int64_t recent) noexcept {
  RowPlan& p = longcat::plan_at(plan);
  if (first_row != p.row_count || !within(rows, 1, p.row_capacity - p.row_count) ||
      !within(first_position, 0, kMost - rows) || !within(positions, 0, kMost) ||
      !within(dense_prefix, 0, kMost) || !(share >= 0 && share <= 1) ||
      !within(choice, LONGCAT_CHOOSE_SCORES, LONGCAT_CHOOSE_COLUMNS) || !within(sinks, 0, kMost) ||
      !within(recent, 0, kMost) || sinks + recent > positions) {
    return LONGCAT_MISFIT;
  }
  int64_t end = first_position + rows;
  int64_t used = ((end - 1) >> p.shift) + 1;
  if (used > length || used > p.entry_capacity - p.entry_count) return LONGCAT_MISFIT;
  // Without a branch in the loop, which runs over whole contexts.
  int32_t signs = 0;
  int32_t last = static_cast<int32_t>(p.pages - 1);
  int32_t* table = p.entries() + p.entry_count;
  for (int64_t i = 0; i < used; i++) {
    signs |= pages[i] | (pages[i] < 0 ? -1 : last - pages[i]);
    table[i] = pages[i];
  }
  if (signs < 0) return LONGCAT_MISFIT;
  PlannedRow* into = p.rows() + p.row_count;
  for (int64_t i = 0; i < rows; i++) {
    int64_t length = first_position + i + 1;
    int64_t kept = length > dense_prefix ? longcat::kept_of(length, positions, share) : 0;
    into[i] = {table, first_position + i, kept, choice, shared != 0, sinks, recent};
  }
  p.row_count += rows;
  p.entry_count += used;
  p.longest = std::max(p.longest, end);
  if (into[rows - 1].scores_all()) p.longest_sparse = std::max(p.longest_sparse, end);
  return LONGCAT_OK;
}
