// The boundary between Java and the GPU: plain C, handles and addresses as 64-bit numbers, every
// pointer with its length, no exceptions. Calls of one backend are made by one thread at a time. A
// matrix of F32 is its address on the device, rows, columns, and the distance between rows in
// numbers. Operations of a stream are queued: what they work with is theirs until it has been waited
// for, which longcat_cuda_free, _read and _synchronise do. What fails returns a negative status and
// is told by longcat_cuda_message.
#pragma once

#include <cstdint>

#define LONGCAT_CUDA_OK 0
#define LONGCAT_CUDA_OUT_OF_MEMORY (-1)
#define LONGCAT_CUDA_MISFIT (-2)
#define LONGCAT_CUDA_FAILED (-3)

#define LONGCAT_CUDA_EXACT 0
#define LONGCAT_CUDA_ROUNDED 1
#define LONGCAT_CUDA_QUANTISED 2

#define LONGCAT_CUDA_F32 0
#define LONGCAT_CUDA_BF16 1
#define LONGCAT_CUDA_F16 2
#define LONGCAT_CUDA_FP8 3
#define LONGCAT_CUDA_INT8 4
#define LONGCAT_CUDA_INT4 5

extern "C" {

// The devices of this machine, or, where there are some, so many emulated ones of so many bytes each,
// linked to each other or not; 0 where there is no memory for it. Backends hold what they need of it.
int64_t longcat_cuda_machine_open(int32_t emulated_devices, int64_t bytes_each,
                                  int32_t linked) noexcept;
void longcat_cuda_machine_close(int64_t machine) noexcept;
// A backend over the driver of a machine; 0 where there is no memory for it. Whether a driver was
// found is told by the next call. Calls of several threads wait for each other.
int64_t longcat_cuda_create(int64_t machine) noexcept;
// How many devices the driver has, or a negative status.
int32_t longcat_cuda_device_count(int64_t backend) noexcept;
// How devices are emulated from the next backend on, for all of the process, such as
// "seed=7,tensor=truncating"; what the environment says goes before.
int32_t longcat_cuda_emulate(const int8_t* settings, int64_t length) noexcept;
// Of a device: version of the driver, devices, compute capability as 90 for 9.0, multiprocessors,
// bytes in all, bytes free; as many as count. Nothing stays open.
int32_t longcat_cuda_facts(int64_t backend, int32_t device, int64_t* facts, int64_t count) noexcept;
// UTF-8; returns its length, at most capacity.
int32_t longcat_cuda_device_name(int64_t backend, int32_t device, int8_t* name,
                                 int64_t capacity) noexcept;
// Of what failed last; as above.
int32_t longcat_cuda_message(int64_t backend, int8_t* text, int64_t capacity) noexcept;
// Opens a device. The image is a cubin or PTX that ends with a zero; emulated devices take none. The
// first bytes of its memory are taken at once, others as they are needed, and no more than the most,
// where 0 is for all that is free, less a reserve.
int32_t longcat_cuda_open(int64_t backend, int32_t device, int32_t numerics, int64_t first_bytes,
                          int64_t most_bytes, const void* image, int64_t length) noexcept;
// Bytes that are still to be had, or a negative status.
int64_t longcat_cuda_left_bytes(int64_t backend) noexcept;
// Bytes that are taken, and of them those in use.
int64_t longcat_cuda_arena_bytes(int64_t backend) noexcept;
int64_t longcat_cuda_used_bytes(int64_t backend) noexcept;
// Since it was opened: kernels launched beside graphs, graphs launched, bytes to the device, bytes to
// the host; as many as count.
int32_t longcat_cuda_traffic(int64_t backend, int64_t* numbers, int64_t count) noexcept;
// Closes everything that was opened of it.
void longcat_cuda_close(int64_t backend) noexcept;

// Lets kernels of the backend read memory of another device from now on: 1, or 0 where the devices are
// not linked.
int32_t longcat_cuda_reach(int64_t backend, int32_t device) noexcept;
// Memory that backends of devices that reach this one share, or 0. It lives until everybody that
// joined it has closed, and the handle is released, which any thread may do.
int64_t longcat_cuda_slot_open(int64_t backend, int64_t bytes) noexcept;
void longcat_cuda_slot_release(int64_t slot) noexcept;
// Where it is, for a backend that uses it from now on.
int64_t longcat_cuda_slot_join(int64_t backend, int64_t slot) noexcept;
// On the device that has it: what is queued so far fills it. On any: what is queued from now on sees
// what filled it last.
int32_t longcat_cuda_slot_fill(int64_t stream, int64_t slot) noexcept;
int32_t longcat_cuda_slot_await(int64_t stream, int64_t slot) noexcept;

// Zeroed memory on a boundary of 256 bytes, or 0.
int64_t longcat_cuda_allocate(int64_t backend, int64_t bytes) noexcept;
// After all that is queued.
int32_t longcat_cuda_free(int64_t backend, int64_t address) noexcept;
// Lets the device see memory of the host: where, or 0.
int64_t longcat_cuda_share(int64_t backend, void* memory, int64_t bytes) noexcept;
int32_t longcat_cuda_unshare(int64_t backend, void* memory) noexcept;
// Copies to the host after all that is queued on any stream.
int32_t longcat_cuda_read_bytes(int64_t backend, int64_t from, void* into, int64_t bytes) noexcept;
// Copies to the device, at once for everybody.
int32_t longcat_cuda_write_bytes(int64_t backend, const void* from, int64_t into,
                                 int64_t bytes) noexcept;
int64_t longcat_cuda_row_bytes(int32_t format, int64_t columns) noexcept;

// A weight whose rows and scales are still to come; 0 where there is no memory. Scales: of blocks for
// LONGCAT_CUDA_FP8, of groups for integers. See ComputeBackend.load for slices.
int64_t longcat_cuda_weight_open(int64_t backend, int32_t format, int64_t rows, int64_t columns,
                                 int64_t block_rows, int64_t block_columns, int64_t scale_columns,
                                 int32_t slices) noexcept;
// Rows as they are stored, one behind the other.
int32_t longcat_cuda_weight_rows(int64_t backend, int64_t weight, int64_t first, int64_t rows,
                                 const void* bytes, int64_t length) noexcept;
// F32 factors of blocks, or BF16 factors of groups, from a byte on.
int32_t longcat_cuda_weight_factors(int64_t backend, int64_t weight, int64_t first_byte,
                                    const void* bytes, int64_t length) noexcept;
// gate, up and down of each expert: 3 * count weights. 0 where there is no memory.
int64_t longcat_cuda_experts_open(int64_t backend, const int64_t* weights, int64_t count,
                                  int32_t slices) noexcept;

int64_t longcat_cuda_stream_open(int64_t backend) noexcept;
int32_t longcat_cuda_synchronise(int64_t stream) noexcept;
// What the device does at best: bytes read a second, BF16 operations of the tensor cores a second;
// as many as count. See device_floors.h.
int32_t longcat_cuda_measure(int64_t stream, int64_t bytes, int64_t rounds, double* figures,
                             int64_t count) noexcept;
int32_t longcat_cuda_await(int64_t stream, int64_t other) noexcept;

// Operations queued on the stream, and on those that await it, are from now on kept instead of done;
// the other streams have to be awaited before the end. Nothing else may be called in between.
int32_t longcat_cuda_capture_begin(int64_t stream) noexcept;
// What was kept, or 0; lives until the backend is closed or it is.
int64_t longcat_cuda_capture_end(int64_t stream) noexcept;
int32_t longcat_cuda_graph_launch(int64_t stream, int64_t graph) noexcept;
void longcat_cuda_graph_close(int64_t backend, int64_t graph) noexcept;

// Numbers one row behind the other; the memory is the caller's again when this returns.
int32_t longcat_cuda_write(int64_t stream, const void* values, int64_t length, int64_t into,
                           int64_t rows, int64_t columns, int64_t stride) noexcept;
int32_t longcat_cuda_read(int64_t stream, void* values, int64_t length, int64_t from, int64_t rows,
                          int64_t columns, int64_t stride) noexcept;

// Numbers on their way to the host; lives until the backend is closed or it is.
int64_t longcat_cuda_readout_open(int64_t backend, int64_t numbers) noexcept;
int32_t longcat_cuda_readout_fill(int64_t stream, int64_t readout, int64_t from, int64_t rows,
                                  int64_t columns, int64_t stride) noexcept;
// Waits for what filled it.
int32_t longcat_cuda_readout_copy(int64_t backend, int64_t readout, int64_t first, int64_t numbers,
                                  void* into, int64_t length) noexcept;
void longcat_cuda_readout_close(int64_t backend, int64_t readout) noexcept;
// Whole numbers by way of memory of the device: of each row the column of the largest number, or -1 -
// column of the first that is none.
int32_t longcat_cuda_largest(int64_t stream, int64_t from, int64_t rows, int64_t columns,
                             int64_t stride, int64_t memory, int64_t readout) noexcept;
// Of each token, over all layers: how many picks are below first_zero_id, the fewest in a layer, the
// most.
int32_t longcat_cuda_count_picks(int64_t stream, int64_t ids, int64_t layers, int64_t tokens,
                                 int64_t top_k, int64_t first_zero_id, int64_t memory,
                                 int64_t readout) noexcept;

// The rows of a pass, see longcat_cpu.h; it becomes what operations see when it is sent.
int64_t longcat_cuda_plan_open(int64_t backend, int64_t page_positions, int64_t pages) noexcept;
int32_t longcat_cuda_plan_begin(int64_t plan) noexcept;
int32_t longcat_cuda_plan_span(int64_t plan, const int32_t* pages, int64_t length,
                               int64_t first_row, int64_t rows, int64_t first_position,
                               int64_t top_k) noexcept;
int32_t longcat_cuda_plan_send(int64_t stream, int64_t plan) noexcept;
// What operations depend on beside its numbers, which two plans of equal shape have in common: rows,
// bounds of positions with dense and with sparse attention, memory of rows and of pages; as many as
// count.
int32_t longcat_cuda_plan_shape(int64_t plan, int64_t* shape, int64_t count) noexcept;
void longcat_cuda_plan_close(int64_t backend, int64_t plan) noexcept;

int32_t longcat_cuda_zero(int64_t stream, int64_t into, int64_t rows, int64_t columns,
                          int64_t stride) noexcept;
int32_t longcat_cuda_copy(int64_t stream, int64_t from, int64_t from_row_bytes, int64_t into,
                          int64_t into_row_bytes, int64_t rows, int64_t columns,
                          int32_t format) noexcept;
int32_t longcat_cuda_add(int64_t stream, int64_t from, int64_t from_stride, int64_t into,
                         int64_t into_stride, int64_t rows, int64_t columns) noexcept;
// partials: address and stride of each.
int32_t longcat_cuda_join(int64_t stream, const int64_t* partials, int64_t count, int64_t into,
                          int64_t into_stride, int64_t rows, int64_t columns) noexcept;
int32_t longcat_cuda_add_embeddings(int64_t stream, int64_t table, const int32_t* ids,
                                    int64_t count, int64_t into, int64_t columns,
                                    int64_t stride) noexcept;
// The vector to every row.
int32_t longcat_cuda_add_vector(int64_t stream, int64_t vector, int64_t into, int64_t rows,
                                int64_t columns, int64_t stride) noexcept;
int32_t longcat_cuda_scatter(int64_t stream, int64_t from, int64_t from_stride, int64_t rows,
                             int64_t plan, int64_t into, int64_t into_rows, int64_t into_row_bytes,
                             int32_t into_format, int64_t columns) noexcept;
int32_t longcat_cuda_rms_norm(int64_t stream, int64_t x, int64_t x_stride, int64_t gain,
                              float epsilon, float scale, int64_t into, int64_t into_stride,
                              int64_t rows, int64_t columns) noexcept;
// second is 0 for none; all of the same shape.
int32_t longcat_cuda_add_norm(int64_t stream, int64_t first, int64_t first_stride, int64_t second,
                              int64_t second_stride, int64_t x, int64_t x_stride, int64_t gain,
                              float epsilon, float scale, int64_t into, int64_t into_stride,
                              int64_t rows, int64_t columns) noexcept;
// See Stream.place; columns of a row are the latent's and the key's.
int32_t longcat_cuda_place(int64_t stream, int64_t queries, int64_t query_columns,
                           int64_t query_stride, int64_t heads, int64_t from, int64_t from_stride,
                           int64_t latent, int64_t gain, float epsilon, float scale,
                           int64_t frequencies, int64_t pairs, double magnitude, int64_t rows,
                           int64_t plan, int64_t into, int64_t into_rows, int64_t into_row_bytes,
                           int32_t into_format, int64_t columns) noexcept;
// frequencies: on the device, one double for each pair.
int32_t longcat_cuda_rotate(int64_t stream, int64_t x, int64_t rows, int64_t columns,
                            int64_t stride, int64_t groups, int64_t frequencies, int64_t pairs,
                            double magnitude, int64_t plan) noexcept;
// bias is 0 or a weight.
int32_t longcat_cuda_linear(int64_t stream, int64_t weight, int64_t bias, int64_t x,
                            int64_t x_columns, int64_t x_stride, int64_t into,
                            int64_t into_columns, int64_t into_stride, int64_t rows) noexcept;
// Of the same inputs. A bias is 0 or a weight.
int32_t longcat_cuda_linear_pair(int64_t stream, int64_t first, int64_t first_bias,
                                 int64_t first_into, int64_t first_stride, int64_t second,
                                 int64_t second_bias, int64_t second_into, int64_t second_stride,
                                 int64_t x, int64_t x_columns, int64_t x_stride,
                                 int64_t rows) noexcept;
// Of normed inputs, which may be changed.
int32_t longcat_cuda_norm_linear(int64_t stream, int64_t gain, float epsilon, float scale,
                                 int64_t weight, int64_t x, int64_t x_columns, int64_t x_stride,
                                 int64_t into, int64_t into_columns, int64_t into_stride,
                                 int64_t rows) noexcept;
int32_t longcat_cuda_gated_linear(int64_t stream, int64_t gate, int64_t up, int64_t x,
                                  int64_t x_columns, int64_t x_stride, int64_t into,
                                  int64_t into_columns, int64_t into_stride, int64_t rows) noexcept;
int32_t longcat_cuda_attention(int64_t stream, int64_t kv_b, int64_t heads, int64_t nope,
                               int64_t rope, int64_t latent, int64_t value, float scale,
                               int64_t queries, int64_t query_stride, int64_t cache,
                               int64_t cache_rows, int64_t cache_row_bytes, int32_t cache_format,
                               int64_t into, int64_t into_stride, int64_t rows,
                               int64_t plan) noexcept;
// longcat_cuda_place and then the attention; queries and rows may be changed.
int32_t longcat_cuda_place_and_attend(int64_t stream, int64_t kv_b, int64_t heads, int64_t nope,
                                      int64_t rope, int64_t latent, int64_t value,
                                      float score_scale, int64_t queries, int64_t query_stride,
                                      int64_t from, int64_t from_stride, int64_t gain,
                                      float epsilon, float scale, int64_t frequencies,
                                      int64_t pairs, double magnitude, int64_t cache,
                                      int64_t cache_rows, int64_t cache_row_bytes,
                                      int32_t cache_format, int64_t into, int64_t into_stride,
                                      int64_t rows, int64_t plan) noexcept;
// longcat_cuda_route and then longcat_cuda_mix_experts.
int32_t longcat_cuda_route_and_mix(int64_t stream, int64_t classifier, int64_t bias,
                                   int64_t correction, int64_t top_k, float factor,
                                   int32_t normalise, int64_t ids, int64_t weights,
                                   int64_t experts, int64_t first_id, int64_t first_zero_id,
                                   int64_t x, int64_t x_stride, int64_t into, int64_t into_stride,
                                   int64_t rows, int64_t columns) noexcept;
// bias and correction are 0 or weights.
int32_t longcat_cuda_route(int64_t stream, int64_t classifier, int64_t bias, int64_t correction,
                           int64_t x, int64_t x_columns, int64_t x_stride, int64_t rows,
                           int64_t top_k, float factor, int32_t normalise, int64_t ids,
                           int64_t weights) noexcept;
int32_t longcat_cuda_add_experts(int64_t stream, int64_t experts, int64_t first_id, int64_t ids,
                                 int64_t weights, int64_t top_k, int64_t x, int64_t x_stride,
                                 int64_t into, int64_t into_stride, int64_t rows,
                                 int64_t columns) noexcept;
int32_t longcat_cuda_mix_experts(int64_t stream, int64_t experts, int64_t first_id,
                                 int64_t first_zero_id, int64_t ids, int64_t weights,
                                 int64_t top_k, int64_t x, int64_t x_stride, int64_t into,
                                 int64_t into_stride, int64_t rows, int64_t columns) noexcept;
int32_t longcat_cuda_zero_experts(int64_t stream, int64_t first_zero_id, int64_t ids,
                                  int64_t weights, int64_t top_k, int64_t x, int64_t x_stride,
                                  int64_t into, int64_t into_stride, int64_t rows,
                                  int64_t columns) noexcept;
}
