#include "longcat_mpi.h"

#include <dlfcn.h>
#include <sched.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <vector>

namespace {

// Of Open MPI's ABI, major version 40 of its library.
using Handle = void*;
constexpr int kThreadSerialized = 2;
constexpr int kMaxVersion = 256;
constexpr int kMaxError = 256;
void* const kInPlace = reinterpret_cast<void*>(1);
Handle const kNone = nullptr;

struct Library {
  int (*init_thread)(int*, char***, int, int*);
  int (*initialized)(int*);
  int (*finalized)(int*);
  int (*finalize)();
  int (*version)(char*, int*);
  int (*error_string)(int, char*, int*);
  int (*comm_size)(Handle, int*);
  int (*comm_rank)(Handle, int*);
  int (*comm_dup)(Handle, Handle*);
  int (*set_errhandler)(Handle, Handle);
  int (*iallgatherv)(const void*, int, Handle, void*, const int*, const int*, Handle, Handle,
                     Handle*);
  int (*igatherv)(const void*, int, Handle, void*, const int*, const int*, Handle, int, Handle,
                  Handle*);
  int (*ibcast)(void*, int, Handle, int, Handle, Handle*);
  int (*test)(Handle*, int*, void*);
  Handle world;
  Handle byte;
  Handle errors_return;
};

Library mpi;
Handle communicator = kNone;
Handle request = kNone;
// Bytes of slots.
int64_t held = 0;
// What a gather reads until it is done.
std::vector<int> counts_of_gather;
std::vector<int> places_of_gather;

void tell(const char* what, char* text, int64_t capacity) {
  if (capacity > 0) std::snprintf(text, static_cast<size_t>(capacity), "%s", what);
}

template <class T>
bool find(void* library, const char* name, T* into, const char** missing) {
  void* found = dlsym(library, name);
  if (found == nullptr) {
    *missing = name;
    return false;
  }
  std::memcpy(into, &found, sizeof(found));
  return true;
}

}  // namespace

extern "C" int32_t longcat_mpi_open(const char* library, int32_t one_host, char* text,
                                    int64_t capacity) noexcept {
  // Handlers of signals belong to the JVM, which lives on some of them. Both are read while MPI is
  // initialised; what the user has set stays.
  setenv("UCX_ERROR_SIGNALS", "", 0);
  setenv("OMPI_MCA_opal_signal", "", 0);
  if (one_host != 0) {
    setenv("OMPI_MCA_pml", "ob1", 0);
    setenv("OMPI_MCA_btl", "^tcp,ofi,uct,openib", 0);
  }
  // Its parts are libraries of their own that look for its symbols among those of all.
  void* opened = dlopen(library, RTLD_NOW | RTLD_GLOBAL);
  if (opened == nullptr) {
    tell(dlerror(), text, capacity);
    return LONGCAT_MPI_REFUSED;
  }
  const char* missing = nullptr;
  bool complete = find(opened, "MPI_Get_library_version", &mpi.version, &missing) &&
                  find(opened, "ompi_mpi_comm_world", &mpi.world, &missing) &&
                  find(opened, "ompi_mpi_byte", &mpi.byte, &missing) &&
                  find(opened, "ompi_mpi_errors_return", &mpi.errors_return, &missing) &&
                  find(opened, "MPI_Init_thread", &mpi.init_thread, &missing) &&
                  find(opened, "MPI_Initialized", &mpi.initialized, &missing) &&
                  find(opened, "MPI_Finalized", &mpi.finalized, &missing) &&
                  find(opened, "MPI_Finalize", &mpi.finalize, &missing) &&
                  find(opened, "MPI_Error_string", &mpi.error_string, &missing) &&
                  find(opened, "MPI_Comm_size", &mpi.comm_size, &missing) &&
                  find(opened, "MPI_Comm_rank", &mpi.comm_rank, &missing) &&
                  find(opened, "MPI_Comm_dup", &mpi.comm_dup, &missing) &&
                  find(opened, "MPI_Comm_set_errhandler", &mpi.set_errhandler, &missing) &&
                  find(opened, "MPI_Iallgatherv", &mpi.iallgatherv, &missing) &&
                  find(opened, "MPI_Igatherv", &mpi.igatherv, &missing) &&
                  find(opened, "MPI_Ibcast", &mpi.ibcast, &missing) &&
                  find(opened, "MPI_Test", &mpi.test, &missing);
  if (!complete) {
    if (mpi.version != nullptr && longcat_mpi_version(text, capacity) == LONGCAT_MPI_OK) {
      return LONGCAT_MPI_REFUSED;
    }
    tell(missing, text, capacity);
    return LONGCAT_MPI_REFUSED;
  }
  return LONGCAT_MPI_OK;
}

extern "C" int32_t longcat_mpi_version(char* text, int64_t capacity) noexcept {
  // MPICH promises less than 8192 characters, Open MPI 256.
  static char version[8192 + kMaxVersion];
  int length = 0;
  int status = mpi.version(version, &length);
  version[sizeof(version) - 1] = 0;
  tell(version, text, capacity);
  return status;
}

extern "C" int32_t longcat_mpi_error(int32_t error, char* text, int64_t capacity) noexcept {
  char message[kMaxError + 1] = {};
  int length = 0;
  int status = mpi.error_string(error, message, &length);
  tell(message, text, capacity);
  return status;
}

extern "C" int32_t longcat_mpi_state() noexcept {
  int initialized = 0;
  int finalized = 0;
  mpi.initialized(&initialized);
  mpi.finalized(&finalized);
  return (initialized != 0 ? 1 : 0) + (finalized != 0 ? 2 : 0);
}

extern "C" int32_t longcat_mpi_init() noexcept {
  int provided = 0;
  int status = mpi.init_thread(nullptr, nullptr, kThreadSerialized, &provided);
  if (status != 0) return status;
  if (provided < kThreadSerialized) return LONGCAT_MPI_REFUSED;
  status = mpi.set_errhandler(mpi.world, mpi.errors_return);
  // So that nothing an application says over MPI is taken for a partial.
  if (status == 0) status = mpi.comm_dup(mpi.world, &communicator);
  if (status == 0) status = mpi.set_errhandler(communicator, mpi.errors_return);
  return status;
}

extern "C" int32_t longcat_mpi_size() noexcept {
  int size = 0;
  return mpi.comm_size(communicator, &size) == 0 ? size : 0;
}

extern "C" int32_t longcat_mpi_rank() noexcept {
  int rank = 0;
  return mpi.comm_rank(communicator, &rank) == 0 ? rank : -1;
}

extern "C" char* longcat_mpi_slots(int64_t bytes) noexcept {
  constexpr size_t kAlignment = 64;
  size_t size = (static_cast<size_t>(bytes) + kAlignment - 1) / kAlignment * kAlignment;
  void* memory = std::aligned_alloc(kAlignment, size);
  if (memory == nullptr) return nullptr;
  std::memset(memory, 0, size);
  held += bytes;
  return static_cast<char*>(memory);
}

extern "C" int32_t longcat_mpi_free(char* slots, int64_t bytes) noexcept {
  constexpr int32_t kEnded = 2;
  if (longcat_mpi_state() < kEnded) return LONGCAT_MPI_REFUSED;
  std::free(slots);
  held -= bytes;
  return LONGCAT_MPI_OK;
}

extern "C" int64_t longcat_mpi_held() noexcept { return held; }

extern "C" int32_t longcat_mpi_gather(int64_t memory, int64_t stride, const int32_t* counts,
                                      int64_t ranks, int32_t to_all) noexcept {
  if (stride < 0 || ranks != longcat_mpi_size() || stride > INT32_MAX / ranks) {
    return LONGCAT_MPI_REFUSED;
  }
  counts_of_gather.assign(counts, counts + ranks);
  places_of_gather.resize(static_cast<size_t>(ranks));
  for (int64_t rank = 0; rank < ranks; rank++) {
    if (counts[rank] < 0 || counts[rank] > stride) return LONGCAT_MPI_REFUSED;
    places_of_gather[static_cast<size_t>(rank)] = static_cast<int>(rank * stride);
  }
  char* slots = reinterpret_cast<char*>(memory);
  const int* sizes = counts_of_gather.data();
  const int* places = places_of_gather.data();
  if (to_all != 0) {
    return mpi.iallgatherv(kInPlace, 0, mpi.byte, slots, sizes, places, mpi.byte, communicator,
                           &request);
  }
  int own = longcat_mpi_rank();
  const void* from = own == 0 ? kInPlace : slots + own * stride;
  return mpi.igatherv(from, sizes[own], mpi.byte, slots, sizes, places, mpi.byte, 0, communicator,
                      &request);
}

extern "C" int32_t longcat_mpi_broadcast(int64_t memory, int64_t bytes) noexcept {
  if (bytes < 0 || bytes > INT32_MAX) return LONGCAT_MPI_REFUSED;
  return mpi.ibcast(reinterpret_cast<void*>(memory), static_cast<int>(bytes), mpi.byte, 0,
                    communicator, &request);
}

extern "C" int32_t longcat_mpi_poll(int64_t times, int64_t patient) noexcept {
  for (int64_t i = 0; i < times; i++) {
    int done = 0;
    int status = mpi.test(&request, &done, nullptr);
    if (status != 0) return status;
    if (done != 0) return LONGCAT_MPI_OK;
    if (i >= patient) sched_yield();
  }
  return LONGCAT_MPI_PENDING;
}

extern "C" int32_t longcat_mpi_finalize() noexcept { return mpi.finalize(); }
