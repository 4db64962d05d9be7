// Operations that do what several others would, with fewer launches.
#include "boundary_views.h"

using namespace longcat::cuda;

extern "C" {

int32_t longcat_cuda_linear_pair(int64_t stream, int64_t first, int64_t first_bias,
                                 int64_t first_into, int64_t first_stride, int64_t second,
                                 int64_t second_bias, int64_t second_into, int64_t second_stride,
                                 int64_t x, int64_t x_columns, int64_t x_stride,
                                 int64_t rows) noexcept {
  return operation(stream, [&](Lane& lane) {
    const WeightView& one = weight_at(first);
    const WeightView& other = weight_at(second);
    if (one.columns != x_columns || other.columns != x_columns) return kMisfit;
    const WeightView none{};
    const WeightView* bias = optional(first_bias);
    const WeightView* other_bias = optional(second_bias);
    MatrixView into = matrix(first_into, rows, one.rows, first_stride);
    MatrixView other_into = matrix(second_into, rows, other.rows, second_stride);
    return linear_pair(lane.stream, {one, bias != nullptr ? *bias : none, into},
                       {other, other_bias != nullptr ? *other_bias : none, other_into},
                       matrix(x, rows, x_columns, x_stride));
  });
}

int32_t longcat_cuda_norm_linear(int64_t stream, int64_t gain, float epsilon, float scale,
                                 int64_t weight, int64_t x, int64_t x_columns, int64_t x_stride,
                                 int64_t into, int64_t into_columns, int64_t into_stride,
                                 int64_t rows) noexcept {
  return operation(stream, [&](Lane& lane) {
    if (weight_at(gain).rows != 1 || weight_at(gain).columns != x_columns) return kMisfit;
    return norm_linear(lane.stream, weight_at(gain), epsilon, scale, weight_at(weight),
                       matrix(x, rows, x_columns, x_stride),
                       matrix(into, rows, into_columns, into_stride));
  });
}

int32_t longcat_cuda_place_and_attend(int64_t stream, int64_t kv_b, int64_t heads, int64_t nope,
                                      int64_t rope, int64_t latent, int64_t value,
                                      float score_scale, int64_t queries, int64_t query_stride,
                                      int64_t from, int64_t from_stride, int64_t gain,
                                      float epsilon, float scale, int64_t frequencies,
                                      int64_t pairs, double magnitude, int64_t cache,
                                      int64_t cache_rows, int64_t cache_row_bytes,
                                      int32_t cache_format, int64_t into, int64_t into_stride,
                                      int64_t rows, int64_t plan) noexcept {
  return operation(stream, [&](Lane& lane) {
    Plan& p = plan_at(plan);
    if (!p.fits(rows, cache_rows) || heads < 1 || rope < 2 * pairs || weight_at(gain).rows != 1 ||
        weight_at(gain).columns != latent) {
      return kMisfit;
    }
    HeadsView layout{static_cast<int>(heads), static_cast<int>(nope),  static_cast<int>(rope),
                     static_cast<int>(latent), static_cast<int>(value), score_scale};
    longcat::device::RotaryView rotary{reinterpret_cast<const double*>(frequencies), magnitude,
                                       static_cast<int>(pairs), static_cast<int>(heads)};
    Placing placing{matrix(from, rows, latent + rope, from_stride),
                    {latent, weight_at(gain), epsilon, scale},
                    rotary};
    return place_and_attend(
        lane.stream, placing, matrix(queries, rows, heads * (nope + rope), query_stride),
        weight_at(kv_b), layout,
        rows_at(cache, cache_rows, latent + rope, cache_row_bytes, cache_format), p.view(),
        p.bounds(), matrix(into, rows, heads * value, into_stride));
  });
}

int32_t longcat_cuda_route_and_mix(int64_t stream, int64_t classifier, int64_t bias,
                                   int64_t correction, int64_t top_k, float factor,
                                   int32_t normalise, int64_t ids, int64_t weights,
                                   int64_t experts, int64_t first_id, int64_t first_zero_id,
                                   int64_t x, int64_t x_stride, int64_t into, int64_t into_stride,
                                   int64_t rows, int64_t columns) noexcept {
  return operation(stream, [&](Lane& lane) {
    RouterRule rule{static_cast<int32_t>(top_k), factor, normalise != 0};
    return route_and_mix(
        lane.stream, {weight_at(classifier), optional(bias), optional(correction), rule},
        picks_at(ids, weights, top_k), experts_at(experts), static_cast<int32_t>(first_id),
        static_cast<int32_t>(first_zero_id), matrix(x, rows, columns, x_stride),
        matrix(into, rows, columns, into_stride));
  });
}

}  // extern "C"
