#include "thread_pool.h"

#include "affinity.h"
#include "longcat_cpu.h"

namespace longcat {

namespace {

// Jobs of a token follow each other within microseconds: look for the next one for a while before
// going to sleep, but leave the core to others when there are more threads than cores.
constexpr int kPauses = 2000;
constexpr int kYields = 20;

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

ThreadPool::ThreadPool(int threads, bool pinned)
    : parts_(static_cast<size_t>(threads)), pinning_(LONGCAT_REFUSED) {
  try {
    for (int thread = 1; thread < threads; thread++) {
      workers_.emplace_back([this, thread] { work(thread); });
    }
    if (pinned) pinning_ = pin();
  } catch (...) {
    stop();
    throw;
  }
}

ThreadPool::~ThreadPool() { stop(); }

// The first CPU is left to the calling thread, which is not ours to bind. All or none: a thread
// that moves and one that does not may end on the same CPU.
int32_t ThreadPool::pin() {
  cpus_ = usable_cpus();
  if (cpus_.empty()) return LONGCAT_REFUSED;
  if (cpus_.size() < parts_.size()) return LONGCAT_MISFIT;
  for (size_t i = 0; i < workers_.size(); i++) {
    if (!bind(workers_[i], {cpus_[i + 1]})) {
      for (std::thread& worker : workers_) bind(worker, cpus_);
      return LONGCAT_REFUSED;
    }
  }
  return LONGCAT_OK;
}

void ThreadPool::stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_.store(true, std::memory_order_release);
  }
  wake_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::share(int64_t count, Call call, const void* body) {
  int64_t threads = static_cast<int64_t>(parts_.size());
  for (int64_t t = 0; t < threads; t++) {
    Part& part = parts_[static_cast<size_t>(t)];
    part.next.store(count * t / threads, std::memory_order_relaxed);
    part.end = count * (t + 1) / threads;
  }
  call_ = call;
  body_ = body;
  joined_.store(0, std::memory_order_release);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    job_.fetch_add(1, std::memory_order_release);
  }
  wake_.notify_all();
  take_items(0);
  close_job();
}

// A worker that has not come by now is not waited for.
void ThreadPool::close_job() {
  for (int spins = 0;; spins++) {
    int nobody = 0;
    if (joined_.compare_exchange_weak(nobody, kClosed, std::memory_order_acquire)) return;
    if (spins < kPauses) {
      pause();
    } else {
      std::this_thread::yield();
    }
  }
}

bool ThreadPool::join_job() {
  int joined = joined_.load(std::memory_order_relaxed);
  while (joined != kClosed) {
    if (joined_.compare_exchange_weak(joined, joined + 1, std::memory_order_acquire)) return true;
  }
  return false;
}

void ThreadPool::work(int thread) {
  for (uint64_t seen = 0; wait_for_job(seen);) {
    seen = job_.load(std::memory_order_acquire);
    if (join_job()) {
      take_items(thread);
      joined_.fetch_sub(1, std::memory_order_release);
    }
  }
}

bool ThreadPool::wait_for_job(uint64_t seen) {
  auto ready = [&] {
    return job_.load(std::memory_order_acquire) != seen ||
           stopping_.load(std::memory_order_acquire);
  };
  for (int spins = 0; spins < kPauses && !ready(); spins++) pause();
  for (int spins = 0; spins < kYields && !ready(); spins++) std::this_thread::yield();
  if (!ready()) {
    std::unique_lock<std::mutex> lock(mutex_);
    wake_.wait(lock, ready);
  }
  return !stopping_.load(std::memory_order_acquire);
}

// First the own part, then what others have left.
void ThreadPool::take_items(int thread) {
  size_t first = static_cast<size_t>(thread);
  for (size_t i = 0; i < parts_.size(); i++) {
    Part& part = parts_[(first + i) % parts_.size()];
    for (;;) {
      int64_t item = part.next.fetch_add(1, std::memory_order_relaxed);
      if (item >= part.end) break;
      call_(body_, item, thread);
    }
  }
}

}  // namespace longcat
