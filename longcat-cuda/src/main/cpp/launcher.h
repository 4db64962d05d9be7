// What operations ask of the stream that they are queued on.
#pragma once

#include <cstdint>

#include "views.h"

namespace longcat::cuda {

struct Blocks {
  int64_t blocks_x;
  int64_t blocks_y;
  int32_t threads;
  int64_t shared_bytes;
};

class Launcher {
 public:
  virtual ~Launcher() = default;

  // Arguments are copied before this returns.
  virtual int32_t launch(const char* kernel, const Blocks& grid, void** arguments,
                         const uint32_t* sizes, int32_t count) = 0;
  // Memory of the device for one operation, on a boundary of 256 bytes, until it is asked for
  // again; null, and the failure is told, where there is none.
  virtual uint8_t* workspace(int64_t bytes) = 0;
  // The same memory at every call, zeroed when it was made; kernels leave it zeroed.
  virtual uint8_t* zeroed(int64_t bytes) = 0;
  // Keeps what went wrong, and returns the code.
  virtual int32_t fail(int32_t code, const char* message) = 0;
  virtual int32_t multiprocessors() const = 0;
  // Dynamic shared memory that a block may have.
  virtual int64_t shared_bytes() const = 0;
  // Whether products with weights of the format take inputs rounded to BF16.
  virtual bool rounds(int32_t format) const = 0;
  // Whether they take inputs of E4M3 with a scale for every 128 columns instead.
  virtual bool quantises(int32_t format) const = 0;

  // As kernels are told.
  int32_t rounding(int32_t format) const { return quantises(format) ? 2 : rounds(format) ? 1 : 0; }
};

// Launches a kernel with arguments of exactly the types of its parameters.
template <class... A>
int32_t run(Launcher& launcher, const char* kernel, const Blocks& grid, A... arguments) {
  if (grid.blocks_x == 0 || grid.blocks_y == 0) return 0;
  void* addresses[] = {static_cast<void*>(&arguments)...};
  const uint32_t sizes[] = {static_cast<uint32_t>(sizeof(A))...};
  return launcher.launch(kernel, grid, addresses, sizes, sizeof...(A));
}

// Cuts a workspace into pieces: first asks for how much, then takes.
class Pieces {
 public:
  template <class T>
  Pieces& add(int64_t count) {
    bytes_ += rounded(count * static_cast<int64_t>(sizeof(T)));
    return *this;
  }
  bool open(Launcher& launcher) {
    next_ = launcher.workspace(bytes_);
    return next_ != nullptr;
  }
  template <class T>
  T* take(int64_t count) {
    T* piece = reinterpret_cast<T*>(next_);
    next_ += rounded(count * static_cast<int64_t>(sizeof(T)));
    return piece;
  }

 private:
  static int64_t rounded(int64_t bytes) { return (bytes + 255) / 256 * 256; }

  int64_t bytes_ = 0;
  uint8_t* next_ = nullptr;
};

inline int64_t parts(int64_t length, int64_t part) { return (length + part - 1) / part; }

}  // namespace longcat::cuda
