// What several emulated devices of one machine do with each other's memory, and an arena with its blocks.
#include <string>
#include <vector>

#include "backend.h"
#include "check.h"
#include "elements.h"
#include "emulator.h"
#include "machine.h"

namespace {

using namespace longcat::cuda;
using longcat::device::MatrixView;
using longcat::test::test;

constexpr int64_t kNumbers = 8;
constexpr uint64_t kBytes = 1 << 28;

std::string told(int64_t backend) {
  int8_t text[512];
  int32_t length = longcat_cuda_message(backend, text, sizeof text);
  return std::string(reinterpret_cast<char*>(text), static_cast<size_t>(length));
}

// Two devices, a backend and a stream on each, and memory of the first.
struct Pair {
  explicit Pair(bool linked) : machine(longcat_cuda_machine_open(2, kBytes, linked ? 1 : 0)) {
    for (int i = 0; i < 2; i++) {
      backends[i] = longcat_cuda_create(machine);
      int32_t status =
          longcat_cuda_open(backends[i], i, LONGCAT_CUDA_EXACT, 0, 1 << 24, nullptr, 0);
      CHECK(status == LONGCAT_CUDA_OK);
      streams[i] = longcat_cuda_stream_open(backends[i]);
    }
    slot = longcat_cuda_slot_open(backends[0], 4 * kNumbers);
    seen[0] = longcat_cuda_slot_join(backends[0], slot);
    seen[1] = longcat_cuda_slot_join(backends[1], slot);
    CHECK(seen[0] != 0 && seen[0] == seen[1]);
    own = longcat_cuda_allocate(backends[1], 4 * kNumbers);
  }
  ~Pair() {
    for (int64_t backend : backends) longcat_cuda_close(backend);
    longcat_cuda_slot_release(slot);
    longcat_cuda_machine_close(machine);
  }

  // The first device writes ones, the second copies them.
  int32_t copy(bool waits) {
    std::vector<float> ones(kNumbers, 1);
    int32_t status = longcat_cuda_write(streams[0], ones.data(), 4 * kNumbers, seen[0], 1, kNumbers,
                                        kNumbers);
    CHECK(status == LONGCAT_CUDA_OK);
    CHECK(longcat_cuda_slot_fill(streams[0], slot) == LONGCAT_CUDA_OK);
    if (waits) CHECK(longcat_cuda_slot_await(streams[1], slot) == LONGCAT_CUDA_OK);
    return longcat_cuda_copy(streams[1], seen[1], 4 * kNumbers, own, 4 * kNumbers, 1, kNumbers,
                             LONGCAT_CUDA_F32);
  }
  float copied() {
    std::vector<float> values(kNumbers);
    CHECK(longcat_cuda_read(streams[1], values.data(), 4 * kNumbers, own, 1, kNumbers, kNumbers) ==
          LONGCAT_CUDA_OK);
    return values[0];
  }

  int64_t machine;
  int64_t backends[2];
  int64_t streams[2];
  int64_t slot;
  int64_t seen[2];
  int64_t own;
};

void peers() {
  test("A kernel reads memory of another device only after it was let reach it", [] {
    Pair strangers(true);
    CHECK(strangers.copy(true) == LONGCAT_CUDA_FAILED);
    CHECK(told(strangers.backends[1]).find("outside of the memory that the device reaches") !=
          std::string::npos);
    Pair pair(true);
    CHECK(longcat_cuda_reach(pair.backends[1], 1) == 1);
    CHECK(longcat_cuda_reach(pair.backends[1], 0) == 1);
    CHECK(longcat_cuda_reach(pair.backends[1], 0) == 1);
    CHECK(pair.copy(true) == LONGCAT_CUDA_OK);
    CHECK(pair.copied() == 1);
  });
  test("Devices without a link say so, and devices that are not there", [] {
    Pair pair(false);
    CHECK(longcat_cuda_reach(pair.backends[1], 0) == 0);
    CHECK(longcat_cuda_reach(pair.backends[1], 7) == 0);
  });
  test("Loose streams of two devices show that nobody waited", [] {
    longcat::emulator::configure("loose=1,seed=1");
    Pair pair(true);
    CHECK(longcat_cuda_reach(pair.backends[1], 0) == 1);
    CHECK(pair.copy(false) == LONGCAT_CUDA_OK);
    CHECK(pair.copied() != 1);
    CHECK(pair.copy(true) == LONGCAT_CUDA_OK);
    CHECK(pair.copied() == 1);
    longcat::emulator::configure("loose=0,seed=1");
  });
  test("What one device left outlives its backend for who still reads it", [] {
    Pair pair(true);
    CHECK(longcat_cuda_reach(pair.backends[1], 0) == 1);
    CHECK(pair.copy(true) == LONGCAT_CUDA_OK);
    longcat_cuda_close(pair.backends[0]);
    int32_t status = longcat_cuda_copy(pair.streams[1], pair.seen[1], 4 * kNumbers, pair.own,
                                       4 * kNumbers, 1, kNumbers, LONGCAT_CUDA_F32);
    CHECK(status == LONGCAT_CUDA_OK);
    CHECK(pair.copied() == 1);
    pair.backends[0] = longcat_cuda_create(pair.machine);
  });
}

void blocks() {
  test("An arena takes blocks as they are needed, up to the most, and keeps them apart", [] {
    auto driver = open_emulated_driver(1, uint64_t{1} << 32);
    Arena arena(*driver);
    uint64_t most = uint64_t{700} << 20;
    CHECK(arena.open(uint64_t{100} << 20, most) == kSuccess);
    CHECK(arena.bytes() == uint64_t{100} << 20);
    Address pieces[4] = {};
    for (Address& piece : pieces) CHECK(arena.take(uint64_t{90} << 20, &piece) == kSuccess);
    CHECK(arena.bytes() == uint64_t{612} << 20);
    CHECK(arena.left() == uint64_t{88} << 20);
    Address none = 0;
    CHECK(arena.take(uint64_t{300} << 20, &none) == kOutOfMemory && none == 0);
    for (Address piece : pieces) arena.give(piece);
    CHECK(arena.used() == 0);
    CHECK(arena.largest_free() == uint64_t{256} << 20);
  });
  test("Where others have the rest of a device, a block is as small as what is asked for", [] {
    auto driver = open_emulated_driver(1, uint64_t{200} << 20);
    Arena arena(*driver);
    CHECK(arena.open(0, uint64_t{1} << 32) == kSuccess);
    CHECK(arena.bytes() == 0);
    Address piece = 0;
    CHECK(arena.take(uint64_t{50} << 20, &piece) == kSuccess);
    CHECK(arena.bytes() < uint64_t{51} << 20);
    CHECK(arena.take(uint64_t{170} << 20, &piece) == kOutOfMemory);
  });
}

}  // namespace

int main() {
  peers();
  blocks();
  return longcat::test::result();
}
