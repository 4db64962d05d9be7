// The threads of a block and where they meet.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "emulator.h"
#include "fiber.h"
#include "shared_memory.h"
#include "tensor_core.h"

namespace longcat::emulator {

enum class Meeting { kBlock, kWarp, kExchange, kFold, kBallot, kMatrix, kProductBf16, kProductFp8 };

struct Copy {
  char* into;
  const char* from;  // null for zeros
};

struct Team;

struct Thread {
  Fiber fiber;
  int index = 0;
  bool over = false;
  const Team* waits = nullptr;
  Place place{};
  bool fenced = false;
  std::vector<Copy> open;
  std::vector<std::vector<Copy>> groups;

  size_t copies() const;
};

// Threads that go on together once all of them have come.
struct Team {
  int size = 0;
  uint64_t round = 0;
  Meeting meeting{};
  Place place{};
  std::vector<Thread*> here;
  char tags[2] = {};  // of sanitizers, for even and odd rounds
  // What lanes give, for even and odd rounds: nobody is two rounds ahead of another.
  uint64_t values[2][32] = {};
  uint64_t folded[2] = {};  // one more than the round whose values are folded
  Fragment fragments[2][32] = {};
};

class Block {
 public:
  // Runs one block to its end; false where it failed. What blocks of a launch do is not ordered:
  // after the last one finished() orders it before what follows.
  bool run(const Launch& launch, uint32_t seed);
  void finished();

  // For the thread that runs: waits for the others of its team. Returns the round.
  uint64_t meet(Team& team, Meeting meeting, Place place);
  Thread& thread() { return *running_; }
  Team& team() { return block_; }
  Team& warp();
  SharedMemory& shared() { return shared_; }

  // Ends the launch, told with where the running thread is. Does not return.
  [[noreturn]] void fail(Place place, const char* format, ...)
      __attribute__((format(printf, 3, 4)));
  // The same outside of a thread.
  void fail_outside(const char* format, ...) __attribute__((format(printf, 2, 3)));
  const char* error() const { return error_; }

 private:
  static void body();
  void begin(const Launch& launch);
  void prepare(int threads);
  void finish(Team& team);
  void give_up();
  void ended();
  void suspend(bool over);
  void leave_team(Team& team);
  Thread* next();
  void tell_deadlock();
  void check_copies(const Thread& thread);

  std::vector<std::unique_ptr<Thread>>& threads() { return threads_[set_]; }

  // A thread sanitizer takes what runs on one fiber for ordered: so blocks take turns with two sets.
  std::vector<std::unique_ptr<Thread>> threads_[2];
  size_t set_ = 0;
  std::vector<Thread*> ready_;
  size_t first_ready_ = 0;
  std::vector<Team> warps_;
  Team block_;
  SharedMemory shared_;
  Thread* running_ = nullptr;
  const Launch* launch_ = nullptr;
  uint32_t random_ = 0;
  int left_ = 0;  // threads that have not ended
  bool truncating_ = false;
  char start_ = 0;  // tags of sanitizers
  char end_ = 0;
  bool failed_ = false;
  char error_[1024] = {};
};

// The only one: kernels are plain functions. Made by the first launch, and never destroyed: a process
// may end while a kernel runs.
extern Block* the_only_block;
inline Block& the_block() { return *the_only_block; }

}  // namespace longcat::emulator
