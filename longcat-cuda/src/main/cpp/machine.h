// The devices that backends of one process share.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "driver.h"

namespace longcat::cuda {

// The devices of a driver, which backends share as long as one of them is open.
class Machine {
 public:
  // Of the emulator, where there are devices; else of this machine.
  Machine(int32_t devices, uint64_t bytes_each, bool linked)
      : devices_(devices), bytes_each_(bytes_each), linked_(linked) {}

  // Null where there is no driver; why is then told. Thread-safe.
  std::shared_ptr<Driver> driver(std::string& why_not);

 private:
  int32_t devices_;
  uint64_t bytes_each_;
  bool linked_;
  std::mutex turn_;
  std::weak_ptr<Driver> driver_;
};

}  // namespace longcat::cuda
