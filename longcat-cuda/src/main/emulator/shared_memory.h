// Shared memory of the block that runs.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace longcat::emulator {

class SharedMemory {
 public:
  SharedMemory();

  // Nothing is there but so many bytes of dynamic memory, which nobody wrote.
  void begin_block(size_t dynamic_bytes);
  // Null where the block would have more than the limit.
  void* array(const void* key, const char* name, size_t bytes, size_t limit);
  void* dynamic() { return dynamic_bytes_ == 0 ? nullptr : dynamic_; }
  bool holds(const void* memory, size_t bytes) const;
  // The name of an array that was written behind its end, or null.
  const char* overrun() const;

 private:
  struct Array {
    const void* key;
    const char* name;
    char* begin;
    size_t bytes;
  };

  void open(char* begin, size_t bytes);

  struct Free {
    void operator()(char* memory) const;
  };
  std::unique_ptr<char, Free> memory_;
  std::vector<Array> arrays_;
  size_t used_ = 0;
  size_t static_bytes_ = 0;
  char* dynamic_ = nullptr;
  size_t dynamic_bytes_ = 0;
};

}  // namespace longcat::emulator
