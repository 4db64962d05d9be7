// What this processor has, and what the operating system keeps of it. Asked here and not of
// __builtin_cpu_supports, which says no to everything where a compiler's own library leaves it out.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace longcat {

#if defined(__x86_64__)
struct Processor {
  uint32_t first_c = 0;    // leaf 1
  uint32_t seventh_b = 0;  // leaf 7
  uint32_t seventh_c = 0;
  uint32_t kept = 0;  // registers that the operating system saves

  Processor() {
    uint32_t a = 0, b = 0, d = 0;
    if (__get_cpuid(1, &a, &b, &first_c, &d) == 0) return;
    __get_cpuid_count(7, 0, &a, &seventh_b, &seventh_c, &d);
    constexpr uint32_t kOsxsave = 1u << 27;
    if ((first_c & kOsxsave) != 0) asm("xgetbv" : "=a"(kept), "=d"(d) : "c"(0));
  }
};

inline bool has(uint32_t bits, uint32_t wanted) { return (bits & wanted) == wanted; }

inline bool has_avx2() {
  const Processor processor;
  constexpr uint32_t kFmaF16c = 1u << 12 | 1u << 29, kAvx2 = 1u << 5;
  return has(processor.kept, 0x6) && has(processor.first_c, kFmaF16c) &&
         has(processor.seventh_b, kAvx2);
}

inline bool has_avx512() {
  const Processor processor;
  constexpr uint32_t kFDqBwVl = 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31;
  return has_avx2() && has(processor.kept, 0xe6) && has(processor.seventh_b, kFDqBwVl);
}

inline bool has_avx512_gfni() {
  const Processor processor;
  constexpr uint32_t kGfniVnni = 1u << 8 | 1u << 11;
  return has_avx512() && has(processor.seventh_c, kGfniVnni);
}

inline bool has_avx512_bf16() {
  uint32_t a = 0, b = 0, c = 0, d = 0;
  constexpr uint32_t kBf16 = 1u << 5;
  return has_avx512_gfni() && __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && has(a, kBf16);
}
#else
inline bool has_avx2() { return false; }
inline bool has_avx512() { return false; }
inline bool has_avx512_gfni() { return false; }
inline bool has_avx512_bf16() { return false; }
#endif

}  // namespace longcat
