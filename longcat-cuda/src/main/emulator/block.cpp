#include "block.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <string>

#include "sanitizers.h"

namespace longcat::emulator {

namespace {

constexpr int kWarp = 32;

const char* name_of(Meeting meeting) {
  switch (meeting) {
    case Meeting::kBlock:
      return "sync_block";
    case Meeting::kWarp:
      return "sync_warp";
    case Meeting::kExchange:
      return "shuffle";
    case Meeting::kFold:
      return "sum_lanes or max_lanes";
    case Meeting::kBallot:
      return "ballot";
    case Meeting::kMatrix:
      return "load_matrix4";
    case Meeting::kProductBf16:
      return "multiply_bf16";
    case Meeting::kProductFp8:
      return "multiply_fp8";
  }
  return "";
}

const char* short_name(const char* file) {
  const char* slash = std::strrchr(file, '/');
  return slash == nullptr ? file : slash + 1;
}

// Only these order memory; exchanges order nothing but themselves.
bool orders_memory(Meeting meeting) {
  return meeting == Meeting::kBlock || meeting == Meeting::kWarp;
}

}  // namespace

size_t Thread::copies() const {
  size_t count = open.size();
  for (const auto& group : groups) count += group.size();
  return count;
}

Block* the_only_block = nullptr;

Team& Block::warp() { return warps_[static_cast<size_t>(running_->index / kWarp)]; }

void Block::body() {
  Block& block = the_block();
  block.running_->fiber.begun();
  sanitizers::acquire(&block.start_);
  block.launch_->kernel->invoke(block.launch_->arguments);
  sanitizers::release(&block.end_);
  block.ended();
}

bool Block::run(const Launch& launch, uint32_t seed) {
  failed_ = false;
  random_ = seed;
  begin(launch);
  sanitizers::release(&start_);
  truncating_ = settings().truncating;
  left_ = static_cast<int>(launch.threads);
  while (left_ > 0 && !failed_) {
    running_ = next();
    if (running_ == nullptr) {
      tell_deadlock();
      break;
    }
    now.thread = running_->index;
    running_->fiber.enter();
  }
  if (!failed_) {
    const char* array = shared_.overrun();
    if (array != nullptr) fail_outside("%s was written behind its end", array);
  }
  if (failed_) give_up();
  return !failed_;
}

// Nobody may enter again what was left in the middle.
void Block::give_up() {
  for (auto& set : threads_) {
    for (auto& thread : set) thread->fiber.give_up(&end_);
  }
  finished();
  for (auto& set : threads_) set.clear();
}

void Block::finished() { sanitizers::acquire(&end_); }

void Block::begin(const Launch& launch) {
  launch_ = &launch;
  if (__tsan_acquire != nullptr) set_ = 1 - set_;
  int threads = static_cast<int>(launch.threads);
  prepare(threads);
  shared_.begin_block(launch.dynamic_shared);
  block_.size = threads;
  block_.here.clear();
  block_.here.reserve(launch.threads);
  warps_.resize(static_cast<size_t>(threads / kWarp));
  for (Team& warp : warps_) {
    warp.size = kWarp;
    warp.here.clear();
    warp.here.reserve(kWarp);
  }
}

void Block::prepare(int count) {
  ready_.clear();
  // What grows under fibers would look like a race of theirs.
  ready_.reserve(static_cast<size_t>(2 * count));
  first_ready_ = 0;
  while (threads().size() < static_cast<size_t>(count)) {
    threads().push_back(std::make_unique<Thread>());
  }
  for (int i = 0; i < count; i++) {
    Thread& thread = *threads()[static_cast<size_t>(i)];
    thread.index = i;
    thread.over = false;
    thread.waits = nullptr;
    thread.fenced = false;
    thread.open.clear();
    thread.groups.clear();
    thread.fiber.prepare(body);
    ready_.push_back(&thread);
  }
}

// Any of those that can go on, as the seed will.
Thread* Block::next() {
  if (first_ready_ == ready_.size()) return nullptr;
  if (first_ready_ >= threads().size()) {
    ready_.erase(ready_.begin(), ready_.begin() + static_cast<std::ptrdiff_t>(first_ready_));
    first_ready_ = 0;
  }
  if (random_ != 0) {
    random_ ^= random_ << 13;
    random_ ^= random_ >> 17;
    random_ ^= random_ << 5;
    uint64_t waiting = ready_.size() - first_ready_;
    std::swap(ready_[first_ready_], ready_[first_ready_ + (random_ * waiting >> 32)]);
  }
  Thread* thread = ready_[first_ready_++];
  if (first_ready_ == ready_.size()) {
    ready_.clear();
    first_ready_ = 0;
  }
  return thread;
}

uint64_t Block::meet(Team& team, Meeting meeting, Place place) {
  Thread& me = *running_;
  if (team.here.empty()) {
    team.meeting = meeting;
    team.place = place;
  } else if (team.meeting != meeting || team.place.line != place.line) {
    fail(place, "%s is reached while thread %d is at %s in %s:%d", name_of(meeting),
         team.here.front()->index, name_of(team.meeting), short_name(team.place.file),
         team.place.line);
  }
  if (&team != &block_ && team.size != kWarp) {
    fail(place, "%s needs all 32 lanes, but some have left the kernel", name_of(meeting));
  }
  uint64_t round = team.round;
  char* tag = &team.tags[round & 1];
  if (orders_memory(meeting)) sanitizers::release(tag);
  team.here.push_back(&me);
  if (team.here.size() == static_cast<size_t>(team.size)) {
    finish(team);
  } else {
    me.waits = &team;
    me.place = place;
    suspend(false);
  }
  if (orders_memory(meeting)) sanitizers::acquire(tag);
  return round;
}

void Block::finish(Team& team) {
  Fragment* fragments = team.fragments[team.round & 1];
  if (team.meeting == Meeting::kProductBf16) multiply_bf16(fragments, truncating_);
  if (team.meeting == Meeting::kProductFp8) multiply_fp8(fragments, truncating_);
  team.round++;
  for (Thread* thread : team.here) {
    if (thread->waits == nullptr) continue;
    thread->waits = nullptr;
    ready_.push_back(thread);
  }
  team.here.clear();
}

void Block::ended() {
  Thread& me = *running_;
  check_copies(me);
  me.over = true;
  leave_team(warp());
  leave_team(block_);
  left_--;
  suspend(true);
}

// Lets another thread go on, straight where that is possible.
void Block::suspend(bool over) {
  Thread& me = *running_;
  bool watched = __tsan_get_current_fiber != nullptr || __sanitizer_start_switch_fiber != nullptr;
  Thread* other = watched || failed_ ? nullptr : next();
  if (other == nullptr) {
    me.fiber.leave(over);
    return;
  }
  running_ = other;
  now.thread = other->index;
  me.fiber.pass_to(other->fiber);
}

void Block::check_copies(const Thread& thread) {
  if (thread.copies() > 0) {
    fail(thread.place, "the kernel ends before its copies were waited for");
  }
}

// Those that have left are not waited for.
void Block::leave_team(Team& team) {
  team.size--;
  if (!team.here.empty() && team.here.size() == static_cast<size_t>(team.size)) {
    if (&team != &block_) {
      fail(team.place, "%s needs all 32 lanes, but some have left the kernel",
           name_of(team.meeting));
    }
    finish(team);
  }
}

// One thread of each place where some wait.
void Block::tell_deadlock() {
  std::string waiting;
  std::vector<int> lines;
  for (const auto& thread : threads()) {
    int line = thread->place.line;
    if (thread->waits == nullptr || std::find(lines.begin(), lines.end(), line) != lines.end()) {
      continue;
    }
    char text[256];
    std::snprintf(text, sizeof text, "%sthread %d at %s in %s:%d", lines.empty() ? "" : ", ",
                  thread->index, name_of(thread->waits->meeting), short_name(thread->place.file),
                  line);
    waiting += text;
    lines.push_back(line);
  }
  fail_outside("deadlock: %s wait for ever", waiting.c_str());
}

void Block::fail(Place place, const char* format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  fail_outside("thread %d, %s:%d: %s", running_->index,
               place.file == nullptr ? "?" : short_name(place.file), place.line, text);
  for (;;) running_->fiber.leave(false);
}

void Block::fail_outside(const char* format, ...) {
  char text[768];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  std::snprintf(error_, sizeof error_, "kernel %s, block (%d, %d): %s", launch_->kernel->name,
                now.block_x, now.block_y, text);
  failed_ = true;
}

}  // namespace longcat::emulator
