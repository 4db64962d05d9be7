// The end of a sum over a sliced dimension: partial sums joined in an order that depends on their
// number alone.
#include <algorithm>
#include <cstring>

#include "context.h"
#include "longcat_cpu.h"

namespace longcat {

namespace {

// Numbers that are worth a thread, and those that are joined at once.
constexpr int64_t kJoinGrain = 16384;
constexpr int64_t kJoinBlock = 512;

struct Partials {
  const int64_t* addresses;
  const int64_t* strides;

  const float* at(int64_t partial, int64_t row, int64_t column) const {
    return floats_at(addresses[partial]) + row * strides[partial] + column;
  }
};

int64_t largest_power_of_two_below(int64_t count) {
  int64_t power = 1;
  while (2 * power < count) power *= 2;
  return power;
}

// out = the sum of count partials from first on; n is at most kJoinBlock.
void join(const Partials& partials, int64_t first, int64_t count, int64_t row, int64_t column,
          int64_t n, float* out) {
  if (count == 1) {
    std::memcpy(out, partials.at(first, row, column), static_cast<size_t>(n) * sizeof(float));
    return;
  }
  if (count == 2) {
    const float* a = partials.at(first, row, column);
    const float* b = partials.at(first + 1, row, column);
    for (int64_t i = 0; i < n; i++) out[i] = a[i] + b[i];
    return;
  }
  int64_t half = largest_power_of_two_below(count);
  float others[kJoinBlock];
  join(partials, first, half, row, column, n, out);
  join(partials, first + half, count - half, row, column, n, others);
  for (int64_t i = 0; i < n; i++) out[i] += others[i];
}

}  // namespace

}  // namespace longcat

extern "C" int32_t longcat_join(int64_t context, int64_t partials, int64_t strides, int64_t count,
                                int64_t into, int64_t into_stride, int64_t rows,
                                int64_t columns) noexcept {
  if (count < 1) return LONGCAT_MISFIT;
  longcat::Partials from{reinterpret_cast<const int64_t*>(partials),
                         reinterpret_cast<const int64_t*>(strides)};
  int64_t width = std::min(columns, longcat::kJoinGrain);
  int64_t pieces = (columns + width - 1) / width;
  int64_t run = std::max<int64_t>(1, longcat::kJoinGrain / (width * count));
  int64_t runs = (rows + run - 1) / run;
  longcat::context_at(context).run(runs * pieces, rows * columns * count, [&](int64_t item, int) {
    int64_t last_row = std::min(rows, (item / pieces + 1) * run);
    int64_t first_column = item % pieces * width;
    int64_t last_column = std::min(columns, first_column + width);
    for (int64_t row = item / pieces * run; row < last_row; row++) {
      for (int64_t column = first_column; column < last_column; column += longcat::kJoinBlock) {
        int64_t n = std::min(longcat::kJoinBlock, last_column - column);
        longcat::join(from, 0, count, row, column, n,
                      longcat::floats_at(into) + row * into_stride + column);
      }
    }
  });
  return LONGCAT_OK;
}
