// Snake: x [n, channels, ...], alpha and inverse of so many numbers as channels, to
// x + inverse * sin(alpha * x)^2. Attribute instruction_set: which kernels.
#include <new>

#include "onnx/operators.h"
#include "onnx/snake.h"
#include "onnx/tensors.h"

namespace longcat {

namespace {

struct Kernel {
  const OrtApi* api;
  const SnakeKernels* kernels;
};

struct Task {
  const SnakeKernels* kernels;
  const float* x;
  const float* alpha;
  const float* inverse;
  float* y;
  int64_t channels;
  // A line is all channels of a step, or all steps of a channel.
  bool by_step;
  int64_t lines;
  int64_t length;
  // Several lines are a block, or a line is several.
  int64_t lines_per_block;
  int64_t blocks_per_line;

  int64_t blocks() const { return blocks_of(lines, lines_per_block) * blocks_per_line; }

  void block(int64_t index) const {
    int64_t first = index / blocks_per_line * lines_per_block;
    int64_t last = std::min(lines, first + lines_per_block);
    int64_t part = index % blocks_per_line;
    int64_t from = length * part / blocks_per_line;
    int64_t to = length * (part + 1) / blocks_per_line;
    for (int64_t line = first; line < last; line++) stretch(line, from, to - from);
  }

  void stretch(int64_t line, int64_t from, int64_t count) const {
    int64_t at = line * length + from;
    if (by_step) {
      kernels->each(x + at, alpha + from, inverse + from, y + at, count);
    } else {
      int64_t channel = line % channels;
      kernels->all(x + at, alpha[channel], inverse[channel], y + at, count);
    }
  }
};

Task task_of(const SnakeKernels* kernels, const Floats& x) {
  Task task{};
  task.kernels = kernels;
  task.x = x.data;
  task.channels = x.dims[1];
  int64_t steps = x.elements(2);
  task.by_step = steps == 1;
  task.lines = task.by_step ? x.dims[0] : x.dims[0] * task.channels;
  task.length = task.by_step ? task.channels : steps;
  task.lines_per_block = std::max<int64_t>(1, kBlockElements / std::max<int64_t>(1, task.length));
  task.blocks_per_line = std::max<int64_t>(1, task.length / kBlockElements);
  return task;
}

OrtStatus* compute(void* op_kernel, OrtKernelContext* context) {
  const Kernel& kernel = *static_cast<const Kernel*>(op_kernel);
  Run run(*kernel.api, context);
  Floats x;
  Floats alpha;
  Floats inverse;
  if (OrtStatus* wrong = run.input(0, x)) return wrong;
  if (OrtStatus* wrong = run.input(1, alpha)) return wrong;
  if (OrtStatus* wrong = run.input(2, inverse)) return wrong;
  if (x.rank < 2) return run.refuse("Snake: x has less than 2 axes");
  Task task = task_of(kernel.kernels, x);
  if (alpha.elements() != task.channels || inverse.elements() != task.channels) {
    return run.refuse("Snake: alpha and inverse need one number for each channel of x");
  }
  task.alpha = alpha.data;
  task.inverse = inverse.data;
  if (OrtStatus* wrong = run.output(x.dims, x.rank, task.y)) return wrong;
  return run.each_block(task, task.blocks());
}

OrtStatus* create(const OrtOperator*, const OrtApi* api, const OrtKernelInfo* info,
                  void** op_kernel) {
  int64_t instruction_set = 0;
  if (OrtStatus* wrong = api->attribute(info, "instruction_set", &instruction_set)) return wrong;
  const SnakeKernels* kernels = select_snake(instruction_set);
  if (kernels == nullptr) {
    return api->status(kOrtInvalidArgument, "Snake: this processor lacks the instruction_set");
  }
  *op_kernel = new (std::nothrow) Kernel{api, kernels};
  return *op_kernel == nullptr ? api->status(kOrtFail, "Snake: out of memory") : nullptr;
}

OrtOperator describe() {
  OrtOperator op = float_operator<3>();
  op.name = [](const OrtOperator*) { return "Snake"; };
  op.create_checked = create;
  op.compute_checked = compute;
  op.destroy = [](void* op_kernel) { delete static_cast<Kernel*>(op_kernel); };
  return op;
}

}  // namespace

const OrtOperator* snake_operator() {
  static const OrtOperator op = describe();
  return &op;
}

}  // namespace longcat
