// Tests without a framework: a failed check is told and counted, and the program ends with 1.
#pragma once

#include <cmath>
#include <cstdio>
#include <cstring>

namespace longcat::test {

inline int& failures() {
  static int count = 0;
  return count;
}

inline void failed(const char* file, int line, const char* what) {
  std::printf("%s:%d: %s\n", file, line, what);
  failures()++;
}

// Runs one test and tells its name where it fails.
template <class Body>
void test(const char* sentence, Body body) {
  int before = failures();
  body();
  if (failures() != before) std::printf("FAILED: %s\n", sentence);
}

inline int result() {
  if (failures() == 0) std::puts("all passed");
  return failures() == 0 ? 0 : 1;
}

}  // namespace longcat::test

#define CHECK(condition) \
  do {                   \
    if (!(condition)) longcat::test::failed(__FILE__, __LINE__, #condition); \
  } while (false)

// Fails for what is no number.
#define CHECK_NEAR(actual, expected, most)                                       \
  do {                                                                           \
    if (!(std::fabs(static_cast<double>(actual) - static_cast<double>(expected)) <= (most))) { \
      char text_[256];                                                           \
      std::snprintf(text_, sizeof text_, "%s is %.9g, not %.9g within %.3g", #actual,          \
                    static_cast<double>(actual), static_cast<double>(expected),  \
                    static_cast<double>(most));                                  \
      longcat::test::failed(__FILE__, __LINE__, text_);                          \
    }                                                                            \
  } while (false)
