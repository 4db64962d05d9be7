// Operations that touch every element once: bytes moved are those of their operands.
#include "device.h"
#include "formats.h"
#include "views.h"

namespace longcat::device {

// A block a row.
KERNEL void zero_rows(MatrixView into) {
  float* row = into.data + block_index() * into.stride;
  for (i64 i = thread_index(); i < into.columns; i += block_threads()) store(row + i, 0.0f);
}

}  // namespace longcat::device
