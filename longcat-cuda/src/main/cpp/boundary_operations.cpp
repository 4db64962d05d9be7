// Operations of a pass: handles and addresses become views.
#include <algorithm>
#include <vector>

#include "boundary_views.h"
#include "device_floors.h"
#include "elements.h"

using namespace longcat::cuda;

extern "C" {

int64_t longcat_cuda_plan_open(int64_t backend, int64_t page_positions, int64_t pages) noexcept {
  return made([&]() -> Plan* {
    Backend& b = backend_at(backend);
    int64_t shift = 0;
    while (int64_t{1} << shift < page_positions) shift++;
    b.plans.push_back(std::make_unique<Plan>(*b.context, shift, pages));
    return b.plans.back().get();
  });
}

int32_t longcat_cuda_plan_begin(int64_t plan) noexcept {
  plan_at(plan).begin();
  return kOk;
}

int32_t longcat_cuda_plan_span(int64_t plan, const int32_t* pages, int64_t length,
                               int64_t first_row, int64_t rows, int64_t first_position,
                               int64_t top_k) noexcept {
  return guarded([&] {
    return plan_at(plan).span(pages, length, first_row, rows, first_position, top_k);
  });
}

int32_t longcat_cuda_plan_send(int64_t stream, int64_t plan) noexcept {
  return operation(stream, [&](Lane& lane) {
    Plan& p = plan_at(plan);
    if (!p.fits()) {
      int32_t status = lane.backend.settle();
      if (status == kOk) status = p.reserve();
      if (status != kOk) return status;
    }
    return p.send(lane.staging, lane.stream.handle());
  });
}

int32_t longcat_cuda_plan_shape(int64_t plan, int64_t* shape, int64_t count) noexcept {
  return guarded([&] {
    if (count < 5) return kMisfit;
    const Plan& p = plan_at(plan);
    longcat::device::PlanView view = p.view();
    const int64_t all[] = {view.row_count, p.bounds().longest, p.bounds().longest_sparse,
                           reinterpret_cast<int64_t>(view.rows),
                           reinterpret_cast<int64_t>(view.pages)};
    std::copy(all, all + 5, shape);
    return kOk;
  });
}

void longcat_cuda_plan_close(int64_t backend, int64_t plan) noexcept {
  Backend& b = backend_at(backend);
  b.context->enter();
  b.settle();
  auto is_it = [&](const auto& known) { return known.get() == &plan_at(plan); };
  b.plans.erase(std::remove_if(b.plans.begin(), b.plans.end(), is_it), b.plans.end());
}

int32_t longcat_cuda_zero(int64_t stream, int64_t into, int64_t rows, int64_t columns,
                          int64_t stride) noexcept {
  return operation(stream, [&](Lane& lane) {
    return zero(lane.stream, matrix(into, rows, columns, stride));
  });
}

int32_t longcat_cuda_copy(int64_t stream, int64_t from, int64_t from_row_bytes, int64_t into,
                          int64_t into_row_bytes, int64_t rows, int64_t columns,
                          int32_t format) noexcept {
  return operation(stream, [&](Lane& lane) {
    return copy(lane.stream, rows_at(from, rows, columns, from_row_bytes, format),
                rows_at(into, rows, columns, into_row_bytes, format));
  });
}

int32_t longcat_cuda_add(int64_t stream, int64_t from, int64_t from_stride, int64_t into,
                         int64_t into_stride, int64_t rows, int64_t columns) noexcept {
  return operation(stream, [&](Lane& lane) {
    return add(lane.stream, matrix(from, rows, columns, from_stride),
               matrix(into, rows, columns, into_stride));
  });
}

int32_t longcat_cuda_join(int64_t stream, const int64_t* partials, int64_t count, int64_t into,
                          int64_t into_stride, int64_t rows, int64_t columns) noexcept {
  return operation(stream, [&](Lane& lane) {
    std::vector<MatrixView> views;
    for (int64_t i = 0; i < count; i++) {
      views.push_back(matrix(partials[2 * i], rows, columns, partials[2 * i + 1]));
    }
    return join(lane.stream, views.data(), count, matrix(into, rows, columns, into_stride));
  });
}

int32_t longcat_cuda_add_embeddings(int64_t stream, int64_t table, const int32_t* ids,
                                    int64_t count, int64_t into, int64_t columns,
                                    int64_t stride) noexcept {
  return operation(stream, [&](Lane& lane) {
    const WeightView& weight = weight_at(table);
    if (columns != weight.columns) return kMisfit;
    for (int64_t i = 0; i < count; i++) {
      if (ids[i] >= weight.rows) return kMisfit;
    }
    uint8_t* memory = lane.stream.workspace(4 * count);
    if (memory == nullptr) return kNoMemory;
    int32_t status = lane.staging.send(reinterpret_cast<Address>(memory), ids, 4 * count,
                                       lane.stream.handle());
    if (status != kOk) return status;
    return add_embeddings(lane.stream, weight, reinterpret_cast<const int32_t*>(memory),
                          matrix(into, count, columns, stride));
  });
}

int32_t longcat_cuda_add_vector(int64_t stream, int64_t vector, int64_t into, int64_t rows,
                                int64_t columns, int64_t stride) noexcept {
  return operation(stream, [&](Lane& lane) {
    const WeightView& weight = weight_at(vector);
    if (weight.rows != 1 || columns != weight.columns) return kMisfit;
    return add_embeddings(lane.stream, weight, nullptr, matrix(into, rows, columns, stride));
  });
}

int32_t longcat_cuda_scatter(int64_t stream, int64_t from, int64_t from_stride, int64_t rows,
                             int64_t plan, int64_t into, int64_t into_rows, int64_t into_row_bytes,
                             int32_t into_format, int64_t columns) noexcept {
  return operation(stream, [&](Lane& lane) {
    if (!plan_at(plan).fits(rows, into_rows)) return kMisfit;
    return scatter(lane.stream, matrix(from, rows, columns, from_stride), plan_at(plan).view(),
                   rows_at(into, into_rows, columns, into_row_bytes, into_format));
  });
}

int32_t longcat_cuda_rms_norm(int64_t stream, int64_t x, int64_t x_stride, int64_t gain,
                              float epsilon, float scale, int64_t into, int64_t into_stride,
                              int64_t rows, int64_t columns) noexcept {
  return operation(stream, [&](Lane& lane) {
    if (weight_at(gain).rows != 1 || weight_at(gain).columns != columns) return kMisfit;
    return rms_norm(lane.stream, matrix(x, rows, columns, x_stride), weight_at(gain), epsilon,
                    scale, matrix(into, rows, columns, into_stride));
  });
}

int32_t longcat_cuda_add_norm(int64_t stream, int64_t first, int64_t first_stride, int64_t second,
                              int64_t second_stride, int64_t x, int64_t x_stride, int64_t gain,
                              float epsilon, float scale, int64_t into, int64_t into_stride,
                              int64_t rows, int64_t columns) noexcept {
  return operation(stream, [&](Lane& lane) {
    if (weight_at(gain).rows != 1 || weight_at(gain).columns != columns) return kMisfit;
    return add_norm(lane.stream, matrix(first, rows, columns, first_stride),
                    matrix(second, rows, columns, second_stride),
                    matrix(x, rows, columns, x_stride), weight_at(gain), epsilon, scale,
                    matrix(into, rows, columns, into_stride));
  });
}

int32_t longcat_cuda_place(int64_t stream, int64_t queries, int64_t query_columns,
                           int64_t query_stride, int64_t heads, int64_t from, int64_t from_stride,
                           int64_t latent, int64_t gain, float epsilon, float scale,
                           int64_t frequencies, int64_t pairs, double magnitude, int64_t rows,
                           int64_t plan, int64_t into, int64_t into_rows, int64_t into_row_bytes,
                           int32_t into_format, int64_t columns) noexcept {
  return operation(stream, [&](Lane& lane) {
    if (!plan_at(plan).fits(rows, into_rows) || heads < 1 || query_columns % heads != 0 ||
        query_columns / heads < 2 * pairs || columns - latent < 2 * pairs ||
        weight_at(gain).rows != 1 || weight_at(gain).columns != latent) {
      return kMisfit;
    }
    longcat::device::RotaryView rotary{reinterpret_cast<const double*>(frequencies), magnitude,
                                       static_cast<int>(pairs), static_cast<int>(heads)};
    return place(lane.stream, matrix(queries, rows, query_columns, query_stride),
                 matrix(from, rows, columns, from_stride), latent, weight_at(gain), epsilon, scale,
                 rotary, plan_at(plan).view(),
                 rows_at(into, into_rows, columns, into_row_bytes, into_format));
  });
}

int32_t longcat_cuda_rotate(int64_t stream, int64_t x, int64_t rows, int64_t columns,
                            int64_t stride, int64_t groups, int64_t frequencies, int64_t pairs,
                            double magnitude, int64_t plan) noexcept {
  return operation(stream, [&](Lane& lane) {
    if (plan_at(plan).rows() != rows || groups < 1 || columns % groups != 0 ||
        columns / groups < 2 * pairs) {
      return kMisfit;
    }
    longcat::device::RotaryView rotary{reinterpret_cast<const double*>(frequencies), magnitude,
                                       static_cast<int>(pairs), static_cast<int>(groups)};
    return rotate(lane.stream, matrix(x, rows, columns, stride), rotary, plan_at(plan).view());
  });
}

int32_t longcat_cuda_linear(int64_t stream, int64_t weight, int64_t bias, int64_t x,
                            int64_t x_columns, int64_t x_stride, int64_t into,
                            int64_t into_columns, int64_t into_stride, int64_t rows) noexcept {
  return operation(stream, [&](Lane& lane) {
    return linear(lane.stream, weight_at(weight), optional(bias),
                  matrix(x, rows, x_columns, x_stride),
                  matrix(into, rows, into_columns, into_stride));
  });
}

int32_t longcat_cuda_gated_linear(int64_t stream, int64_t gate, int64_t up, int64_t x,
                                  int64_t x_columns, int64_t x_stride, int64_t into,
                                  int64_t into_columns, int64_t into_stride,
                                  int64_t rows) noexcept {
  return operation(stream, [&](Lane& lane) {
    return gated_linear(lane.stream, weight_at(gate), weight_at(up),
                        matrix(x, rows, x_columns, x_stride),
                        matrix(into, rows, into_columns, into_stride));
  });
}

int32_t longcat_cuda_attention(int64_t stream, int64_t kv_b, int64_t heads, int64_t nope,
                               int64_t rope, int64_t latent, int64_t value, float scale,
                               int64_t queries, int64_t query_stride, int64_t cache,
                               int64_t cache_rows, int64_t cache_row_bytes, int32_t cache_format,
                               int64_t into, int64_t into_stride, int64_t rows,
                               int64_t plan) noexcept {
  return operation(stream, [&](Lane& lane) {
    Plan& p = plan_at(plan);
    if (!p.fits(rows, cache_rows)) return kMisfit;
    HeadsView layout{static_cast<int>(heads), static_cast<int>(nope),  static_cast<int>(rope),
                     static_cast<int>(latent), static_cast<int>(value), scale};
    return latent_attention(
        lane.stream, matrix(queries, rows, heads * (nope + rope), query_stride), weight_at(kv_b),
        layout, rows_at(cache, cache_rows, latent + rope, cache_row_bytes, cache_format), p.view(),
        p.bounds(), matrix(into, rows, heads * value, into_stride));
  });
}

int32_t longcat_cuda_route(int64_t stream, int64_t classifier, int64_t bias, int64_t correction,
                           int64_t x, int64_t x_columns, int64_t x_stride, int64_t rows,
                           int64_t top_k, float factor, int32_t normalise, int64_t ids,
                           int64_t weights) noexcept {
  return operation(stream, [&](Lane& lane) {
    RouterRule rule{static_cast<int32_t>(top_k), factor, normalise != 0};
    return route(lane.stream, matrix(x, rows, x_columns, x_stride), weight_at(classifier),
                 optional(bias), optional(correction), rule, picks_at(ids, weights, top_k));
  });
}

int32_t longcat_cuda_add_experts(int64_t stream, int64_t experts, int64_t first_id, int64_t ids,
                                 int64_t weights, int64_t top_k, int64_t x, int64_t x_stride,
                                 int64_t into, int64_t into_stride, int64_t rows,
                                 int64_t columns) noexcept {
  return operation(stream, [&](Lane& lane) {
    return add_experts(lane.stream, picks_at(ids, weights, top_k), experts_at(experts),
                       static_cast<int32_t>(first_id), matrix(x, rows, columns, x_stride),
                       matrix(into, rows, columns, into_stride));
  });
}

int32_t longcat_cuda_mix_experts(int64_t stream, int64_t experts, int64_t first_id,
                                 int64_t first_zero_id, int64_t ids, int64_t weights,
                                 int64_t top_k, int64_t x, int64_t x_stride, int64_t into,
                                 int64_t into_stride, int64_t rows, int64_t columns) noexcept {
  return operation(stream, [&](Lane& lane) {
    return mix_experts(lane.stream, picks_at(ids, weights, top_k), experts_at(experts),
                       static_cast<int32_t>(first_id), static_cast<int32_t>(first_zero_id),
                       matrix(x, rows, columns, x_stride),
                       matrix(into, rows, columns, into_stride));
  });
}

int32_t longcat_cuda_largest(int64_t stream, int64_t from, int64_t rows, int64_t columns,
                             int64_t stride, int64_t memory, int64_t readout) noexcept {
  return operation(stream, [&](Lane& lane) {
    Readout& into = readout_at(readout);
    if (rows > into.capacity() || columns < 1) return kMisfit;
    int32_t status = choose_greedily(lane.stream, matrix(from, rows, columns, stride),
                                     reinterpret_cast<int32_t*>(memory));
    if (status != kOk) return status;
    return into.fill(static_cast<Address>(memory), rows, lane.stream.handle());
  });
}

int32_t longcat_cuda_count_picks(int64_t stream, int64_t ids, int64_t layers, int64_t tokens,
                                 int64_t top_k, int64_t first_zero_id, int64_t memory,
                                 int64_t readout) noexcept {
  return operation(stream, [&](Lane& lane) {
    Readout& into = readout_at(readout);
    if (tokens > into.capacity() / 3) return kMisfit;
    int32_t status =
        count_picks(lane.stream, reinterpret_cast<const int32_t*>(ids), layers, tokens,
                    static_cast<int32_t>(top_k), static_cast<int32_t>(first_zero_id),
                    reinterpret_cast<int32_t*>(memory));
    if (status != kOk) return status;
    return into.fill(static_cast<Address>(memory), 3 * tokens, lane.stream.handle());
  });
}

int32_t longcat_cuda_zero_experts(int64_t stream, int64_t first_zero_id, int64_t ids,
                                  int64_t weights, int64_t top_k, int64_t x, int64_t x_stride,
                                  int64_t into, int64_t into_stride, int64_t rows,
                                  int64_t columns) noexcept {
  return operation(stream, [&](Lane& lane) {
    return add_zero_experts(lane.stream, picks_at(ids, weights, top_k),
                            static_cast<int32_t>(first_zero_id),
                            matrix(x, rows, columns, x_stride),
                            matrix(into, rows, columns, into_stride));
  });
}

int32_t longcat_cuda_measure(int64_t stream, int64_t bytes, int64_t rounds, double* figures,
                             int64_t count) noexcept {
  return operation(stream, [&](Lane& lane) {
    if (count < 2) return kMisfit;
    Floors floors;
    int32_t status = measure_floors(lane.stream, bytes, rounds, &floors);
    figures[0] = floors.read_bytes_per_second;
    figures[1] = floors.bf16_flops_per_second;
    return status;
  });
}

}  // extern "C"
