// Scores of experts, the choice among them, and what needs no expert.
#include <algorithm>

#include "context.h"
#include "longcat_cpu.h"
#include "weight.h"

namespace longcat {

namespace {

// The best top_k in one pass over the experts, best first, the lower id first among equals.
class Picks {
 public:
  Picks(int32_t* ids, float* keys, int64_t top_k) : ids_(ids), keys_(keys), top_k_(top_k) {}

  void offer(int32_t id, float key) {
    if (count_ == top_k_) {
      if (!(key > keys_[top_k_ - 1])) return;
      count_--;
    }
    int64_t place = count_++;
    for (; place > 0 && key > keys_[place - 1]; place--) {
      ids_[place] = ids_[place - 1];
      keys_[place] = keys_[place - 1];
    }
    ids_[place] = id;
    keys_[place] = key;
  }

 private:
  int32_t* ids_;
  float* keys_;
  int64_t top_k_;
  int64_t count_ = 0;
};

struct Choice {
  const float* correction;  // or null
  int64_t experts;
  int64_t top_k;
  float factor;
  bool normalise;
};

void pick(const float* scores, const Choice& choice, int32_t* ids, float* weights) {
  Picks picks(ids, weights, choice.top_k);
  for (int64_t expert = 0; expert < choice.experts; expert++) {
    float correction = choice.correction != nullptr ? choice.correction[expert] : 0;
    picks.offer(static_cast<int32_t>(expert), scores[expert] + correction);
  }
  double sum = 0;
  for (int64_t i = 0; i < choice.top_k; i++) {
    weights[i] = scores[ids[i]];
    sum += weights[i];
  }
  double factor = choice.normalise ? choice.factor / sum : choice.factor;
  for (int64_t i = 0; i < choice.top_k; i++) {
    weights[i] = static_cast<float>(weights[i] * factor);
  }
}

}  // namespace

}  // namespace longcat

using longcat::Context;
using longcat::floats_at;
using longcat::Scratch;
using longcat::Weight;

extern "C" int32_t longcat_route(int64_t context, int64_t classifier, int64_t bias,
                                 int64_t correction, int64_t x, int64_t x_columns,
                                 int64_t x_stride, int64_t rows, int64_t top_k, float factor,
                                 int32_t normalise, int64_t ids, int64_t weights,
                                 int64_t capacity) noexcept {
  Context& c = longcat::context_at(context);
  int64_t experts = longcat::weight_at(classifier).rows;
  if (rows > capacity || top_k < 1 || top_k > experts) return LONGCAT_MISFIT;
  // longcat_linear works in the shared memory.
  int64_t scores_bytes = Scratch::bytes<float>(rows * experts);
  if (!c.kept.reserve(scores_bytes + Scratch::bytes<float>(experts))) {
    return LONGCAT_OUT_OF_MEMORY;
  }
  float* corrections = nullptr;
  if (correction != 0) {
    const Weight& weight = longcat::weight_at(correction);
    if (weight.rows != 1 || weight.columns != experts) return LONGCAT_MISFIT;
    corrections = c.kept.take<float>(experts);
    longcat::decode_row(*c.kernels, weight, 0, corrections);
  }
  float* scores = c.kept.take<float>(rows * experts);
  int32_t status = longcat_linear(context, classifier, bias, x, x_columns, x_stride,
                                  reinterpret_cast<int64_t>(scores), experts, experts, rows);
  if (status != LONGCAT_OK) return status;
  longcat::Choice choice{corrections, experts, top_k, factor, normalise != 0};
  c.share(rows, [&](int64_t row, int) {
    c.kernels->softmax(scores + row * experts, experts);
    longcat::pick(scores + row * experts, choice,
                  reinterpret_cast<int32_t*>(ids) + row * top_k,
                  floats_at(weights) + row * top_k);
  });
  return LONGCAT_OK;
}

extern "C" int32_t longcat_zero_experts(int64_t context, int64_t first_zero_id, int64_t ids,
                                        int64_t weights, int64_t top_k, int64_t x,
                                        int64_t x_stride, int64_t into, int64_t into_stride,
                                        int64_t rows, int64_t columns) noexcept {
  Context& c = longcat::context_at(context);
  c.share(rows, [&](int64_t row, int) {
    double sum = 0;
    for (int64_t i = row * top_k; i < (row + 1) * top_k; i++) {
      if (longcat::ints_at(ids)[i] >= first_zero_id) sum += floats_at(weights)[i];
    }
    if (sum == 0) return;
    float weight = static_cast<float>(sum);
    const float* source = floats_at(x) + row * x_stride;
    float* target = floats_at(into) + row * into_stride;
    for (int64_t i = 0; i < columns; i++) target[i] += weight * source[i];
  });
  return LONGCAT_OK;
}
