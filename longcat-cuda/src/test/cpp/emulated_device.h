// An emulated device, a stream, and numbers on it.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "context.h"
#include "driver.h"
#include "emulator.h"
#include "stream.h"
#include "views.h"

namespace longcat::test {

class EmulatedDevice {
 public:
  explicit EmulatedDevice(cuda::Numerics numerics = cuda::Numerics::kExact)
      : driver(cuda::open_emulated_driver(1, uint64_t{1} << 32)), context(*driver), stream(context) {
    cuda::ContextOptions options;
    options.numerics = numerics;
    require(context.open(options, nullptr));
    require(stream.open());
  }
  ~EmulatedDevice() {
    stream.close();
    context.close();
  }

  void require(int32_t status) {
    if (status == cuda::kOk) return;
    std::printf("status %d: %s\n", status, context.message().c_str());
    std::exit(2);
  }

  // Memory of exactly these bytes, not written; lives as long as the device.
  template <class T>
  T* make(int64_t count) {
    cuda::Address piece = 0;
    require(context.take(static_cast<uint64_t>(count) * sizeof(T), "a test", &piece));
    return reinterpret_cast<T*>(piece);
  }
  template <class T>
  T* upload(const std::vector<T>& values) {
    T* memory = make<T>(static_cast<int64_t>(values.size()));
    if (values.empty()) return memory;
    require(context.check(
        driver->copy_to_device(reinterpret_cast<cuda::Address>(memory), values.data(),
                               values.size() * sizeof(T), stream.handle()),
        "upload"));
    return memory;
  }
  template <class T>
  std::vector<T> download(const T* memory, int64_t count) {
    std::vector<T> values(static_cast<size_t>(count));
    if (count == 0) return values;
    require(context.check(
        driver->copy_to_host(values.data(), reinterpret_cast<cuda::Address>(memory),
                             values.size() * sizeof(T), stream.handle()),
        "download"));
    return values;
  }

  std::unique_ptr<cuda::Driver> driver;
  cuda::Context context;
  cuda::Stream stream;
};

}  // namespace longcat::test
