// Threads that live as long as their context and share out the items of one job at a time.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace longcat {

class ThreadPool {
 public:
  // The calling thread works too: one thread fewer is started, and pinned where that is possible.
  // Throws std::system_error.
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
  // all are done. The body must not throw.
  template <class Body>
  void run(int64_t count, const Body& body) {
    if (count <= 1 || workers_.empty()) {
      for (int64_t item = 0; item < count; item++) body(item, 0);
      return;
    }
    share(
        count,
        [](const void* b, int64_t item, int thread) {
          (*static_cast<const Body*>(b))(item, thread);
        },
        &body);
  }

 private:
  static constexpr int kClosed = -1;

  // A thread's own part of the items: neighbours, so that it reads memory in one stream. On a cache
  // line of its own.
  struct alignas(64) Part {
    std::atomic<int64_t> next{0};
    int64_t end = 0;
  };

  using Call = void (*)(const void* body, int64_t item, int thread);

  void share(int64_t count, Call call, const void* body);
  void work(int thread);
  bool wait_for_job(uint64_t seen);
  bool join_job();
  void close_job();
  void take_items(int thread);
  int32_t pin();
  void stop();

  std::vector<std::thread> workers_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<uint64_t> job_{0};
  std::atomic<bool> stopping_{false};
  std::vector<Part> parts_;
  // Workers in the current job, or kClosed: then nobody may join, and the fields below may change.
  std::atomic<int> joined_{kClosed};
  Call call_ = nullptr;
  const void* body_ = nullptr;
  // What to answer where threads are not pinned; 0 where they are, each to its own of the CPUs.
  int32_t pinning_;
  std::vector<int> cpus_;
};

}  // namespace longcat
