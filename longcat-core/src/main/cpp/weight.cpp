#include "weight.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <numeric>
#include <utility>

#include "longcat_cpu.h"
#include "number_formats.h"

namespace longcat {

namespace {

bool is_grouped(int32_t format) { return format == LONGCAT_INT8 || format == LONGCAT_INT4; }

int64_t row_bytes_of(int32_t format, int64_t columns) {
  if (format == LONGCAT_INT4) return columns / 2 + columns % 2;
  bool bytes = format == LONGCAT_FP8 || format == LONGCAT_INT8;
  return columns * (format == LONGCAT_F32 ? 4 : bytes ? 1 : 2);
}

bool scales_fit_chunks(const Weight& weight) {
  bool has_scales = is_grouped(weight.format) || weight.format == LONGCAT_FP8;
  return !has_scales || weight.scale_columns == 1 ||
         weight.block_columns % columns_of_scale(weight.format) == 0;
}

void set_blocks(Weight& weight, int64_t block_columns) {
  weight.block_columns = block_columns;
  weight.scale_columns = (weight.columns - 1) / block_columns + 1;
  weight.in_chunks = scales_fit_chunks(weight);
}

Weight slice_of(const Weight& weight, int64_t index, int64_t count) {
  Weight slice = weight;
  slice.columns = weight.columns / count;
  slice.first_column = index * slice.columns;
  slice.row_bytes = row_bytes_of(weight.format, slice.columns);
  bool scaled = is_grouped(weight.format) || weight.format == LONGCAT_FP8;
  set_blocks(slice, scaled ? std::gcd(slice.columns, weight.stored.block) : slice.columns);
  return slice;
}

struct Shape {
  int64_t rows;
  int64_t columns;
  int64_t slices;
};

Weight* open_weight(int32_t format, const Shape& shape, int64_t segment_rows, int64_t segments,
                    int64_t block_rows, int64_t block_columns) {
  auto weight = std::make_unique<Weight>();
  weight->format = format;
  weight->rows = shape.rows;
  weight->columns = shape.columns;
  weight->row_bytes = row_bytes_of(format, shape.columns);
  weight->stride_bytes = weight->row_bytes;
  weight->segment_rows = segment_rows;
  weight->segments.resize(static_cast<size_t>(segments));
  bool blocks = format == LONGCAT_FP8;
  weight->block_rows = blocks ? block_rows : 1;
  set_blocks(*weight, blocks || is_grouped(format) ? block_columns : shape.columns);
  weight->stored = {weight->block_columns, weight->scale_columns};
  if (is_grouped(format)) weight->group_factors.resize(static_cast<size_t>(segments));
  std::vector<Weight> slices;
  for (int64_t i = 0; shape.slices > 1 && i < shape.slices; i++) {
    slices.push_back(slice_of(*weight, i, shape.slices));
  }
  weight->slices = std::move(slices);
  return weight.release();
}

// Where the columns of the rows of a segment, and of its slices, begin.
void place(Weight& weight, size_t segment, const uint8_t* bytes) {
  weight.segments[segment] = bytes;
  for (Weight& slice : weight.slices) {
    slice.segments[segment] = bytes + row_bytes_of(slice.format, slice.first_column);
  }
}

void place_scales(Weight& weight, const void* scales) {
  weight.scales = static_cast<const uint8_t*>(scales);
  for (Weight& slice : weight.slices) slice.scales = weight.scales;
}

// Memory for all rows; null where there is none.
uint8_t* own_memory(Weight& weight) {
  if (!weight.own) {
    if (weight.rows > INT64_MAX / weight.row_bytes) return nullptr;
    int64_t memory = longcat_allocate(weight.rows * weight.row_bytes);
    if (memory == 0) return nullptr;
    weight.own.reset(reinterpret_cast<uint8_t*>(memory),
                     [](uint8_t* bytes) { longcat_free(reinterpret_cast<int64_t>(bytes)); });
    place(weight, 0, weight.own.get());
  }
  return weight.own.get();
}

bool are_slices(int32_t format, const Shape& shape) {
  bool power = shape.slices > 0 && (shape.slices & (shape.slices - 1)) == 0;
  if (!power || shape.columns % shape.slices != 0) return false;
  return format != LONGCAT_INT4 || shape.slices == 1 || shape.columns / shape.slices % 2 == 0;
}

}  // namespace

void Weight::find_block_scales(const Kernels& kernels, int64_t index, uint8_t* out) const {
  int64_t chunks = chunks_of(columns);
  for (int64_t chunk = 0; chunk < chunks; chunk++) {
    int64_t block = std::min(chunk * kChunk / block_columns, scale_columns - 1);
    float scale = block_scale(index, block) * kernels.fp8_factor;
    std::memcpy(out + chunk * 4, &scale, sizeof scale);
  }
}

void Weight::find_group_scales(const uint8_t* row_factors, uint8_t* out) const {
  int64_t width = columns_of_scale(format);
  int64_t count = chunks_of(columns) * kChunk / width;
  for (int64_t i = 0; i < count; i++) {
    int64_t group = i * width / block_columns;
    uint16_t factor = 0;
    if (group < scale_columns) {
      factor = load_u16(row_factors + 2 * (stored_block(group) - stored_block(0)));
    }
    std::memcpy(out + 2 * i, &factor, sizeof factor);
  }
}

void Weight::decode(const Kernels& kernels, int64_t index, int64_t from, int64_t count,
                    float* out) const {
  const uint8_t* bytes = row(index);
  if (grouped()) {
    auto decode = format == LONGCAT_INT8 ? decode_int8 : decode_int4;
    // From where the first column's group begins, or would, if it is cut.
    int64_t before = first_column % stored.block;
    const uint8_t* group = bytes - row_bytes_of(format, before);
    return decode(group, factors(index), stored.block, before + from, count, out);
  }
  if (scales == nullptr) {
    StoredRow part{bytes + from * element(), nullptr, count};
    return kernels.decode[format](part, count, out);
  }
  for (int64_t done = 0; done < count;) {
    int64_t block = (from + done) / block_columns;
    int64_t size = std::min(count - done, (block + 1) * block_columns - from - done);
    float scale = block_scale(index, block);
    StoredRow part{bytes + from + done, &scale, size};
    kernels.decode[format](part, size, out + done);
    done += size;
  }
}

}  // namespace longcat

using longcat::Weight;

extern "C" int64_t longcat_weight_open(int32_t format, int64_t rows, int64_t columns,
                                       int64_t segment_rows, int64_t segments, int64_t block_rows,
                                       int64_t block_columns, int64_t slices) noexcept {
  bool sound = format >= LONGCAT_F32 && format <= LONGCAT_INT4 && rows > 0 && columns > 0 &&
               segment_rows > 0 && segments == (rows - 1) / segment_rows + 1 && block_rows > 0 &&
               block_columns > 0 && (format != LONGCAT_INT4 || block_columns % 2 == 0);
  longcat::Shape shape{rows, columns, slices};
  if (!sound || !longcat::are_slices(format, shape)) return 0;
  try {
    return reinterpret_cast<int64_t>(longcat::open_weight(format, shape, segment_rows, segments,
                                                          block_rows, block_columns));
  } catch (...) {
    return 0;
  }
}

extern "C" int32_t longcat_weight_segment(int64_t address, int64_t segment, const void* bytes,
                                          int64_t length) noexcept {
  Weight& weight = *reinterpret_cast<Weight*>(address);
  if (segment < 0 || segment >= static_cast<int64_t>(weight.segments.size())) {
    return LONGCAT_MISFIT;
  }
  int64_t first = segment * weight.segment_rows;
  int64_t rows = std::min(weight.segment_rows, weight.rows - first);
  if (bytes == nullptr || length != rows * weight.row_bytes) return LONGCAT_MISFIT;
  longcat::place(weight, static_cast<size_t>(segment), static_cast<const uint8_t*>(bytes));
  return LONGCAT_OK;
}

extern "C" int32_t longcat_weight_columns(int64_t address, int64_t row, const void* bytes,
                                          int64_t length, int64_t row_bytes,
                                          int64_t from) noexcept {
  Weight& weight = *reinterpret_cast<Weight*>(address);
  bool sound = weight.segments.size() == 1 && bytes != nullptr && row >= 0 && row_bytes > 0 &&
               length >= 0 && length % row_bytes == 0 && from >= 0 &&
               from <= row_bytes - weight.row_bytes && length / row_bytes <= weight.rows - row;
  if (!sound) return LONGCAT_MISFIT;
  uint8_t* memory = longcat::own_memory(weight);
  if (memory == nullptr) return LONGCAT_OUT_OF_MEMORY;
  const uint8_t* source = static_cast<const uint8_t*>(bytes) + from;
  uint8_t* target = memory + row * weight.row_bytes;
  for (int64_t i = 0; i < length / row_bytes; i++) {
    std::memcpy(target + i * weight.row_bytes, source + i * row_bytes,
                static_cast<size_t>(weight.row_bytes));
  }
  return LONGCAT_OK;
}

extern "C" int32_t longcat_weight_scales(int64_t address, const float* scales, int64_t from,
                                         int64_t count, int64_t length) noexcept {
  Weight& weight = *reinterpret_cast<Weight*>(address);
  int64_t capacity = weight.format == LONGCAT_FP8 ? weight.block_count() : 0;
  if (from < 0 || count < 0 || count > length || from > capacity - count) return LONGCAT_MISFIT;
  try {
    weight.scale_memory.resize(static_cast<size_t>(capacity));
  } catch (...) {
    return LONGCAT_OUT_OF_MEMORY;
  }
  std::copy(scales, scales + count, weight.scale_memory.begin() + from);
  longcat::place_scales(weight, weight.scale_memory.data());
  return LONGCAT_OK;
}

extern "C" int32_t longcat_weight_blocks(int64_t address, const void* factors,
                                         int64_t length) noexcept {
  Weight& weight = *reinterpret_cast<Weight*>(address);
  bool sound = weight.format == LONGCAT_FP8 && factors != nullptr && length >= 0 &&
               length % 4 == 0 && length / 4 == weight.block_count();
  if (!sound) return LONGCAT_MISFIT;
  longcat::place_scales(weight, factors);
  return LONGCAT_OK;
}

extern "C" int32_t longcat_weight_groups(int64_t address, int64_t segment, const void* factors,
                                         int64_t length) noexcept {
  Weight& weight = *reinterpret_cast<Weight*>(address);
  if (segment < 0 || segment >= static_cast<int64_t>(weight.group_factors.size())) {
    return LONGCAT_MISFIT;
  }
  int64_t first = segment * weight.segment_rows;
  int64_t rows = std::min(weight.segment_rows, weight.rows - first);
  if (factors == nullptr || length != 2 * rows * weight.scale_columns) return LONGCAT_MISFIT;
  weight.group_factors[static_cast<size_t>(segment)] = static_cast<const uint8_t*>(factors);
  for (Weight& slice : weight.slices) {
    slice.group_factors[static_cast<size_t>(segment)] = static_cast<const uint8_t*>(factors);
  }
  return LONGCAT_OK;
}

extern "C" void longcat_weight_close(int64_t address) noexcept {
  delete reinterpret_cast<Weight*>(address);
}
