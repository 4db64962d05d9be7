#include "fiber.h"

#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>

#include "sanitizers.h"

#if defined(__x86_64__)
// Keeps the registers that a call keeps, and goes on where the other stack left off.
asm(R"(
.text
.globl longcat_emulator_switch
.hidden longcat_emulator_switch
longcat_emulator_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
)");
extern "C" void longcat_emulator_switch(void** from, void* to);
#else
#include <ucontext.h>
#endif

namespace longcat::emulator {

namespace {

constexpr size_t kGuard = 4096;
constexpr size_t kStack = 128 << 10;
// Stacks that all end at the same place of a page would share the same few lines of a cache.
constexpr size_t kLine = 64;
constexpr size_t kStagger = 4096;
[[maybe_unused]] constexpr size_t kUsable = kStack - kStagger;

// The stack that enters fibers; launches wait for each other, so there is one at a time.
struct Outside {
  void* pointer = nullptr;
  void* thread_fiber = nullptr;
  void* fake_stack = nullptr;
  const void* low = nullptr;
  size_t size = 0;
};
Outside outside;

#if defined(__x86_64__)
void* start_of(char* end, void (*body)()) {
  void** top = reinterpret_cast<void**>(end);
  *--top = nullptr;
  *--top = reinterpret_cast<void*>(body);
  for (int i = 0; i < 6; i++) *--top = nullptr;
  return top;
}
void free_start(void*) {}
void switch_stack(void** from, void* to) { longcat_emulator_switch(from, to); }
#else
void* start_of(char* end, void (*body)()) {
  auto* context = new ucontext_t;
  getcontext(context);
  context->uc_stack.ss_sp = end - kUsable;
  context->uc_stack.ss_size = kUsable;
  context->uc_link = nullptr;
  makecontext(context, body, 0);
  return context;
}
void free_start(void* pointer) { delete static_cast<ucontext_t*>(pointer); }
void switch_stack(void** from, void* to) {
  if (*from == nullptr) *from = new ucontext_t;
  swapcontext(static_cast<ucontext_t*>(*from), static_cast<ucontext_t*>(to));
}
#endif

}  // namespace

Fiber::Fiber() {
  void* memory =
      mmap(nullptr, kGuard + kStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED || mprotect(memory, kGuard, PROT_NONE) != 0) {
    std::fputs("the emulator found no memory for a thread of a block\n", stderr);
    std::abort();
  }
  stack_ = static_cast<char*>(memory);
}

Fiber::~Fiber() {
  if (thread_fiber_ != nullptr) __tsan_destroy_fiber(thread_fiber_);
  free_start(pointer_);
  munmap(stack_, kGuard + kStack);
}

void Fiber::prepare(void (*body)()) {
  free_start(pointer_);
  size_t place = reinterpret_cast<size_t>(this) / kLine * kLine % kStagger;
  pointer_ = start_of(stack_ + kGuard + kStack - place, body);
  if (__tsan_create_fiber != nullptr && thread_fiber_ == nullptr) {
    thread_fiber_ = __tsan_create_fiber(0);
  }
}

void Fiber::enter() {
  if (__tsan_get_current_fiber != nullptr) {
    outside.thread_fiber = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(thread_fiber_, 1);
  }
  if (__sanitizer_start_switch_fiber != nullptr) {
    __sanitizer_start_switch_fiber(&outside.fake_stack, stack_ + kGuard, kStack);
  }
  switch_stack(&outside.pointer, pointer_);
  if (__sanitizer_finish_switch_fiber != nullptr) {
    __sanitizer_finish_switch_fiber(outside.fake_stack, nullptr, nullptr);
  }
}

void Fiber::pass_to(Fiber& other) { switch_stack(&pointer_, other.pointer_); }

void Fiber::leave(bool over) {
  if (__tsan_get_current_fiber != nullptr) __tsan_switch_to_fiber(outside.thread_fiber, 1);
  if (__sanitizer_start_switch_fiber != nullptr) {
    __sanitizer_start_switch_fiber(over ? nullptr : &fake_stack_, outside.low, outside.size);
  }
  switch_stack(&pointer_, outside.pointer);
  begun();
}

void Fiber::give_up(void* tag) {
  if (__tsan_get_current_fiber == nullptr) return;
  void* caller = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(thread_fiber_, 1);
  sanitizers::release(tag);
  __tsan_switch_to_fiber(caller, 1);
}

void Fiber::begun() {
  if (__sanitizer_finish_switch_fiber != nullptr) {
    __sanitizer_finish_switch_fiber(fake_stack_, &outside.low, &outside.size);
    fake_stack_ = nullptr;
  }
}

}  // namespace longcat::emulator
