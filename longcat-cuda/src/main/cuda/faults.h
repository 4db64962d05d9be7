// Faults that tests plant to see that they are found: LONGCAT_FAULT is the number of one, or 0.
#pragma once

#ifndef LONGCAT_FAULT
#define LONGCAT_FAULT 0
#endif

namespace longcat::device {

enum Fault {
  kSound,
  kMissingBarrier,     // inputs or cached rows are read before all threads have waited for their part
  kWrongWait,          // a copy is waited for that is not the one needed
  kSharedOverrun,      // a warp's sums lie too far behind
  kRacingSort,         // picks are counted before all counters are zero
  kSortWithoutAtomic,  // picks are counted by reading and writing; only a race detector sees it
  kWrongTile,          // a tile of rows begins behind the end of the one before
  kZeroExpertTwice,
};

constexpr int kFault = LONGCAT_FAULT;

}  // namespace longcat::device
