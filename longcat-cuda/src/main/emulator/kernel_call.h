// A function as a kernel that takes its arguments by address.
#pragma once

#include <cstdint>
#include <utility>

#include "emulator.h"

namespace longcat::emulator {

template <auto kFunction>
struct KernelCall;

template <class... A, void (*kFunction)(A...)>
struct KernelCall<kFunction> {
  static constexpr uint32_t kSizes[] = {static_cast<uint32_t>(sizeof(A))..., 0};

  template <size_t... I>
  static void call(void** arguments, std::index_sequence<I...>) {
    kFunction(*static_cast<A*>(arguments[I])...);
  }
  static void invoke(void** arguments) { call(arguments, std::index_sequence_for<A...>{}); }

  static constexpr Kernel named(const char* name) {
    return {name, invoke, kSizes, static_cast<int>(sizeof...(A))};
  }
};

}  // namespace longcat::emulator
