// The emulator runs right kernels right, in any order of threads, and finds wrong ones.
#include <random>
#include <string>
#include <vector>

#include "check.h"
#include "device.h"
#include "emulator.h"
#include "formats.h"
#include "kernel_call.h"

namespace longcat::device {

enum Fault {
  kNone,
  kMissingBarrier,
  kWrongWait,
  kOverrun,
  kOutside,
  kDeadlock,
  kDivergent,
  kUnfenced,
  kUnwaited
};

// Sums n numbers a block.
KERNEL void sum_block(const float* x, float* y, i32 n, i32 fault) {
  SHARED(float, part, 8);
  float sum = 0;
  for (i32 i = thread_index(); i < n; i += block_threads()) {
    sum += load(x + static_cast<i64>(block_index()) * n + i);
  }
  for (i32 mask = 16; mask > 0; mask /= 2) sum += shuffle_xor(sum, mask);
  if (lane() == 0) part[warp() + (fault == kOverrun ? 1 : 0)] = sum;
  if (fault == kDeadlock && warp() == 1) shuffle(sum, 0), sync_warp();
  if (fault == kDivergent && thread_index() == 5) sync_block();
  if (fault == kDivergent && thread_index() == 6) sync_warp();
  if (fault == kDeadlock && thread_index() == 40) sync_warp();
  if (fault != kMissingBarrier) sync_block();
  if (thread_index() != 0) return;
  float total = 0;
  for (i32 i = 0; i < block_threads() / 32; i++) total += part[i];
  store(y + block_index() + (fault == kOutside ? block_count() : 0), total);
}

// The last block to come adds up what all have written.
KERNEL void sum_all(const float* x, float* parts, u32* ticket, float* y, i32 fault) {
  SHARED(u32, place, 1);
  if (thread_index() == 0) {
    store(parts + block_index(), load(x + block_index()));
    if (fault != kUnfenced) fence();
    place[0] = atomic_add(ticket, 1u);
  }
  sync_block();
  if (place[0] + 1 != static_cast<u32>(block_count()) || thread_index() != 33) return;
  float total = 0;
  for (i32 i = 0; i < block_count(); i++) total += load(parts + i);
  store(y, total);
  store(ticket, 0u);
}

// C[16,16] = A[16,K] B[16,K]^T by one warp; two stages of 64 columns.
KERNEL void tile(const u16* a, const u16* b, float* c, i32 depth, i32 fault) {
  SHARED(u16, tile_a, 2 * 16 * 64);
  SHARED(u16, tile_b, 2 * 16 * 64);
  float left[4] = {};
  float right[4] = {};
  i32 t = thread_index();
  auto fetch = [&](i32 k, i32 stage) {
    for (i32 i = 0; i < 4; i++) {
      i32 at = (i * 32 + t) * 8;
      i64 from = static_cast<i64>(at / 64) * depth + k + at % 64;
      copy_async16(tile_a + stage * 1024 + at, a + from, true);
      copy_async16(tile_b + stage * 1024 + at, b + from, true);
    }
    copy_async_commit();
  };
  fetch(0, 0);
  for (i32 k = 0, stage = 0; k < depth; k += 64, stage ^= 1) {
    if (k + 64 < depth) {
      fetch(k + 64, stage ^ 1);
      if (fault == kWrongWait) {
        copy_async_wait<2>();
      } else {
        copy_async_wait<1>();
      }
    } else if (fault != kUnwaited) {
      copy_async_wait<0>();
    }
    sync_block();
    for (i32 step = 0; step < 64; step += 16) {
      u32 fa[4];
      u32 fb[4];
      load_matrix4(fa, tile_a + stage * 1024 + t % 16 * 64 + step + t / 16 * 8);
      load_matrix4(fb, tile_b + stage * 1024 + (t % 8 + t / 16 * 8) * 64 + step + t / 8 % 2 * 8);
      multiply_bf16(left, fa, fb);
      multiply_bf16(right, fa, fb + 2);
    }
    sync_block();
  }
  for (i32 i = 0; i < 4; i++) {
    i32 at = (t / 4 + 8 * (i / 2)) * 16 + 2 * (t % 4) + i % 2;
    store(c + at, left[i]);
    store(c + at + 8, right[i]);
  }
}

// D[16,8] = A[16,32] B[8,32]^T of FP8.
KERNEL void tile_fp8(const u8* a, const u8* b, float* d) {
  i32 t = thread_index();
  float c[4] = {};
  u32 fa[4];
  u32 fb[2];
  for (i32 i = 0; i < 4; i++) {
    i32 at = (t / 4 + i % 2 * 8) * 32 + i / 2 * 16 + t % 4 * 4;
    fa[i] = load(reinterpret_cast<const u32*>(a + at));
  }
  for (i32 i = 0; i < 2; i++) {
    fb[i] = load(reinterpret_cast<const u32*>(b + t / 4 * 32 + i * 16 + t % 4 * 4));
  }
  multiply_fp8(c, fa, fb);
  for (i32 i = 0; i < 4; i++) store(d + (t / 4 + i / 2 * 8) * 8 + t % 4 * 2 + i % 2, c[i]);
}

template <class T>
T sum_by_shuffles(T value) {
  for (i32 apart = 16; apart > 0; apart /= 2) value += shuffle_xor(value, apart);
  return value;
}

template <class T>
T largest_by_shuffles(T value) {
  for (i32 apart = 16; apart > 0; apart /= 2) {
    T other = shuffle_xor(value, apart);
    value = other > value ? other : value;
  }
  return value;
}

// How many of the folds of a warp differ from those by shuffles, of each lane.
KERNEL void folds(const u64* given, u32* differ) {
  u64 bits = load(given + thread_index());
  u32 half = static_cast<u32>(bits >> 32);
  float number = bits_to_float(half);
  u32 wrong = 0;
  for (i32 turn = 0; turn < 3; turn++) {
    wrong += float_to_bits(sum_lanes(number)) != float_to_bits(sum_by_shuffles(number)) ? 1 : 0;
    wrong += float_to_bits(max_lanes(number)) != float_to_bits(largest_by_shuffles(number)) ? 1 : 0;
    i32 whole = static_cast<i32>(half % 2001) - 1000;
    wrong += sum_lanes(whole) != sum_by_shuffles(whole) ? 1 : 0;
    wrong += max_lanes(whole) != largest_by_shuffles(whole) ? 1 : 0;
    wrong += max_lanes(half) != largest_by_shuffles(half) ? 1 : 0;
    wrong += max_lanes(bits) != largest_by_shuffles(bits) ? 1 : 0;
    half ^= static_cast<u32>(bits);
    number = static_cast<float>(half);
  }
  store(differ + thread_index(), wrong);
}

// Every lane gets what a right shuffle, ballot and transposed matrix give.
KERNEL void exchanges(i32* out) {
  SHARED(u16, matrix, 4 * 64);
  i32 t = thread_index();
  for (i32 i = t; i < 256; i += 32) matrix[i] = static_cast<u16>(i);
  sync_warp();
  u32 r[4];
  load_matrix4_transposed(r, matrix + t * 8);
  store(out + t, shuffle(t * 3, (t + 1) & 31));
  store(out + 32 + t, static_cast<i32>(ballot(t % 3 == 0)));
  store(out + 64 + t, static_cast<i32>(r[1]));
  store(out + 96 + t, (any(t == 7) ? 1 : 0) + (all(t < 31) ? 2 : 0));
}

}  // namespace longcat::device

namespace {

namespace emulator = longcat::emulator;
using namespace longcat::device;
using longcat::test::test;

// Memory that kernels may touch.
template <class T>
class Numbers {
 public:
  explicit Numbers(std::vector<T> values) : values_(std::move(values)) {
    emulator::allow(values_.data(), bytes());
  }
  ~Numbers() { emulator::forbid(values_.data(), bytes()); }
  Numbers(const Numbers&) = delete;
  T* data() { return values_.data(); }
  const T& operator[](size_t i) const { return values_[i]; }

 private:
  size_t bytes() const { return values_.size() * sizeof(T); }
  std::vector<T> values_;
};

template <auto kFunction, class... A>
bool launch(uint32_t blocks, uint32_t threads, A... arguments) {
  static const emulator::Kernel kernel = emulator::KernelCall<kFunction>::named("tested");
  void* addresses[] = {&arguments...};
  return emulator::launch({&kernel, blocks, 1, threads, 0, addresses});
}

void seed(uint64_t value) {
  emulator::Settings settings;
  settings.seed = value;
  emulator::configure(settings);
}

bool told(const char* part) {
  bool found = std::string(emulator::error()).find(part) != std::string::npos;
  if (!found) std::printf("told: %s\n", emulator::error());
  return found;
}

bool sums_right(int fault) {
  const int n = 600;
  const int blocks = 5;
  std::vector<float> values(n * blocks);
  for (size_t i = 0; i < values.size(); i++) values[i] = static_cast<float>(i % 7);
  Numbers<float> x(values);
  Numbers<float> y(std::vector<float>(blocks, -1));
  if (!launch<&sum_block>(blocks, 256, static_cast<const float*>(x.data()), y.data(), n, fault)) {
    return false;
  }
  for (int block = 0; block < blocks; block++) {
    float want = 0;
    for (int i = 0; i < n; i++) want += values[static_cast<size_t>(block * n + i)];
    if (y[static_cast<size_t>(block)] != want) return false;
  }
  return true;
}

bool sums_all_right(int fault) {
  Numbers<float> x({1, 2, 3, 4, 5, 6, 7});
  Numbers<float> parts(std::vector<float>(7, 0));
  Numbers<u32> ticket({0});
  Numbers<float> y({0});
  bool ran = launch<&sum_all>(7, 64, static_cast<const float*>(x.data()), parts.data(),
                              ticket.data(), y.data(), fault);
  return ran && y[0] == 28 && ticket[0] == 0;
}

bool multiplies_right(int fault) {
  const int depth = 256;
  std::vector<u16> numbers(16 * depth);
  for (size_t i = 0; i < numbers.size(); i++) {
    numbers[i] = to_bf16(static_cast<float>(static_cast<int>(i * 7919 % 65) - 32));
  }
  Numbers<u16> a(numbers);
  std::vector<u16> reversed(numbers.rbegin(), numbers.rend());
  Numbers<u16> b(reversed);
  Numbers<float> c(std::vector<float>(256, -1));
  if (!launch<&tile>(1, 32, static_cast<const u16*>(a.data()), static_cast<const u16*>(b.data()),
                     c.data(), depth, fault)) {
    return false;
  }
  for (size_t row = 0; row < 16; row++) {
    for (size_t column = 0; column < 16; column++) {
      float want = 0;
      for (size_t k = 0; k < depth; k++) {
        want += from_bf16(numbers[row * depth + k]) * from_bf16(reversed[column * depth + k]);
      }
      if (!(c[row * 16 + column] == want)) return false;
    }
  }
  return true;
}

void right_kernels() {
  test("Any order of threads gives the same sums", [] {
    for (uint64_t s = 0; s < 20; s++) {
      seed(s);
      CHECK(sums_right(kNone));
      CHECK(sums_all_right(kNone));
    }
  });
  test("Tiles multiply small whole numbers exactly on both models of tensor cores", [] {
    for (uint64_t s = 0; s < 10; s++) {
      seed(s);
      CHECK(multiplies_right(kNone));
    }
    CHECK(emulator::configure("tensor=truncating"));
    CHECK(multiplies_right(kNone));
  });
  test("FP8 tiles multiply what the numbers stand for", [] {
    emulator::configure("seed=3,arch=90,tensor=ieee");
    std::vector<u8> bytes(16 * 32);
    for (size_t i = 0; i < bytes.size(); i++) bytes[i] = to_fp8(static_cast<float>(i % 15) - 7);
    Numbers<u8> a(bytes);
    Numbers<u8> b(std::vector<u8>(bytes.begin() + 5, bytes.begin() + 5 + 8 * 32));
    Numbers<float> d(std::vector<float>(128, -1));
    CHECK(launch<&tile_fp8>(1, 32, static_cast<const u8*>(a.data()),
                            static_cast<const u8*>(b.data()), d.data()));
    for (size_t row = 0; row < 16; row++) {
      for (size_t column = 0; column < 8; column++) {
        float want = 0;
        for (size_t k = 0; k < 32; k++) {
          want += from_fp8(bytes[row * 32 + k]) * from_fp8(bytes[column * 32 + k + 5]);
        }
        CHECK(d[row * 8 + column] == want);
      }
    }
    CHECK(emulator::configure("arch=80"));
    CHECK(!launch<&tile_fp8>(1, 32, static_cast<const u8*>(a.data()),
                             static_cast<const u8*>(b.data()), d.data()));
  });
  test("Lanes are folded as by exchanges with lanes ever nearer", [] {
    seed(5);
    std::mt19937_64 random(5);
    std::vector<u64> given(64);
    for (u64& bits : given) bits = random();
    given[7] = u64{0x7fc00001} << 32;  // a number that is none
    Numbers<u64> in(given);
    Numbers<u32> differ(std::vector<u32>(64, 99));
    CHECK(launch<&folds>(1, 64, static_cast<const u64*>(in.data()), differ.data()));
    for (size_t t = 0; t < 64; t++) CHECK(differ[t] == 0);
  });
  test("Lanes exchange numbers, votes and parts of matrices", [] {
    seed(4);
    Numbers<i32> out(std::vector<i32>(128, -1));
    CHECK(launch<&exchanges>(1, 32, out.data()));
    for (int t = 0; t < 32; t++) {
      auto at = static_cast<size_t>(t);
      CHECK(out[at] == (t + 1) % 32 * 3);
      CHECK(out[32 + at] == 0x49249249);
      int top = 64 + 2 * (t % 4) * 8 + t / 4;
      CHECK(out[64 + at] == (top | (top + 8) << 16));
      CHECK(out[96 + at] == 1);
    }
  });
  test("Sums of a truncating tensor core differ from those of IEEE", [] {
    Numbers<u16> a(std::vector<u16>(16 * 64, to_bf16(1.0f)));
    std::vector<u16> small(16 * 64, to_bf16(0x1p-30f));
    for (size_t row = 0; row < 16; row++) small[row * 64] = to_bf16(1.0f);
    Numbers<u16> b(small);
    Numbers<float> c(std::vector<float>(256, -1));
    emulator::configure("tensor=truncating");
    CHECK(launch<&tile>(1, 32, static_cast<const u16*>(a.data()),
                        static_cast<const u16*>(b.data()), c.data(), 64, 0));
    CHECK(c[0] == 1.0f);
    seed(1);
  });
}

void planted_faults() {
  test("A missing barrier gives wrong sums in some orders", [] {
    int wrong = 0;
    for (uint64_t s = 1; s <= 20; s++) {
      seed(s);
      wrong += sums_right(kMissingBarrier) ? 0 : 1;
    }
    CHECK(wrong > 5);
  });
  test("A wrong wait gives wrong products in every order", [] {
    for (uint64_t s = 0; s < 10; s++) {
      seed(s);
      CHECK(!multiplies_right(kWrongWait));
    }
  });
  test("Copies that nobody waits for are told", [] {
    seed(1);
    CHECK(!multiplies_right(kUnwaited));
    CHECK(told("before its copies were waited for"));
  });
  test("What lies outside of the device's memory is told with the line", [] {
    seed(1);
    CHECK(!sums_right(kOutside));
    CHECK(told("written, but lie outside of the memory that the device reaches"));
    CHECK(told("emulator_test.cpp:"));
  });
  test("Threads that wait for ever are told with kernel, block, thread and line", [] {
    for (uint64_t s = 0; s < 5; s++) {
      seed(s);
      CHECK(!sums_right(kDeadlock));
      CHECK(told("kernel tested, block ("));
      CHECK(told("sync_warp") || told("shuffle"));
    }
  });
  test("Lanes that meet in different places are told", [] {
    seed(2);
    CHECK(!sums_right(kDivergent));
    CHECK(told("is reached while") || told("deadlock"));
  });
  test("The emulator works again after a fault", [] { CHECK(sums_right(kNone)); });
#ifndef __SANITIZE_ADDRESS__
  test("An overrun of a shared array is told by its name", [] {
    seed(1);
    CHECK(!sums_right(kOverrun));
    CHECK(told("part was written behind its end"));
  });
#endif
}

void limits() {
  test("Blocks of no whole warps and settings that nobody knows are refused", [] {
    Numbers<i32> out(std::vector<i32>(128, -1));
    CHECK(!launch<&exchanges>(1, 33, out.data()));
    CHECK(!launch<&exchanges>(1, 2048, out.data()));
    CHECK(!emulator::configure("seed=x"));
    CHECK(!emulator::configure("arch=85"));
    CHECK(!emulator::configure("tensor=round"));
    CHECK(emulator::configure("seed=7,tensor=ieee,arch=120,loose=0,count=1"));
  });
  test("Each sector that a launch touches is counted once, streamed bytes each time", [] {
    emulator::configure("seed=1,count=1");
    emulator::reset_traffic();
    CHECK(sums_right(kNone));
    emulator::Traffic moved = emulator::traffic();
    CHECK(moved.launches == 1);
    CHECK(moved.read >= 5 * 600 * 4 && moved.read <= 5 * 600 * 4 + 64);
    CHECK(moved.written == 32 || moved.written == 64);
    emulator::configure("count=0");
  });
}

}  // namespace

// With the name of a fault: what sanitizers must find.
int main(int count, char** names) {
  std::string fault = count > 1 ? names[1] : "";
  seed(1);
  if (fault == "missing-barrier") return sums_right(kMissingBarrier) ? 0 : 1;
  if (fault == "overrun") return sums_right(kOverrun) ? 0 : 1;
  if (fault == "unfenced") return sums_all_right(kUnfenced) ? 0 : 1;
  right_kernels();
  planted_faults();
  limits();
  return longcat::test::result();
}
