// What this processor has.
#pragma once

namespace longcat {

#if defined(__x86_64__)
inline bool has_avx2() {
  // Nothing else asks the processor in a library without the compiler's own start.
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("f16c");
}

inline bool has_avx512() {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}

inline bool has_avx512_gfni() {
  return has_avx512() && __builtin_cpu_supports("gfni") && __builtin_cpu_supports("avx512vnni");
}
#else
inline bool has_avx2() { return false; }
inline bool has_avx512() { return false; }
inline bool has_avx512_gfni() { return false; }
#endif

}  // namespace longcat
