#include "machine.h"

namespace longcat::cuda {

std::shared_ptr<Driver> Machine::driver(std::string& why_not) {
  std::lock_guard<std::mutex> turn(turn_);
  std::shared_ptr<Driver> known = driver_.lock();
  if (known != nullptr) return known;
  known = devices_ > 0 ? open_emulated_driver(devices_, bytes_each_, linked_)
                       : open_cuda_driver(why_not);
  driver_ = known;
  return known;
}

}  // namespace longcat::cuda
