// F32 tensors of a run, and what all operators have in common.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "onnx/onnx_abi.h"

namespace longcat {

constexpr size_t kMaxRank = 8;

struct Floats {
  const float* data = nullptr;
  int64_t dims[kMaxRank] = {};
  size_t rank = 0;

  // All of the sizes from an axis on.
  int64_t elements(size_t from = 0) const {
    int64_t product = 1;
    for (size_t axis = from; axis < rank; axis++) product *= dims[axis];
    return product;
  }
};

// A run of one operator. Every function gives 0, or a status that says what was wrong.
class Run {
 public:
  Run(const OrtApi& api, OrtKernelContext* context) : api_(api), context_(context) {}

  OrtStatus* refuse(const char* reason) const { return api_.status(kOrtInvalidArgument, reason); }

  OrtStatus* input(size_t index, Floats& floats) const;
  OrtStatus* output(const int64_t* dims, size_t rank, float*& data) const;

  // Calls task.block(i) for each i below count, on the session's threads.
  template <class Task>
  OrtStatus* each_block(const Task& task, int64_t count) const {
    if (count == 1) task.block(0);
    if (count <= 1) return nullptr;
    auto block = [](void* with, size_t index) {
      static_cast<const Task*>(with)->block(static_cast<int64_t>(index));
    };
    return api_.parallel(context_, block, static_cast<size_t>(count), 0,
                         const_cast<Task*>(&task));
  }

 private:
  const OrtApi& api_;
  OrtKernelContext* context_;
};

// Numbers that a thread takes at once: some microseconds.
constexpr int64_t kBlockElements = 16384;

inline int64_t blocks_of(int64_t count, int64_t block) { return (count + block - 1) / block; }

// An operator of F32 inputs and one F32 output without a kernel yet.
template <size_t kInputs>
OrtOperator float_operator() {
  OrtOperator op{};
  op.version = kOrtVersion;
  op.provider = [](const OrtOperator*) -> const char* { return nullptr; };
  op.input_type = [](const OrtOperator*, size_t) { return kOrtFloat; };
  op.input_count = [](const OrtOperator*) { return kInputs; };
  op.output_type = [](const OrtOperator*, size_t) { return kOrtFloat; };
  op.output_count = [](const OrtOperator*) { return size_t{1}; };
  op.input_kind = [](const OrtOperator*, size_t) { return kOrtRequired; };
  op.output_kind = [](const OrtOperator*, size_t) { return kOrtRequired; };
  op.input_memory = [](const OrtOperator*, size_t) { return kOrtDefaultMemory; };
  return op;
}

}  // namespace longcat
