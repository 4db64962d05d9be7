// Threads that live as long as their context and share out the items of jobs.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace longcat {

// Whose job it is: a lane has one job at a time, and both lanes may have theirs at the same time.
enum class Lane { kCaller, kBeside };

// Called by one thread at a time, which works too, as thread 0. A task that it has begun runs jobs of
// its own beside the caller's. Half of the other threads rather work for the caller, half for the
// task; who finds nothing to do on its own side helps the other one.
class ThreadPool {
 public:
  using Task = void (*)(void* state, int thread);

  // One thread fewer is started, and pinned where that is possible. Throws std::system_error.
  ThreadPool(int threads, bool pinned);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  // The CPU that a started thread is pinned to, LONGCAT_MISFIT where there are more threads than
  // CPUs, or LONGCAT_REFUSED.
  int32_t cpu(int thread) const {
    return pinning_ == 0 ? cpus_[static_cast<size_t>(thread)] : pinning_;
  }

  // Calls body(item, thread) for every item below count, in any order, on any thread; returns when
  // all are done. For the caller's lane thread is 0, for the other one that of the task. The body
  // must not throw.
  template <class Body>
  void run(Lane lane, int thread, int64_t count, const Body& body) {
    if (count <= 1 || workers_.empty()) {
      for (int64_t item = 0; item < count; item++) body(item, thread);
      return;
    }
    share(
        lane, thread, count,
        [](const void* b, int64_t item, int taker) {
          (*static_cast<const Body*>(b))(item, taker);
        },
        &body);
  }

  // Lets a thread call task(state, thread), after the task before it has ended. It must not throw.
  void begin(Task task, void* state);

  // Returns when no task is left, and helps until then.
  void end();

 private:
  static constexpr int kClosed = -1;

  // A thread's own part of the items: neighbours, so that it reads memory in one stream. On a cache
  // line of its own.
  struct alignas(64) Part {
    std::atomic<int64_t> next{0};
    int64_t end = 0;
  };

  using Call = void (*)(const void* body, int64_t item, int thread);

  struct Job {
    explicit Job(size_t threads) : parts(threads) {}

    std::atomic<uint64_t> number{0};
    // Helpers in it, or kClosed: then nobody may join, and the fields below may change.
    std::atomic<int> joined{kClosed};
    Call call = nullptr;
    const void* body = nullptr;
    std::vector<Part> parts;
  };

  enum class TaskState { kNone, kWaiting, kRunning };

  // Numbers of the last jobs in which a thread has found nothing left to do.
  using Seen = std::array<uint64_t, 2>;

  Job& job(Lane lane) { return jobs_[static_cast<size_t>(lane)]; }
  bool is_new(Lane lane, const Seen& seen) const;
  void share(Lane lane, int thread, int64_t count, Call call, const void* body);
  void announce();
  void work(int thread);
  bool wait_for_work(const Seen& seen);
  bool take_task(int thread);
  void help(Lane lane, int thread, Seen& seen, const Lane* rather);
  static bool join(Job& job);
  static void close(Job& job);
  bool take_items(Job& job, int thread, const Seen& seen, const Lane* rather);
  int32_t pin();
  void stop();

  std::vector<std::thread> workers_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<bool> stopping_{false};
  std::array<Job, 2> jobs_;
  std::atomic<TaskState> task_state_{TaskState::kNone};
  Task task_ = nullptr;
  void* state_ = nullptr;
  Seen caller_seen_{};
  // What to answer where threads are not pinned; 0 where they are, each to its own of the CPUs.
  int32_t pinning_;
  std::vector<int> cpus_;
};

}  // namespace longcat
