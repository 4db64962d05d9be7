// SideBySide: x [time, channels] to [time - (taps - 1) * dilation, taps * channels], each row with
// the rows that a convolution joins. Attributes taps and dilation, at least 1.
#include <cstring>
#include <new>

#include "onnx/operators.h"
#include "onnx/tensors.h"

namespace longcat {

namespace {

struct Kernel {
  const OrtApi* api;
  int64_t taps;
  int64_t dilation;
};

struct Task {
  const float* x;
  float* y;
  int64_t rows;
  int64_t channels;
  int64_t taps;
  int64_t dilation;

  int64_t rows_per_block() const {
    return std::max<int64_t>(1, kBlockElements / std::max<int64_t>(1, taps * channels));
  }

  void block(int64_t index) const {
    int64_t first = index * rows_per_block();
    int64_t last = std::min(rows, first + rows_per_block());
    for (int64_t row = first; row < last; row++) {
      for (int64_t tap = 0; tap < taps; tap++) {
        std::memcpy(y + (row * taps + tap) * channels, x + (row + tap * dilation) * channels,
                    static_cast<size_t>(channels) * sizeof(float));
      }
    }
  }
};

OrtStatus* compute(void* op_kernel, OrtKernelContext* context) {
  const Kernel& kernel = *static_cast<const Kernel*>(op_kernel);
  Run run(*kernel.api, context);
  Floats x;
  if (OrtStatus* wrong = run.input(0, x)) return wrong;
  if (x.rank != 2) return run.refuse("SideBySide: x needs 2 axes");
  // The taps reach over less than all rows, so that no product below overflows.
  if (kernel.taps - 1 > x.dims[0] / kernel.dilation) {
    return run.refuse("SideBySide: x has less rows than the taps reach over");
  }
  int64_t rows = std::max<int64_t>(0, x.dims[0] - (kernel.taps - 1) * kernel.dilation);
  Task task{x.data, nullptr, rows, x.dims[1], kernel.taps, kernel.dilation};
  int64_t dims[] = {rows, kernel.taps * x.dims[1]};
  if (OrtStatus* wrong = run.output(dims, 2, task.y)) return wrong;
  return run.each_block(task, task.channels == 0 ? 0 : blocks_of(rows, task.rows_per_block()));
}

OrtStatus* create(const OrtOperator*, const OrtApi* api, const OrtKernelInfo* info,
                  void** op_kernel) {
  Kernel kernel{api, 0, 0};
  if (OrtStatus* wrong = api->attribute(info, "taps", &kernel.taps)) return wrong;
  if (OrtStatus* wrong = api->attribute(info, "dilation", &kernel.dilation)) return wrong;
  if (kernel.taps < 1 || kernel.dilation < 1) {
    return api->status(kOrtInvalidArgument, "SideBySide: taps and dilation must be at least 1");
  }
  *op_kernel = new (std::nothrow) Kernel(kernel);
  return *op_kernel == nullptr ? api->status(kOrtFail, "SideBySide: out of memory") : nullptr;
}

OrtOperator describe() {
  OrtOperator op = float_operator<1>();
  op.name = [](const OrtOperator*) { return "SideBySide"; };
  op.create_checked = create;
  op.compute_checked = compute;
  op.destroy = [](void* op_kernel) { delete static_cast<Kernel*>(op_kernel); };
  return op;
}

}  // namespace

const OrtOperator* side_by_side_operator() {
  static const OrtOperator op = describe();
  return &op;
}

}  // namespace longcat
