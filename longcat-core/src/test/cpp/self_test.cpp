// Runs every operation of every instruction set over odd sizes, with inputs that end exactly where
// their memory ends. Built with -fsanitize=address,undefined: a read or write outside its memory or
// undefined behaviour ends the program. Results are compared between instruction sets.
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "affinity.h"
#include "amx_support.h"
#include "longcat_cpu.h"
#include "onnx/snake.h"
#include "thread_pool.h"
#include "tile_kernels.h"

#if defined(__linux__)
#include <sched.h>
#endif

namespace {

int failures = 0;

void check(bool condition, const char* what) {
  if (condition) return;
  failures++;
  std::fprintf(stderr, "failed: %s\n", what);
}

struct Random {
  uint64_t state;

  uint32_t next() {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<uint32_t>(state >> 33);
  }
  float number() { return static_cast<float>(next() % 20001) / 10000 - 1; }
};

template <class T>
int64_t address(const std::vector<T>& values) {
  return reinterpret_cast<int64_t>(values.data());
}

std::vector<float> numbers(int64_t count, Random& random) {
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = random.number();
  values.shrink_to_fit();
  return values;
}

// A weight over exactly its bytes, not aligned.
class TestWeight {
 public:
  TestWeight(int32_t format, int64_t rows, int64_t columns, int64_t block, Random& random,
             int64_t slices = 1)
      : rows(rows), columns(columns), slices(slices) {
    if (format == LONGCAT_INT8 || format == LONGCAT_INT4) {
      open_integers(format, block + block % 2, random);
      return;
    }
    int64_t size = format == LONGCAT_F32 ? 4 : format == LONGCAT_FP8 ? 1 : 2;
    int64_t length = rows * columns * size;
    bytes_ = std::make_unique<uint8_t[]>(static_cast<size_t>(length + 1));
    for (int64_t i = 0; i < rows * columns; i++) {
      float value = random.number();
      uint32_t bits;
      std::memcpy(&bits, &value, sizeof bits);
      uint8_t* at = bytes_.get() + 1 + i * size;
      if (format == LONGCAT_F32) {
        std::memcpy(at, &bits, 4);
      } else if (format == LONGCAT_FP8) {
        *at = static_cast<uint8_t>(bits >> 31 << 7 | random.next() % 0x40);
      } else {
        uint16_t half = static_cast<uint16_t>(
            format == LONGCAT_BF16 ? bits >> 16 : bits >> 31 << 15 | random.next() % 0x3c00);
        std::memcpy(at, &half, 2);
      }
    }
    int64_t segment = rows > 3 ? 3 : rows;
    int64_t segments = (rows - 1) / segment + 1;
    handle = longcat_weight_open(format, rows, columns, segment, segments, block, block,
                                 slices);
    for (int64_t s = 0; s < segments; s++) {
      int64_t count = rows - s * segment < segment ? rows - s * segment : segment;
      const uint8_t* from = bytes_.get() + 1 + s * segment * columns * size;
      check(longcat_weight_segment(handle, s, from, count * columns * size) == LONGCAT_OK,
            "segment");
    }
    if (format == LONGCAT_FP8) {
      int64_t count = ((rows - 1) / block + 1) * ((columns - 1) / block + 1);
      std::vector<float> scales(static_cast<size_t>(count), 0.125f);
      check(longcat_weight_scales(handle, scales.data(), 0, count, count) == LONGCAT_OK, "scales");
    }
  }
  ~TestWeight() { longcat_weight_close(handle); }
  TestWeight(const TestWeight&) = delete;
  TestWeight& operator=(const TestWeight&) = delete;

  int64_t handle;
  int64_t rows;
  int64_t columns;
  int64_t slices;

 private:
  void open_integers(int32_t format, int64_t group, Random& random) {
    int64_t row_bytes = format == LONGCAT_INT4 ? (columns + 1) / 2 : columns;
    int64_t factor_bytes = 2 * ((columns - 1) / group + 1);
    bytes_ = std::make_unique<uint8_t[]>(static_cast<size_t>(rows * row_bytes + 1));
    factors_ = std::make_unique<uint8_t[]>(static_cast<size_t>(rows * factor_bytes + 1));
    for (int64_t i = 1; i <= rows * row_bytes; i++) {
      bytes_[static_cast<size_t>(i)] = static_cast<uint8_t>(random.next());
    }
    for (int64_t i = 0; i < rows * factor_bytes; i += 2) {
      uint16_t factor = static_cast<uint16_t>(random.next() % 2 << 15 | (0x3c00 + random.next() % 128));
      std::memcpy(factors_.get() + 1 + i, &factor, 2);
    }
    int64_t segment = rows > 3 ? 3 : rows;
    int64_t segments = (rows - 1) / segment + 1;
    handle = longcat_weight_open(format, rows, columns, segment, segments, 1, group, slices);
    for (int64_t s = 0; s < segments; s++) {
      int64_t count = rows - s * segment < segment ? rows - s * segment : segment;
      check(longcat_weight_segment(handle, s, bytes_.get() + 1 + s * segment * row_bytes,
                                   count * row_bytes) == LONGCAT_OK,
            "segment");
      check(longcat_weight_groups(handle, s, factors_.get() + 1 + s * segment * factor_bytes,
                                  count * factor_bytes) == LONGCAT_OK,
            "groups");
    }
    check(longcat_weight_groups(handle, segments, factors_.get(), 2) == LONGCAT_MISFIT,
          "groups outside the weight");
  }

  std::unique_ptr<uint8_t[]> bytes_;
  std::unique_ptr<uint8_t[]> factors_;
};

void linear(int64_t context, int32_t format, std::vector<float>& log) {
  Random random{1};
  for (int64_t columns : {1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 63, 70, 131, 4098}) {
    for (int64_t rows : {1, 2, 3, 4, 5, 9, 390}) {
      if (rows > 9 && columns % 131 != 0) continue;
      TestWeight weight(format, 37, columns, rows % 2 == 0 ? 16 : 7, random);
      TestWeight up(format, 37, columns, 128, random);
      TestWeight bias(LONGCAT_BF16, 1, 37, 1, random);
      std::vector<float> x = numbers(rows * columns, random);
      std::vector<float> into(static_cast<size_t>(rows * 37));
      check(longcat_linear(context, weight.handle, bias.handle, address(x), columns, columns,
                           address(into), 37, 37, rows) == LONGCAT_OK,
            "linear");
      log.insert(log.end(), into.begin(), into.end());
      check(longcat_gated_linear(context, weight.handle, up.handle, address(x), columns, columns,
                                 address(into), 37, 37, rows) == LONGCAT_OK,
            "gated linear");
      log.insert(log.end(), into.begin(), into.end());
    }
  }
}

void sliced_linear(int64_t context, int32_t format, std::vector<float>& log) {
  Random random{6};
  for (int64_t width : {2, 14, 32, 128, 130, 256, 1152}) {
    for (int64_t slices : {2, 8, 16}) {
      for (int64_t rows : {1, 3, 9, 390}) {
        if (rows > 9 && (width > 256 || slices != 8)) continue;
        TestWeight weight(format, 37, width * slices, width % 8 == 0 ? 32 : 7, random, slices);
        std::vector<float> x = numbers(rows * width * slices, random);
        std::vector<float> into(static_cast<size_t>(rows * 37));
        check(longcat_linear(context, weight.handle, 0, address(x), width * slices, width * slices,
                             address(into), 37, 37, rows) == LONGCAT_OK,
              "linear in slices");
        log.insert(log.end(), into.begin(), into.end());
      }
    }
  }
  int64_t block = format == LONGCAT_INT4 ? 2 : 1;
  for (int64_t slices : {-1, 0, 3, 6, 16, 24}) {
    check(longcat_weight_open(format, 1, 24, 1, 1, 1, block, slices) == 0, "slices do not fit");
  }
}

// Spans of five numbers: rows, first position, index of the first page, pages, positions to keep; and
// maybe how they are found, whether heads share them, sinks and recent ones.
class TestPlan {
 public:
  TestPlan(int64_t page_positions, int64_t pages, const std::vector<std::vector<int64_t>>& spans,
           const std::vector<int32_t>& table) {
    int64_t rows = 0, entries = 0;
    for (const auto& span : spans) rows += span[0], entries += span[3];
    memory_.resize(static_cast<size_t>(longcat_plan_bytes(rows, entries)) / 8 + 1);
    check(longcat_plan_begin(handle(), rows, entries, page_positions, pages) == LONGCAT_OK, "plan");
    int64_t row = 0;
    for (const auto& span : spans) {
      check(longcat_plan_span(handle(), table.data() + span[2], span[3], row, span[0], span[1],
                              span[4], 0, 0, at(span, 5), at(span, 6), at(span, 7),
                              at(span, 8)) == LONGCAT_OK,
            "span");
      row += span[0];
    }
  }

  int64_t handle() const { return reinterpret_cast<int64_t>(memory_.data()); }

 private:
  static int32_t at(const std::vector<int64_t>& span, size_t i) {
    return i < span.size() ? static_cast<int32_t>(span[i]) : 0;
  }

  std::vector<int64_t> memory_;
};

void plans() {
  check(longcat_plan_bytes(-1, 2) == LONGCAT_MISFIT, "rows");
  check(longcat_plan_bytes(2, int64_t{1} << 40) == LONGCAT_MISFIT, "entries");
  std::vector<int64_t> memory(static_cast<size_t>(longcat_plan_bytes(6, 5)) / 8 + 1);
  int64_t plan = address(memory);
  for (int64_t positions : {0, -4, 3, 12}) {
    check(longcat_plan_begin(plan, 6, 5, positions, 9) == LONGCAT_MISFIT, "no power of two");
  }
  check(longcat_plan_begin(plan, 6, 5, 16, INT32_MAX / 4) == LONGCAT_MISFIT, "cache too long");
  check(longcat_plan_begin(plan, 6, 5, 4, 9) == LONGCAT_OK, "plan");
  std::vector<int32_t> pages = {0, 8, 3};
  pages.shrink_to_fit();
  auto span = [&](int64_t length, int64_t row, int64_t rows, int64_t position, int64_t top_k) {
    return longcat_plan_span(plan, pages.data(), length, row, rows, position, top_k, 0, 0, 0, 0, 0,
                             0);
  };
  check(span(3, 1, 1, 0, 0) == LONGCAT_MISFIT, "row left out");
  check(span(3, 0, 0, 0, 0) == LONGCAT_MISFIT, "no row");
  check(span(3, 0, 7, 0, 0) == LONGCAT_MISFIT, "too many rows");
  check(span(3, 0, 1, -1, 0) == LONGCAT_MISFIT, "no position");
  check(span(3, 0, 1, INT32_MAX, 0) == LONGCAT_MISFIT, "no such position");
  check(span(3, 0, 1, 12, 0) == LONGCAT_MISFIT, "too few pages");
  check(span(3, 0, 1, 0, -1) == LONGCAT_MISFIT, "nothing to keep");
  for (int32_t page : {9, -1, INT32_MIN, INT32_MAX}) {
    pages[2] = page;
    check(span(3, 0, 2, 8, 0) == LONGCAT_MISFIT, "page outside the cache");
    check(span(3, 0, 2, 4, 0) == LONGCAT_OK, "page not in use");
    check(longcat_plan_begin(plan, 6, 5, 4, 9) == LONGCAT_OK, "plan");
  }
  pages[2] = 3;
  check(span(3, 0, 2, 10, 0) == LONGCAT_OK, "span");
  check(span(3, 2, 2, 10, 0) == LONGCAT_MISFIT, "too many entries");
  check(span(3, 2, 2, 6, 0) == LONGCAT_OK, "span");
  check(longcat_scatter(0, 0, 4, 3, plan, 0, 36, 16, LONGCAT_F32, 4) == LONGCAT_MISFIT, "rows");
  check(longcat_scatter(0, 0, 4, 4, plan, 0, 35, 16, LONGCAT_F32, 4) == LONGCAT_MISFIT, "cache");
}

void attention(int64_t context, int32_t format, std::vector<float>& log) {
  Random random{2};
  for (int64_t top_k : {0, 3, 100}) {
    for (int64_t latent : {1, 7, 16, 67}) {
      const int64_t heads = 5, nope = 3, rope = 4, value = 19, rows = 42;
      TestWeight kv_b(format, heads * (nope + value), latent, 5, random);
      std::vector<float> queries = numbers(rows * heads * (nope + rope), random);
      std::vector<float> cache = numbers(60 * (latent + rope), random);
      std::vector<float> into(static_cast<size_t>(rows * heads * value));
      std::vector<int32_t> pages;
      for (int32_t i = 0; i < 15; i++) pages.push_back((i * 7 + 3) % 15);
      pages.shrink_to_fit();
      TestPlan plan(4, 15, {{40, 2, 0, 11, 0}, {1, 9, 11, 3, top_k}, {1, 0, 14, 1, top_k}}, pages);
      auto attend = [&](int64_t cache_rows, int64_t batch) {
        return longcat_attention(context, kv_b.handle, heads, nope, rope, latent, value, 0.3f,
                                 address(queries), heads * (nope + rope), address(cache),
                                 cache_rows, 4 * (latent + rope), LONGCAT_F32, address(into),
                                 heads * value, batch, plan.handle(), 0, 0, 0, 0);
      };
      check(attend(60, rows) == LONGCAT_OK, "attention");
      check(attend(59, rows) == LONGCAT_MISFIT, "plan of a larger cache");
      check(attend(60, rows - 1) == LONGCAT_MISFIT, "plan of more rows");
      log.insert(log.end(), into.begin(), into.end());
    }
  }
}

void long_attention(int64_t context, std::vector<float>& log) {
  Random random{5};
  const int64_t heads = 67, nope = 3, rope = 2, latent = 19, value = 5;
  TestWeight kv_b(LONGCAT_BF16, heads * (nope + value), latent, 1, random);
  for (int64_t rows : {1, 7}) {
    const int64_t length = 2100;
    std::vector<float> queries = numbers(rows * heads * (nope + rope), random);
    std::vector<float> cache = numbers(length * (latent + rope), random);
    std::vector<float> into(static_cast<size_t>(rows * heads * value));
    std::vector<int32_t> pages;
    for (int32_t i = 0; i < length; i++) pages.push_back(static_cast<int32_t>(i * 11 % length));
    pages.shrink_to_fit();
    TestPlan plan(1, length, {{rows, length - rows, 0, length, 0}}, pages);
    check(longcat_attention(context, kv_b.handle, heads, nope, rope, latent, value, 0.3f,
                            address(queries), heads * (nope + rope), address(cache), length,
                            4 * (latent + rope), LONGCAT_F32, address(into), heads * value, rows,
                            plan.handle(), 0, 0, 0, 0) == LONGCAT_OK,
          "long attention");
    log.insert(log.end(), into.begin(), into.end());
  }
}

void experts(int64_t context, int32_t format, int64_t runs, int64_t slices, int64_t width,
             std::vector<float>& log) {
  Random random{3};
  const int64_t hidden = 37, top_k = 3;
  // Slices of whole chunks and their halves have scales that lie in them.
  const int64_t block = width < 128 ? 9 : format == LONGCAT_INT4 ? 32 : 128;
  const int64_t count = runs == 1 ? 5 : 2 * runs;
  std::vector<std::unique_ptr<TestWeight>> weights;
  std::vector<int64_t> handles;
  for (int64_t e = 0; e < count; e++) {
    weights.push_back(std::make_unique<TestWeight>(format, width, hidden, 8, random));
    weights.push_back(std::make_unique<TestWeight>(format, width, hidden, 32, random));
    weights.push_back(std::make_unique<TestWeight>(format, hidden, width, block, random, slices));
    for (size_t i = weights.size() - 3; i < weights.size(); i++) {
      handles.push_back(weights[i]->handle);
    }
  }
  TestWeight classifier(LONGCAT_F32, count + 3, hidden, 1, random);
  TestWeight correction(LONGCAT_F32, 1, count + 3, 1, random);
  for (int64_t rows : {1, 2, 7, 23}) {
    std::vector<float> x = numbers(rows * hidden, random);
    std::vector<float> into = numbers(rows * hidden, random);
    std::vector<int32_t> ids(static_cast<size_t>(rows * top_k));
    std::vector<float> picked(static_cast<size_t>(rows * top_k));
    check(longcat_route(context, classifier.handle, 0, correction.handle, address(x), hidden,
                        hidden, rows, top_k, 6, rows == 7, address(ids), address(picked), rows) ==
              LONGCAT_OK,
          "route");
    for (int64_t odd : {int64_t{0}, int64_t{3}, 4 * count, slices > 1 ? int64_t{2} : int64_t{-1}}) {
      check(longcat_begin_experts(context, address(handles), count, odd, 0, address(ids),
                                  address(picked), top_k, address(x), hidden, address(into), hidden,
                                  rows, hidden) == LONGCAT_MISFIT,
            "runs of experts do not fit");
    }
    check(longcat_begin_experts(context, address(handles), count, runs, 0, address(ids),
                                address(picked), top_k, address(x), hidden, address(into), hidden,
                                rows, hidden) == LONGCAT_OK,
          "experts begin");
    std::vector<float> beside = numbers(rows * width, random);
    for (int i = 0; i < 5; i++) {
      check(longcat_linear(context, handles[0], 0, address(x), hidden, hidden, address(beside),
                           width, width, rows) == LONGCAT_OK,
            "linear beside experts");
    }
    check(longcat_end_experts(context) == LONGCAT_OK, "experts end");
    log.insert(log.end(), beside.begin(), beside.end());
    check(longcat_zero_experts(context, count, address(ids), address(picked), top_k, address(x),
                               hidden, address(into), hidden, rows, hidden) == LONGCAT_OK,
          "zero experts");
    log.insert(log.end(), into.begin(), into.end());
  }
}

void elements(int64_t context, int32_t format, std::vector<float>& log) {
  Random random{4};
  for (int64_t columns : {2, 14, 32, 66, 4098}) {
    const int64_t rows = 5;
    std::vector<float> x = numbers(rows * columns, random);
    std::vector<float> y = numbers(rows * columns, random);
    TestWeight gain(format, 1, columns, 3, random);
    TestWeight table(format, 11, columns, 3, random);
    std::vector<int32_t> ids = {10, -1, 0, 3, 10};
    TestPlan plan(2, 3, {{2, 3, 0, 3, 0}, {3, 0, 0, 2, 0}}, {2, 0, 1});
    std::vector<double> frequencies = {1};
    check(longcat_rms_norm(context, address(x), columns, gain.handle, 1e-5f, 2, address(x),
                           columns, rows, columns) == LONGCAT_OK,
          "rms norm");
    check(longcat_add_embeddings(context, table.handle, address(ids), rows, address(x), columns,
                                 columns) == LONGCAT_OK,
          "embeddings");
    check(longcat_rotate(context, address(x), rows, columns, columns, 1, address(frequencies), 1,
                         1, plan.handle()) == LONGCAT_OK,
          "rotate");
    check(longcat_add(context, address(x), columns, address(y), columns, rows, columns) ==
              LONGCAT_OK,
          "add");
    std::vector<int64_t> partials = {address(x), address(y), address(x)};
    std::vector<int64_t> strides = {columns, columns, columns};
    std::vector<float> joined(x.size());
    check(longcat_join(context, address(partials), address(strides), 3, address(joined), columns,
                       rows, columns) == LONGCAT_OK,
          "join");
    check(longcat_join(context, address(partials), address(strides), 0, address(joined), columns,
                       rows, columns) == LONGCAT_MISFIT,
          "nothing to join");
    log.insert(log.end(), joined.begin(), joined.end());
    std::vector<float> kept(static_cast<size_t>(6 * columns));
    check(longcat_scatter(context, address(y), columns, rows, plan.handle(), address(kept), 6,
                          4 * columns, LONGCAT_F32, columns) == LONGCAT_OK,
          "scatter");
    log.insert(log.end(), kept.begin(), kept.end());
    log.insert(log.end(), x.begin(), x.end());
    ids[2] = 11;
    check(longcat_add_embeddings(context, table.handle, address(ids), rows, address(x), columns,
                                 columns) == LONGCAT_MISFIT,
          "id outside the table");
  }
}

void compare(const std::vector<float>& actual, const std::vector<float>& expected,
             int32_t instruction_set) {
  check(actual.size() == expected.size(), "sizes");
  for (size_t i = 0; i < actual.size(); i++) {
    // Sums of thousands of terms in another order.
    float tolerance = 1e-3f * (1 + std::fabs(expected[i]));
    if (!(std::fabs(actual[i] - expected[i]) <= tolerance)) {
      std::fprintf(stderr, "instruction set %d, result %zu: %g instead of %g\n", instruction_set,
                   i, actual[i], expected[i]);
      failures++;
      return;
    }
  }
}

void every_instruction_set(int32_t numerics) {
  std::vector<float> expected;
  for (int32_t set : {LONGCAT_GENERIC, LONGCAT_AVX2, LONGCAT_AVX512, LONGCAT_AVX512_GFNI,
                      LONGCAT_AVX512_AMX, LONGCAT_AVX512_AMX_EMULATED, LONGCAT_NEON,
                      LONGCAT_AVX512_BF16, LONGCAT_MODELLED_BF16}) {
    if (longcat_supports(set) <= 0) continue;
    for (int32_t threads : {1, 3}) {
      int64_t context = longcat_context_open(set, numerics, threads, 0);
      check(context != 0, "context");
      std::vector<float> log;
      long_attention(context, log);
      for (int32_t format : {LONGCAT_F32, LONGCAT_BF16, LONGCAT_F16, LONGCAT_FP8, LONGCAT_INT8,
                             LONGCAT_INT4}) {
        linear(context, format, log);
        attention(context, format, log);
        experts(context, format, 1, 1, 21, log);
        experts(context, format, 8, 1, 21, log);
        for (int64_t width : {48, 512, 1024}) experts(context, format, 1, 8, width, log);
        experts(context, format, 1, 2, 128, log);
        sliced_linear(context, format, log);
        elements(context, format, log);
      }
      longcat_context_close(context);
      if (expected.empty()) expected = log;
      compare(log, expected, set);
    }
    std::printf("instruction set %d, numerics %d: %zu results\n", set, numerics, expected.size());
  }
}

// What finds out whether products of a unit are right finds some that are not.
template <const longcat::Kernels* (*kKernels)()>
void check_of_unit(const longcat::Kernels& others) {
  const longcat::Kernels& right = *kKernels();
  check(longcat::products_agree(right, others), "right products");
  longcat::TileKernels tiles = *right.tiles;
  tiles.add = [](const longcat::TileChunk& chunk, char* memory) {
    longcat::TileChunk part = chunk;
    if (part.chunk == 1) part.scale *= 1.5f;
    kKernels()->tiles->add(part, memory);
  };
  check(!longcat::products_agree(right.with(&tiles), others), "wrong products");
}

void checks_of_units() {
  check_of_unit<longcat::modelled_bf16_kernels>(*longcat::generic_kernels());
  if (longcat_supports(LONGCAT_AVX512_AMX_EMULATED) <= 0) return;
  check_of_unit<longcat::avx512_amx_emulated_kernels>(*longcat::avx512_gfni_kernels());
}

void rates() {
  for (int32_t set : {LONGCAT_GENERIC, LONGCAT_MODELLED_BF16}) {
    check(longcat_product_rate(set, 0, 10) > 0, "rate of vectors");
    check((longcat_product_rate(set, 1, 10) > 0) == (set != LONGCAT_GENERIC), "rate of a unit");
    check(longcat_product_rate(set, 0, 0) == 0, "no rounds");
  }
  check(longcat_product_rate(99, 0, 10) == 0, "no such instruction set");
}

void pages() {
  int64_t page = longcat_page_bytes();
  int64_t memory = longcat_allocate(4 * page);
  check(longcat_address(reinterpret_cast<void*>(memory)) == memory, "address");
  int64_t first = (memory + page - 1) / page * page;
  check(longcat_pages_read_ahead(first, 2 * page) == LONGCAT_OK, "read ahead");
  check(longcat_pages_touch(first, 2 * page) == LONGCAT_OK, "touch");
  check(longcat_lock_limit() >= 0, "limit of locked memory");
  longcat_pages_huge(first, 2 * page);
  if (longcat_pages_lock(first, 2 * page) == LONGCAT_OK) {
    check(longcat_pages_unlock(first, 2 * page) == LONGCAT_OK, "unlock");
  }
  longcat_free(memory);
}

void order_of_cpus() {
  check(longcat::cores_first({}).empty(), "no CPUs");
  check(longcat::cores_first({{2, "2,6"}, {3, "3,7"}, {6, "2,6"}, {7, "3,7"}, {9, "9"}}) ==
            std::vector<int>{2, 3, 9, 6, 7},
        "siblings last");
}

#if defined(__linux__)

std::set<int> own_cpus() {
  cpu_set_t mask;
  check(sched_getaffinity(0, sizeof mask, &mask) == 0, "own CPUs");
  std::set<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    if (CPU_ISSET(cpu, &mask)) cpus.insert(cpu);
  }
  return cpus;
}

void restrict_to(const std::set<int>& cpus) {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  for (int cpu : cpus) CPU_SET(cpu, &mask);
  check(sched_setaffinity(0, sizeof mask, &mask) == 0, "restriction");
}

// Where each thread may run. No thread leaves its item before all have one.
std::vector<std::set<int>> cpus_of_threads(longcat::ThreadPool& pool) {
  std::vector<std::set<int>> cpus(static_cast<size_t>(pool.threads()));
  std::atomic<int> there{0};
  pool.run(longcat::Lane::kCaller, 0, pool.threads(), [&](int64_t, int thread) {
    cpus[static_cast<size_t>(thread)] = own_cpus();
    there++;
    while (there < pool.threads()) std::this_thread::yield();
  });
  return cpus;
}

void every_thread_on_its_own_of(const std::set<int>& mask) {
  longcat::ThreadPool pool(static_cast<int>(mask.size()), true);
  std::vector<std::set<int>> cpus = cpus_of_threads(pool);
  check(cpus[0] == mask, "the calling thread stays unbound");
  std::set<int> taken = {*mask.begin()};
  for (int thread = 1; thread < pool.threads(); thread++) {
    const std::set<int>& own = cpus[static_cast<size_t>(thread)];
    check(own == std::set<int>{pool.cpu(thread)}, "one CPU, and the one that is told");
    check(mask.count(pool.cpu(thread)) == 1, "a CPU of the mask");
    check(taken.insert(pool.cpu(thread)).second, "a CPU of its own, not the calling thread's");
  }
}

void nobody_pinned(int threads, bool pinned, int32_t answer) {
  longcat::ThreadPool pool(threads, pinned);
  for (const std::set<int>& cpus : cpus_of_threads(pool)) {
    check(cpus == own_cpus(), "unbound threads");
  }
  for (int thread = 1; thread < threads; thread++) check(pool.cpu(thread) == answer, "reason");
}

void pinned_threads() {
  const std::set<int> all = own_cpus();
  const std::set<int> part(std::next(all.begin()), all.end());
  for (const std::set<int>& mask : {all, part}) {
    if (mask.empty()) continue;
    restrict_to(mask);
    int count = static_cast<int>(mask.size());
    every_thread_on_its_own_of(mask);
    nobody_pinned(count + 1, true, LONGCAT_MISFIT);
    nobody_pinned(count, false, LONGCAT_REFUSED);
  }
  restrict_to(all);
  int64_t context = longcat_context_open(LONGCAT_GENERIC, LONGCAT_EXACT, 2, 1);
  bool room = all.size() > 1;
  check((longcat_context_cpu(context, 1) >= 0) == room, "CPU of a context's thread");
  check(longcat_context_cpu(context, 0) == LONGCAT_MISFIT, "no CPU of the calling thread");
  check(longcat_context_cpu(context, 2) == LONGCAT_MISFIT, "no CPU of no thread");
  longcat_context_close(context);
}

#else

void pinned_threads() {
  longcat::ThreadPool pool(2, true);
  check(pool.cpu(1) == LONGCAT_REFUSED, "unbound threads");
}

#endif

// Over every length about the widths of vectors, and over numbers that are reduced and that are not.
void snakes() {
  Random random{17};
  for (int64_t set = 0; set < 4; set++) {
    const longcat::SnakeKernels* kernels = longcat::select_snake(set);
    if (kernels == nullptr) continue;
    for (int64_t count = 0; count <= 70; count++) {
      std::vector<float> x = numbers(count, random);
      std::vector<float> alpha = numbers(count, random);
      std::vector<float> inverse = numbers(count, random);
      for (size_t i = 0; i < x.size(); i++) alpha[i] *= i % 5 == 4 ? 1e9f : 3;
      std::vector<float> each(x.size());
      kernels->each(x.data(), alpha.data(), inverse.data(), each.data(), count);
      std::vector<float> all = x;
      float first = count > 0 ? alpha[0] : 1;
      kernels->all(all.data(), first, 0.5f, all.data(), count);
      for (size_t i = 0; i < x.size(); i++) {
        double sine = std::sin(static_cast<double>(alpha[i] * x[i]));
        check(std::abs(each[i] - (x[i] + inverse[i] * sine * sine)) < 1e-6, "snake of each");
        sine = std::sin(static_cast<double>(first * x[i]));
        check(std::abs(all[i] - (x[i] + 0.5 * sine * sine)) < 1e-6, "snake of all");
      }
    }
  }
  check(longcat::select_snake(-1) == nullptr, "no kernels of an unknown instruction set");
}

}  // namespace

int main() {
  for (int32_t numerics : {LONGCAT_EXACT, LONGCAT_ROUNDED}) every_instruction_set(numerics);
  int64_t memory = longcat_allocate(100);
  check(memory % 64 == 0, "alignment");
  longcat_free(memory);
  longcat_free(0);
  check(longcat_allocate(INT64_MAX) == 0, "too much memory");
  pages();
  plans();
  checks_of_units();
  rates();
  order_of_cpus();
  pinned_threads();
  snakes();
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
