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

// Waits a little longer the longer it was waited already.
void pause(int spins) {
  if (spins < kPauses) {
    pause();
  } else {
    std::this_thread::yield();
  }
}

}  // namespace

ThreadPool::ThreadPool(int threads, bool pinned)
    : jobs_{Job(static_cast<size_t>(threads)), Job(static_cast<size_t>(threads))},
      pinning_(LONGCAT_REFUSED) {
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

ThreadPool::~ThreadPool() {
  end();
  stop();
}

// The first CPU is left to the calling thread, which is not ours to bind. All or none: a thread
// that moves and one that does not may end on the same CPU.
int32_t ThreadPool::pin() {
  cpus_ = usable_cpus();
  if (cpus_.empty()) return LONGCAT_REFUSED;
  if (cpus_.size() < static_cast<size_t>(threads())) return LONGCAT_MISFIT;
  for (size_t i = 0; i < workers_.size(); i++) {
    if (!longcat::bind(workers_[i], {cpus_[i + 1]})) {
      for (std::thread& worker : workers_) longcat::bind(worker, cpus_);
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

bool ThreadPool::is_new(Lane lane, const Seen& seen) const {
  size_t i = static_cast<size_t>(lane);
  return jobs_[i].number.load(std::memory_order_acquire) != seen[i];
}

void ThreadPool::share(Lane lane, int thread, int64_t count, Call call, const void* body) {
  Job& shared = job(lane);
  int64_t threads = static_cast<int64_t>(shared.parts.size());
  for (int64_t t = 0; t < threads; t++) {
    Part& part = shared.parts[static_cast<size_t>(t)];
    part.next.store(count * t / threads, std::memory_order_relaxed);
    part.end = count * (t + 1) / threads;
  }
  shared.call = call;
  shared.body = body;
  shared.joined.store(0, std::memory_order_release);
  shared.number.fetch_add(1, std::memory_order_release);
  announce();
  take_items(shared, thread, {}, nullptr);
  close(shared);
}

// Who is about to sleep has the mutex, and looks once more before it does.
void ThreadPool::announce() {
  { std::lock_guard<std::mutex> lock(mutex_); }
  wake_.notify_all();
}

void ThreadPool::begin(Task task, void* state) {
  end();
  task_ = task;
  state_ = state;
  if (workers_.empty()) return task(state, 0);
  task_state_.store(TaskState::kWaiting, std::memory_order_release);
  announce();
}

void ThreadPool::end() {
  for (int spins = 0; task_state_.load(std::memory_order_acquire) != TaskState::kNone; spins++) {
    if (take_task(0)) return;
    if (is_new(Lane::kBeside, caller_seen_)) {
      help(Lane::kBeside, 0, caller_seen_, nullptr);
      spins = 0;
    }
    pause(spins);
  }
}

bool ThreadPool::take_task(int thread) {
  TaskState waiting = TaskState::kWaiting;
  if (!task_state_.compare_exchange_strong(waiting, TaskState::kRunning,
                                           std::memory_order_acquire,
                                           std::memory_order_relaxed)) {
    return false;
  }
  task_(state_, thread);
  task_state_.store(TaskState::kNone, std::memory_order_release);
  return true;
}

// A worker that has not come by now is not waited for.
void ThreadPool::close(Job& job) {
  for (int spins = 0;; spins++) {
    int nobody = 0;
    if (job.joined.compare_exchange_weak(nobody, kClosed, std::memory_order_acquire)) return;
    pause(spins);
  }
}

bool ThreadPool::join(Job& job) {
  int joined = job.joined.load(std::memory_order_relaxed);
  while (joined != kClosed) {
    if (job.joined.compare_exchange_weak(joined, joined + 1, std::memory_order_acquire)) return true;
  }
  return false;
}

void ThreadPool::work(int thread) {
  bool besides = thread % 2 == 1;
  Lane own = besides ? Lane::kBeside : Lane::kCaller;
  Lane other = besides ? Lane::kCaller : Lane::kBeside;
  for (Seen seen{}; wait_for_work(seen);) {
    if (take_task(thread)) continue;
    if (is_new(own, seen)) {
      help(own, thread, seen, nullptr);
    } else if (is_new(other, seen)) {
      help(other, thread, seen, &own);
    }
  }
}

bool ThreadPool::wait_for_work(const Seen& seen) {
  auto ready = [&] {
    return is_new(Lane::kCaller, seen) || is_new(Lane::kBeside, seen) ||
           task_state_.load(std::memory_order_acquire) == TaskState::kWaiting ||
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

// Until nothing is left of the job, or there is one in the lane that the thread would rather work in:
// then it may come back.
void ThreadPool::help(Lane lane, int thread, Seen& seen, const Lane* rather) {
  Job& helped = job(lane);
  uint64_t number = helped.number.load(std::memory_order_acquire);
  bool is_over = true;
  if (join(helped)) {
    is_over = take_items(helped, thread, seen, rather);
    helped.joined.fetch_sub(1, std::memory_order_release);
  }
  if (is_over) seen[static_cast<size_t>(lane)] = number;
}

// First the own part, then what others have left. Returns whether nothing is left.
bool ThreadPool::take_items(Job& job, int thread, const Seen& seen, const Lane* rather) {
  size_t first = static_cast<size_t>(thread);
  for (size_t i = 0; i < job.parts.size(); i++) {
    Part& part = job.parts[(first + i) % job.parts.size()];
    for (;;) {
      if (rather != nullptr && is_new(*rather, seen)) return false;
      int64_t item = part.next.fetch_add(1, std::memory_order_relaxed);
      if (item >= part.end) break;
      job.call(job.body, item, thread);
    }
  }
  return true;
}

}  // namespace longcat
