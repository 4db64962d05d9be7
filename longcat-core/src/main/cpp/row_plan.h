// What the rows of a pass are: checked once, then used by every operation of the pass.
#pragma once

#include <cstdint>

#include "longcat_cpu.h"
#include "selection.h"

namespace longcat {

// The pages of a sequence in the order of its positions.
struct PageTable {
  const int32_t* pages;
  int64_t shift;  // a page has 1 << shift positions

  // The cache row of a position.
  int64_t slot(int64_t position) const {
    return (static_cast<int64_t>(pages[position >> shift]) << shift) +
           (position & ((int64_t{1} << shift) - 1));
  }
};

struct PlannedRow {
  const int32_t* pages;  // those of its sequence, one table for all rows of a span
  int64_t position;
  int64_t kept;     // positions that each head keeps, fewer than there are, or 0 for all
  int32_t choice;   // how they are found, as LONGCAT_CHOOSE_SCORES
  bool shared;      // by all heads
  int64_t sinks;    // of the first positions that are always kept
  int64_t recent;   // of the last ones

  int64_t length() const { return position + 1; }
  bool sparse() const { return kept > 0; }
  // Whether each head scores every position for itself.
  bool scores_all() const { return sparse() && choice == LONGCAT_CHOOSE_SCORES && !shared; }
  bool approximate() const {
    return sparse() && (choice == LONGCAT_CHOOSE_INT8 || choice == LONGCAT_CHOOSE_PAGES ||
                        choice == LONGCAT_CHOOSE_COLUMNS);
  }
  Always always() const { return {sinks, length() - recent}; }
  // Positions that an approximate choice scores exactly at least.
  int64_t candidates() const {
    int64_t times = choice == LONGCAT_CHOOSE_COLUMNS ? 4 : 2;
    return length() / times < kept ? length() : times * kept;
  }
};

// Lies at the start of its memory; behind it are the rows, then the page tables.
struct RowPlan {
  int64_t row_capacity;
  int64_t entry_capacity;
  int64_t shift;
  int64_t pages;  // of the cache
  int64_t row_count;
  int64_t entry_count;
  int64_t longest;         // positions that a row sees
  int64_t longest_sparse;  // the same of rows that keep fewer and score all

  const PlannedRow* rows() const { return reinterpret_cast<const PlannedRow*>(this + 1); }
  PlannedRow* rows() { return reinterpret_cast<PlannedRow*>(this + 1); }
  int32_t* entries() { return reinterpret_cast<int32_t*>(rows() + row_capacity); }

  PageTable table(int64_t row) const { return {rows()[row].pages, shift}; }
  int64_t slot(int64_t row) const { return table(row).slot(rows()[row].position); }

  // Whether it says of so many rows where they are in a cache of so many rows.
  bool fits(int64_t count, int64_t cache_rows) const {
    return row_count == count && pages << shift <= cache_rows;
  }
};

inline RowPlan& plan_at(int64_t address) { return *reinterpret_cast<RowPlan*>(address); }

}  // namespace longcat
