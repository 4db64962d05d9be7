// What ranks need of MPI, out of a library that is opened at run time: Open MPI, whose handles are
// addresses. Nothing here waits: what moves is begun, then asked for. Calls are made one at a time.
// Those that return a status return one of these or an error of MPI, which is larger than 0.
#pragma once

#include <cstdint>

#define LONGCAT_MPI_OK 0
#define LONGCAT_MPI_PENDING (-1)
#define LONGCAT_MPI_REFUSED (-2)

extern "C" {

// Opens the library. Unless OK, text receives why not, ended by 0. Where one_host is not 0, it shall
// move nothing over TCP, for which it would listen at all addresses.
int32_t longcat_mpi_open(const char* library, int32_t one_host, char* text,
                         int64_t capacity) noexcept;
// text receives what the library calls itself.
int32_t longcat_mpi_version(char* text, int64_t capacity) noexcept;
// text receives what an error means.
int32_t longcat_mpi_error(int32_t error, char* text, int64_t capacity) noexcept;
// 1 if MPI was initialised in this process, by whomever, and 2 more if it has ended.
int32_t longcat_mpi_state() noexcept;
// Initialises MPI for one thread at a time; REFUSED if it offers less.
int32_t longcat_mpi_init() noexcept;
int32_t longcat_mpi_size() noexcept;
int32_t longcat_mpi_rank() noexcept;
// Memory of slots, zeroed: MPI may write to it until it has ended, so that it is freed after that or
// never.
char* longcat_mpi_slots(int64_t bytes) noexcept;
// Frees slots of so many bytes once MPI has ended; REFUSED before.
int32_t longcat_mpi_free(char* slots, int64_t bytes) noexcept;
// Bytes of slots that are not freed.
int64_t longcat_mpi_held() noexcept;
// Begins to bring part r of memory, which begins at r * stride, from rank r to all ranks, or to rank
// 0 alone. counts holds the bytes of each.
int32_t longcat_mpi_gather(int64_t memory, int64_t stride, const int32_t* counts, int64_t ranks,
                           int32_t to_all) noexcept;
// Begins to bring memory of rank 0 to all.
int32_t longcat_mpi_broadcast(int64_t memory, int64_t bytes) noexcept;
// Asks so many times whether what was begun is done, giving way to other threads after some; OK or
// PENDING.
int32_t longcat_mpi_poll(int64_t times, int64_t patient) noexcept;
// Ends MPI; all ranks do.
int32_t longcat_mpi_finalize() noexcept;

}  // extern "C"
