// Advice to the operating system about pages of memory. What a system lacks is refused, never an
// error: results do not depend on it.
#include "longcat_cpu.h"

#if defined(__unix__) || defined(__APPLE__)
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#define LONGCAT_HAS_PAGES 1
#endif

extern "C" int64_t longcat_address(const void* bytes) noexcept {
  return reinterpret_cast<int64_t>(bytes);
}

#ifdef LONGCAT_HAS_PAGES

namespace {

int32_t status(int result) { return result == 0 ? LONGCAT_OK : LONGCAT_REFUSED; }

void* pages_at(int64_t address) { return reinterpret_cast<void*>(address); }

}  // namespace

extern "C" int64_t longcat_page_bytes() noexcept { return sysconf(_SC_PAGESIZE); }

extern "C" int32_t longcat_pages_read_ahead(int64_t address, int64_t bytes) noexcept {
  return status(posix_madvise(pages_at(address), static_cast<size_t>(bytes), POSIX_MADV_WILLNEED));
}

extern "C" int32_t longcat_pages_touch(int64_t address, int64_t bytes) noexcept {
#ifdef MADV_POPULATE_READ
  if (madvise(pages_at(address), static_cast<size_t>(bytes), MADV_POPULATE_READ) == 0) {
    return LONGCAT_OK;
  }
#endif
  int64_t page = longcat_page_bytes();
  for (int64_t at = 0; at < bytes; at += page) {
    static_cast<void>(*reinterpret_cast<const volatile char*>(address + at));
  }
  return LONGCAT_OK;
}

extern "C" int32_t longcat_pages_lock(int64_t address, int64_t bytes) noexcept {
  return status(mlock(pages_at(address), static_cast<size_t>(bytes)));
}

extern "C" int32_t longcat_pages_unlock(int64_t address, int64_t bytes) noexcept {
  return status(munlock(pages_at(address), static_cast<size_t>(bytes)));
}

extern "C" int64_t longcat_lock_limit() noexcept {
  rlimit limit;
  if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return INT64_MAX;
  return static_cast<int64_t>(limit.rlim_cur);
}

extern "C" int32_t longcat_pages_huge(int64_t address, int64_t bytes) noexcept {
#ifdef MADV_HUGEPAGE
  return status(madvise(pages_at(address), static_cast<size_t>(bytes), MADV_HUGEPAGE));
#else
  static_cast<void>(address);
  static_cast<void>(bytes);
  return LONGCAT_REFUSED;
#endif
}

extern "C" int32_t longcat_pages_release(int64_t address, int64_t bytes) noexcept {
#ifdef __linux__
  return status(madvise(pages_at(address), static_cast<size_t>(bytes), MADV_DONTNEED));
#else
  static_cast<void>(address);
  static_cast<void>(bytes);
  return LONGCAT_REFUSED;
#endif
}

#else

extern "C" int64_t longcat_page_bytes() noexcept { return 4096; }
extern "C" int32_t longcat_pages_read_ahead(int64_t, int64_t) noexcept { return LONGCAT_REFUSED; }
extern "C" int32_t longcat_pages_touch(int64_t address, int64_t bytes) noexcept {
  for (int64_t at = 0; at < bytes; at += 4096) {
    static_cast<void>(*reinterpret_cast<const volatile char*>(address + at));
  }
  return LONGCAT_OK;
}
extern "C" int32_t longcat_pages_lock(int64_t, int64_t) noexcept { return LONGCAT_REFUSED; }
extern "C" int32_t longcat_pages_unlock(int64_t, int64_t) noexcept { return LONGCAT_REFUSED; }
extern "C" int64_t longcat_lock_limit() noexcept { return 0; }
extern "C" int32_t longcat_pages_huge(int64_t, int64_t) noexcept { return LONGCAT_REFUSED; }
extern "C" int32_t longcat_pages_release(int64_t, int64_t) noexcept { return LONGCAT_REFUSED; }

#endif
