// The boundary between Java and the kernels: plain C, addresses as 64-bit numbers, every pointer
// with its length, no exceptions. A matrix of F32 is its address, rows, columns and the distance
// between rows in elements. Operations of one context are called by one thread at a time and return
// LONGCAT_OK or a negative status. They are done when they return, but for experts: these are only
// begun, and what they work with is theirs until longcat_end_experts has returned.
#pragma once

#include <cstdint>

#define LONGCAT_OK 0
#define LONGCAT_OUT_OF_MEMORY (-1)
#define LONGCAT_MISFIT (-2)
#define LONGCAT_REFUSED (-3)

#define LONGCAT_GENERIC 0
#define LONGCAT_AVX2 1
#define LONGCAT_AVX512 2
#define LONGCAT_AVX512_GFNI 3
#define LONGCAT_AVX512_AMX 4
// For tests: what the tile unit does, in AVX-512.
#define LONGCAT_AVX512_AMX_EMULATED 5
#define LONGCAT_NEON 6
#define LONGCAT_AVX512_BF16 7
// For tests: what dot products of BF16 do, in plain C++.
#define LONGCAT_MODELLED_BF16 8

// Inputs of products with weights of BF16 and FP8: as they are; rounded to BF16; or those of FP8
// rounded to E4M3, with a scale for every 128 columns of a slice, and those of BF16 to BF16.
#define LONGCAT_EXACT 0
#define LONGCAT_ROUNDED 1
#define LONGCAT_QUANTISED 2

#define LONGCAT_F32 0
#define LONGCAT_BF16 1
#define LONGCAT_F16 2
#define LONGCAT_FP8 3
#define LONGCAT_INT8 4
#define LONGCAT_INT4 5

// How the positions that heads keep are found: by exact scores of all; the first and the last ones; by
// scores of integers; by bounds of pages.
#define LONGCAT_CHOOSE_SCORES 0
#define LONGCAT_CHOOSE_WINDOW 1
#define LONGCAT_CHOOSE_INT8 2
#define LONGCAT_CHOOSE_PAGES 3
#define LONGCAT_CHOOSE_COLUMNS 4

extern "C" {

// 1 if this processor has the instruction set and this build has its kernels; else 0, or
// LONGCAT_REFUSED where the operating system does not let programs use it, or LONGCAT_MISFIT where
// its results are not those of other instruction sets.
int32_t longcat_supports(int32_t instruction_set) noexcept;

// What the calling thread does of multiplications and additions that stay in registers, in
// operations a second, over so many rounds: on vectors of F32, or on the unit that the instruction
// set has for BF16; 0 where there is none. Some microseconds for 1000 rounds.
double longcat_product_rate(int32_t instruction_set, int32_t of_unit, int64_t rounds) noexcept;

// 0 if the threads cannot be started. Where pinned is not 0, each thread but the calling one is
// bound to a CPU of its own among those that the calling thread may run on, if that is possible.
int64_t longcat_context_open(int32_t instruction_set, int32_t numerics, int32_t threads,
                             int32_t pinned) noexcept;
// The CPU that a thread, from 1 on, is bound to; LONGCAT_MISFIT where there are more threads than
// CPUs, LONGCAT_REFUSED where the operating system does not bind it.
int32_t longcat_context_cpu(int64_t context, int32_t thread) noexcept;
void longcat_context_close(int64_t context) noexcept;

// The CPUs that the calling thread may run on, the first of each core before all others: how many
// there are, of which at most capacity are written.
int32_t longcat_usable_cpus(int32_t* cpus, int64_t capacity) noexcept;
// Lets the calling thread and those that it starts from then on run on these CPUs only;
// LONGCAT_REFUSED where that is not possible.
int32_t longcat_bind_caller(const int32_t* cpus, int64_t count) noexcept;

// Zeroed memory on a 64-byte boundary, or 0.
int64_t longcat_allocate(int64_t bytes) noexcept;
void longcat_free(int64_t address) noexcept;

// Where the bytes of a direct buffer are.
int64_t longcat_address(const void* bytes) noexcept;

// Advice about memory that begins and ends on page boundaries; LONGCAT_REFUSED where the operating
// system declines. Locking brings the pages in, as touching does; the limit is in bytes.
int64_t longcat_page_bytes() noexcept;
int32_t longcat_pages_read_ahead(int64_t address, int64_t bytes) noexcept;
int32_t longcat_pages_touch(int64_t address, int64_t bytes) noexcept;
int32_t longcat_pages_lock(int64_t address, int64_t bytes) noexcept;
int32_t longcat_pages_unlock(int64_t address, int64_t bytes) noexcept;
int64_t longcat_lock_limit() noexcept;
// Pages of files that are not needed for now: they are read again when they are.
int32_t longcat_pages_release(int64_t address, int64_t bytes) noexcept;
int32_t longcat_pages_huge(int64_t address, int64_t bytes) noexcept;

// A weight is cut by whole rows into segments, all of segment_rows rows but the last. Products sum
// each of so many equal slices of the columns, a power of two, for itself, and join them by a binary
// tree; a slice of LONGCAT_INT4 has an even number of columns.
int64_t longcat_weight_open(int32_t format, int64_t rows, int64_t columns, int64_t segment_rows,
                            int64_t segments, int64_t block_rows, int64_t block_columns,
                            int64_t slices) noexcept;
int32_t longcat_weight_segment(int64_t weight, int64_t segment, const void* bytes,
                               int64_t length) noexcept;
// The scales of all blocks of LONGCAT_FP8, row by row: copied, piece by piece, or F32 that stay where
// they lie, aligned or not.
int32_t longcat_weight_scales(int64_t weight, const float* scales, int64_t from, int64_t count,
                              int64_t length) noexcept;
int32_t longcat_weight_blocks(int64_t weight, const void* factors, int64_t length) noexcept;
// BF16 factors of the rows of a segment, for LONGCAT_INT8 and LONGCAT_INT4, where a block is one
// row high and for LONGCAT_INT4 an even number of columns wide.
int32_t longcat_weight_groups(int64_t weight, int64_t segment, const void* factors,
                              int64_t length) noexcept;
// For a weight of one segment that is some columns of a larger matrix: copies its rows from the given
// one on out of rows of that matrix, which have row_bytes bytes, the columns' first one at from, into
// memory of the weight's own.
int32_t longcat_weight_columns(int64_t weight, int64_t row, const void* bytes, int64_t length,
                               int64_t row_bytes, int64_t from) noexcept;
void longcat_weight_close(int64_t weight) noexcept;

int32_t longcat_write(const float* values, int64_t length, int64_t offset, int64_t into,
                      int64_t rows, int64_t columns, int64_t stride) noexcept;
// The same from numbers outside the Java heap, as the machine has them; offset in numbers.
int32_t longcat_write_bytes(const void* values, int64_t length, int64_t offset, int64_t into,
                            int64_t rows, int64_t columns, int64_t stride) noexcept;
int32_t longcat_read(float* values, int64_t length, int64_t offset, int64_t from, int64_t rows,
                     int64_t columns, int64_t stride) noexcept;
int32_t longcat_read_ints(int32_t* values, int64_t length, int64_t from, int64_t count) noexcept;

// Copies count numbers of the array to memory of capacity bytes from offset bytes on.
int32_t longcat_put_ints(const int32_t* values, int64_t count, int64_t into, int64_t offset,
                         int64_t capacity) noexcept;
int32_t longcat_put_longs(const int64_t* values, int64_t count, int64_t into, int64_t offset,
                          int64_t capacity) noexcept;
int32_t longcat_put_doubles(const double* values, int64_t count, int64_t into, int64_t offset,
                            int64_t capacity) noexcept;

int32_t longcat_zero(int64_t context, int64_t into, int64_t rows, int64_t columns,
                     int64_t stride) noexcept;
// Rows of any numbers: bytes of a row, and from one to the next.
int32_t longcat_copy(int64_t context, int64_t from, int64_t from_row_bytes, int64_t into,
                     int64_t into_row_bytes, int64_t rows, int64_t bytes) noexcept;
int32_t longcat_add(int64_t context, int64_t from, int64_t from_stride, int64_t into,
                    int64_t into_stride, int64_t rows, int64_t columns) noexcept;
// into = the partials joined by a binary tree; partials and strides hold count addresses and numbers
// from one row to the next.
int32_t longcat_join(int64_t context, int64_t partials, int64_t strides, int64_t count,
                     int64_t into, int64_t into_stride, int64_t rows, int64_t columns) noexcept;

// A plan says of the rows of a pass at which position of which sequence each is, which pages hold
// the sequence, and how many positions its heads keep. It lies in memory of its caller and is used
// by the operations below, which do not check it again. Bytes for so many rows and entries of page
// tables; LONGCAT_MISFIT where they cannot be.
int64_t longcat_plan_bytes(int64_t rows, int64_t entries) noexcept;
// Begins a plan in memory of that many bytes. A page has a power of two of positions; the cache has
// so many pages.
int32_t longcat_plan_begin(int64_t plan, int64_t rows, int64_t entries, int64_t page_positions,
                           int64_t pages) noexcept;
// Adds the next rows, consecutive ones of a sequence whose pages are the first of length numbers. Of
// rows that see more than dense_prefix positions, heads keep so many, or that share of them if it is
// more, among them sinks + recent of the first and the last; 0 keeps all. What does not fit changes
// nothing.
int32_t longcat_plan_span(int64_t plan, const int32_t* pages, int64_t length, int64_t first_row,
                          int64_t rows, int64_t first_position, int64_t positions, double share,
                          int64_t dense_prefix, int32_t choice, int32_t shared, int64_t sinks,
                          int64_t recent) noexcept;

// Rows go to the slots of the plan. into keeps them in LONGCAT_F32, LONGCAT_BF16, or LONGCAT_FP8
// with an F32 scale behind each.
int32_t longcat_scatter(int64_t context, int64_t from, int64_t from_stride, int64_t rows,
                        int64_t plan, int64_t into, int64_t into_rows, int64_t into_row_bytes,
                        int32_t into_format, int64_t columns) noexcept;
int32_t longcat_add_embeddings(int64_t context, int64_t table, int64_t ids, int64_t id_count,
                               int64_t into, int64_t columns, int64_t stride) noexcept;
int32_t longcat_rms_norm(int64_t context, int64_t x, int64_t x_stride, int64_t gain, float epsilon,
                         float scale, int64_t into, int64_t into_stride, int64_t rows,
                         int64_t columns) noexcept;
// By the positions of the plan; frequencies: one double for each pair.
int32_t longcat_rotate(int64_t context, int64_t x, int64_t rows, int64_t columns, int64_t stride,
                       int64_t groups, int64_t frequencies, int64_t pairs, double magnitude,
                       int64_t plan) noexcept;

// bias is 0 or a weight.
int32_t longcat_linear(int64_t context, int64_t weight, int64_t bias, int64_t x, int64_t x_columns,
                       int64_t x_stride, int64_t into, int64_t into_columns, int64_t into_stride,
                       int64_t rows) noexcept;
int32_t longcat_gated_linear(int64_t context, int64_t gate, int64_t up, int64_t x,
                             int64_t x_columns, int64_t x_stride, int64_t into,
                             int64_t into_columns, int64_t into_stride, int64_t rows) noexcept;

// Integers of the plan's rows, which are in the cache, for a choice that is one of the last two: of
// each slot, or of each page whose last position is among them. Rows of the index are those of a slot
// or a page: both groups filled up to fours, and two F32 scales.
int32_t longcat_index(int64_t context, int64_t cache, int64_t cache_rows, int64_t cache_row_bytes,
                      int32_t cache_format, int64_t rows, int64_t plan, int64_t index,
                      int64_t index_bytes, int32_t choice, int64_t latent, int64_t rope) noexcept;

// Each row sees the positions of its sequence up to its own, as the plan says. index is 0 or that of
// the cache. Where measured is not 0, into receives three numbers a head instead: the share of what is
// kept that exact scores would keep, its share of the softmax over all, and the entropy of that; or -1.
int32_t longcat_attention(int64_t context, int64_t kv_b, int64_t heads, int64_t nope, int64_t rope,
                          int64_t latent, int64_t value, float scale, int64_t queries,
                          int64_t query_stride, int64_t cache, int64_t cache_rows,
                          int64_t cache_row_bytes, int32_t cache_format, int64_t into,
                          int64_t into_stride, int64_t rows, int64_t plan, int64_t index,
                          int64_t index_bytes, int32_t choice, int32_t measured) noexcept;

// ids: rows * top_k int32; weights: as many float. bias and correction are 0 or weights.
int32_t longcat_route(int64_t context, int64_t classifier, int64_t bias, int64_t correction,
                      int64_t x, int64_t x_columns, int64_t x_stride, int64_t rows, int64_t top_k,
                      float factor, int32_t normalise, int64_t ids, int64_t weights,
                      int64_t capacity) noexcept;

// experts: gate, up and down weight of each, 3 * expert_count addresses. Each of so many equal runs
// of them, a power of two, is summed for itself, the first one from what is in into on, and joined by
// a binary tree. Where the down weights have slices, so is each slice instead; not both.
// They run beside the operations that follow; nobody may read into, or change or free what they
// work with, before they have ended. Those begun before are ended first.
int32_t longcat_begin_experts(int64_t context, int64_t experts, int64_t expert_count,
                              int64_t slices, int64_t first_id, int64_t ids, int64_t weights,
                              int64_t top_k, int64_t x, int64_t x_stride, int64_t into,
                              int64_t into_stride, int64_t rows, int64_t columns) noexcept;
// Waits for them; what became of the last ones.
int32_t longcat_end_experts(int64_t context) noexcept;
int32_t longcat_zero_experts(int64_t context, int64_t first_zero_id, int64_t ids, int64_t weights,
                             int64_t top_k, int64_t x, int64_t x_stride, int64_t into,
                             int64_t into_stride, int64_t rows, int64_t columns) noexcept;
}
