// What kernels work on, as their parameters say it: addresses on the device, sizes, strides. The
// host fills them; whoever includes this on the host needs no device.h.
#pragma once

namespace longcat::device {

// How the numbers of a weight or of cached rows are kept; as in longcat_cuda.h.
enum Format : int {
  kF32 = 0,
  kBf16 = 1,
  kF16 = 2,
  kFp8 = 3,
  kInt8 = 4,
  kInt4 = 5,
};

// A window of a matrix of F32. A stride is in numbers.
struct MatrixView {
  float* data;
  long long rows;
  long long columns;
  long long stride;
};

// Rows of any format, such as those of a cache. A row begins at a multiple of 16 bytes. A row of FP8
// has an F32 scale behind its numbers, at fp8_scale_offset.
struct RowsView {
  unsigned char* data;
  long long rows;
  long long columns;
  long long row_bytes;
  int format;
};

constexpr long long fp8_scale_offset(long long columns) { return (columns + 3) / 4 * 4; }

// A weight as it is stored. A row begins at a multiple of 16 bytes and what lies between its last
// number and the next row is zero.
struct WeightView {
  const unsigned char* data;
  const float* scales;             // of FP8 blocks: [ceil(rows / block_rows), scale_columns]
  const unsigned short* factors;   // of INT8 and INT4 groups, BF16: [rows, scale_columns]
  long long rows;
  long long columns;
  long long row_bytes;      // from a row to the next
  long long block_rows;     // of a block of scales; 1 for groups
  long long block_columns;  // of a block or group
  long long scale_columns;  // blocks or groups of a row
  int format;
  int slices;  // equal runs of columns that are summed each for itself
};

// A row of a pass.
struct PlannedRow {
  int position;
  int slot;        // the cache row of its position
  int first_page;  // where the pages of its sequence begin
  int top_k;       // positions that each head keeps, or 0 for all
};

// The rows of a pass in memory of the device, which is the same for all passes that a graph is
// replayed for: kernels take from there what differs from pass to pass.
struct PlanView {
  const PlannedRow* rows;
  const int* pages;
  int row_count;
  int shift;  // a page has 1 << shift positions
};

// Picks of a router: [rows, top_k] each.
struct PicksView {
  int* ids;
  float* weights;
  int top_k;
};

}  // namespace longcat::device
