// Interleave: x [n, channels * ratio, time] and bias of so many numbers as channels, to
// [n, channels, time * ratio]: the ratio lines of a channel take turns, and the bias is added.
#include <new>

#include "onnx/operators.h"
#include "onnx/tensors.h"

namespace longcat {

namespace {

struct Kernel {
  const OrtApi* api;
};

struct Task {
  const float* x;
  const float* bias;
  float* y;
  int64_t channels;
  int64_t ratio;
  int64_t time;
  int64_t steps_per_block;
  int64_t blocks_per_channel;

  void block(int64_t index) const {
    int64_t channel = index / blocks_per_channel;
    int64_t first = index % blocks_per_channel * steps_per_block;
    int64_t last = std::min(time, first + steps_per_block);
    const float* lines = x + channel * ratio * time;
    float* into = y + (channel * time + first) * ratio;
    float added = bias[channel % channels];
    for (int64_t step = first; step < last; step++) {
      for (int64_t turn = 0; turn < ratio; turn++) *into++ = lines[turn * time + step] + added;
    }
  }
};

OrtStatus* compute(void* op_kernel, OrtKernelContext* context) {
  Run run(*static_cast<const Kernel*>(op_kernel)->api, context);
  Floats x;
  Floats bias;
  if (OrtStatus* wrong = run.input(0, x)) return wrong;
  if (OrtStatus* wrong = run.input(1, bias)) return wrong;
  int64_t channels = bias.elements();
  if (x.rank != 3 || channels < 1 || x.dims[1] % channels != 0) {
    return run.refuse("Interleave: x needs 3 axes, the second a multiple of the biases");
  }
  int64_t ratio = x.dims[1] / channels;
  Task task{x.data, bias.data, nullptr, channels, ratio, x.dims[2], 0, 0};
  task.steps_per_block = std::max<int64_t>(1, kBlockElements / std::max<int64_t>(1, ratio));
  task.blocks_per_channel = blocks_of(task.time, task.steps_per_block);
  int64_t dims[] = {x.dims[0], channels, ratio * task.time};
  if (OrtStatus* wrong = run.output(dims, 3, task.y)) return wrong;
  return run.each_block(task, x.dims[0] * channels * task.blocks_per_channel);
}

OrtStatus* create(const OrtOperator*, const OrtApi* api, const OrtKernelInfo*, void** op_kernel) {
  *op_kernel = new (std::nothrow) Kernel{api};
  return *op_kernel == nullptr ? api->status(kOrtFail, "Interleave: out of memory") : nullptr;
}

OrtOperator describe() {
  OrtOperator op = float_operator<2>();
  op.name = [](const OrtOperator*) { return "Interleave"; };
  op.create_checked = create;
  op.compute_checked = compute;
  op.destroy = [](void* op_kernel) { delete static_cast<Kernel*>(op_kernel); };
  return op;
}

}  // namespace

const OrtOperator* interleave_operator() {
  static const OrtOperator op = describe();
  return &op;
}

}  // namespace longcat
