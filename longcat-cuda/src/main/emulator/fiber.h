// A stack of its own that runs until it hands control back.
#pragma once

#include <cstddef>

namespace longcat::emulator {

class Fiber {
 public:
  Fiber();
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // What enter() runs from its beginning. The body ends by leave(true) and never returns.
  void prepare(void (*body)());
  // From the thread's own stack: runs until leave().
  void enter();
  // From the fiber to another one, which goes on where it left off; not where sanitizers watch.
  void pass_to(Fiber& other);
  // From the fiber: back to enter(). Where it is over it will not be entered again.
  void leave(bool over);
  // Instead of leave(true), for a body that is not to go on: what it did happened before whoever
  // acquires the tag.
  void give_up(void* tag);
  // To be called first by the body.
  void begun();

 private:
  char* stack_ = nullptr;
  void* pointer_ = nullptr;
  void* thread_fiber_ = nullptr;  // of the thread sanitizer
  void* fake_stack_ = nullptr;    // of the address sanitizer
};

}  // namespace longcat::emulator
