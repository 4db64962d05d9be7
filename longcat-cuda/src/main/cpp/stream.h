// Operations in order on a device, and the memory that they work in.
#pragma once

#include <cstdint>
#include <vector>

#include "context.h"

namespace longcat::cuda {

struct Grid {
  int64_t x;
  int64_t y = 1;
};

class Stream {
 public:
  // Counters that kernels find zero and leave zero.
  static constexpr int64_t kTickets = 16384;

  explicit Stream(Context& context) : context_(context) {}
  ~Stream() { close(); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  int32_t open();
  void close();

  Context& context() { return context_; }
  StreamHandle handle() { return handle_; }

  // To be called by each operation first: scratch of the one before is free again.
  void begin() { scratch_used_ = 0; }

  // Memory on a boundary of 256 bytes for the operation that has begun; nobody wrote it. Adds to
  // what the operation has taken.
  int32_t scratch(int64_t bytes, Address* memory);
  template <class T>
  int32_t scratch(int64_t count, T** memory) {
    Address address = 0;
    int32_t status = scratch(count * static_cast<int64_t>(sizeof(T)), &address);
    *memory = reinterpret_cast<T*>(address);
    return status;
  }
  uint32_t* tickets() { return reinterpret_cast<uint32_t*>(tickets_); }

  // Arguments are of exactly the types of the kernel's parameters. An empty grid is no work.
  template <class... A>
  int32_t launch(Kernel kernel, Grid grid, int32_t threads, int64_t shared_bytes,
                 const A&... arguments) {
    void* addresses[] = {const_cast<void*>(static_cast<const void*>(&arguments))..., nullptr};
    const uint32_t sizes[] = {static_cast<uint32_t>(sizeof(A))..., 0};
    return launch_kernel(kernel, grid, threads, shared_bytes, addresses, sizes,
                         static_cast<int32_t>(sizeof...(A)));
  }

  int32_t synchronise();
  // What is queued here from now on starts after what was queued there so far.
  int32_t wait(Stream& other);

 private:
  int32_t launch_kernel(Kernel kernel, Grid grid, int32_t threads, int64_t shared_bytes,
                        void** arguments, const uint32_t* sizes, int32_t count);

  Context& context_;
  StreamHandle handle_ = nullptr;
  EventHandle event_ = nullptr;
  Address tickets_ = 0;
  Address scratch_ = 0;
  int64_t scratch_bytes_ = 0;
  int64_t scratch_used_ = 0;
  // Too small by now, but work that is queued or captured uses it.
  std::vector<Address> outgrown_;
};

}  // namespace longcat::cuda
