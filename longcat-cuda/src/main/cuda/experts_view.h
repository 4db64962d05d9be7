// How experts lie in the memory of the device, and the work over them that the device plans itself.
#pragma once

#include "views.h"

namespace longcat::device {

struct ExpertView {
  WeightView gate;
  WeightView up;
  WeightView down;
};

// Some entries of one expert; entries are picks in the order of experts.
struct ExpertTile {
  int expert;
  int first;  // entry
  int count;  // of entries
};

// Experts whose entries are planned.
struct PlannedExperts {
  int first_id;
  int count;
  int tile;  // entries that a tile may have
};

// What plan_experts leaves, all of it in memory of the device.
struct ExpertPlan {
  int* starts;  // of an expert: its first entry
  int* rows;    // of an entry: the row that picked it
  int* places;  // of a pick: its entry, or -1
  int* order;   // of a row: its picks by ascending id, [rows][top_k]
  ExpertTile* tiles;
  int* tile_count;
  int* entry_count;
};

}  // namespace longcat::device
