#include "onnx/snake_operator.h"

#include <algorithm>
#include <new>

#include "onnx/snake.h"

namespace longcat {

namespace {

constexpr size_t kInputs = 3;
constexpr size_t kMaxRank = 8;

// Numbers that a thread takes at once: some microseconds.
constexpr int64_t kBlock = 16384;

struct Kernel {
  const OrtApi* api;
  const SnakeKernels* kernels;
};

// [outer, channels, inner]
struct Sizes {
  int64_t dims[kMaxRank];
  size_t rank;
  int64_t outer;
  int64_t channels;
  int64_t inner;
};

struct Work {
  const SnakeKernels* kernels;
  const float* x;
  const float* alpha;
  const float* inverse;
  float* y;
  int64_t channels;
  // Lines have one alpha for all numbers, or one for each where a line is all channels of a step.
  bool by_step;
  int64_t lines;
  int64_t length;
  // Either several lines are a block, or a line is several.
  int64_t lines_per_block;
  int64_t blocks_per_line;

  size_t blocks() const {
    return static_cast<size_t>((lines + lines_per_block - 1) / lines_per_block * blocks_per_line);
  }

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

Work work_of(const Sizes& sizes, const SnakeKernels* kernels) {
  Work work{};
  work.kernels = kernels;
  work.channels = sizes.channels;
  work.by_step = sizes.inner == 1;
  work.lines = work.by_step ? sizes.outer : sizes.outer * sizes.channels;
  work.length = work.by_step ? sizes.channels : sizes.inner;
  work.lines_per_block = std::max<int64_t>(1, kBlock / std::max<int64_t>(1, work.length));
  work.blocks_per_line = std::max<int64_t>(1, work.length / kBlock);
  return work;
}

OrtStatus* shape_of(const OrtApi& api, const OrtValue* x, Sizes& sizes) {
  OrtShape* shape = nullptr;
  if (OrtStatus* wrong = api.shape(x, &shape)) return wrong;
  OrtStatus* wrong = api.rank(shape, &sizes.rank);
  if (wrong == nullptr && (sizes.rank < 2 || sizes.rank > kMaxRank)) {
    wrong = api.status(kOrtInvalidArgument, "Snake: x has less than 2 axes or more than 8");
  }
  if (wrong == nullptr) wrong = api.sizes(shape, sizes.dims, sizes.rank);
  api.release(shape);
  if (wrong != nullptr) return wrong;
  sizes.outer = sizes.dims[0];
  sizes.channels = sizes.dims[1];
  sizes.inner = 1;
  for (size_t axis = 2; axis < sizes.rank; axis++) sizes.inner *= sizes.dims[axis];
  return nullptr;
}

OrtStatus* count_of(const OrtApi& api, const OrtValue* value, size_t& count) {
  OrtShape* shape = nullptr;
  if (OrtStatus* wrong = api.shape(value, &shape)) return wrong;
  OrtStatus* wrong = api.elements(shape, &count);
  api.release(shape);
  return wrong;
}

OrtStatus* floats_of(const OrtApi& api, const OrtValue* value, const float*& floats) {
  // The interface has one function for reading and writing.
  void* data = nullptr;
  OrtStatus* wrong = api.data(const_cast<OrtValue*>(value), &data);
  floats = static_cast<const float*>(data);
  return wrong;
}

OrtStatus* factors(const OrtApi& api, const OrtKernelContext* context, size_t input,
                   int64_t channels, const float*& floats) {
  const OrtValue* value = nullptr;
  if (OrtStatus* wrong = api.input(context, input, &value)) return wrong;
  size_t count = 0;
  if (OrtStatus* wrong = count_of(api, value, count)) return wrong;
  if (count != static_cast<size_t>(channels)) {
    return api.status(kOrtInvalidArgument,
                      "Snake: alpha and inverse need one number for each channel of x");
  }
  return floats_of(api, value, floats);
}

OrtStatus* compute(void* op_kernel, OrtKernelContext* context) {
  const Kernel& kernel = *static_cast<const Kernel*>(op_kernel);
  const OrtApi& api = *kernel.api;
  const OrtValue* x = nullptr;
  if (OrtStatus* wrong = api.input(context, 0, &x)) return wrong;
  Sizes sizes{};
  if (OrtStatus* wrong = shape_of(api, x, sizes)) return wrong;
  Work work = work_of(sizes, kernel.kernels);
  if (OrtStatus* wrong = factors(api, context, 1, sizes.channels, work.alpha)) return wrong;
  if (OrtStatus* wrong = factors(api, context, 2, sizes.channels, work.inverse)) return wrong;
  OrtValue* y = nullptr;
  if (OrtStatus* wrong = api.output(context, 0, sizes.dims, sizes.rank, &y)) return wrong;
  void* into = nullptr;
  if (OrtStatus* wrong = api.data(y, &into)) return wrong;
  work.y = static_cast<float*>(into);
  if (OrtStatus* wrong = floats_of(api, x, work.x)) return wrong;
  auto block = [](void* with, size_t index) {
    static_cast<const Work*>(with)->block(static_cast<int64_t>(index));
  };
  if (work.blocks() > 1) return api.parallel(context, block, work.blocks(), 0, &work);
  if (work.blocks() == 1) work.block(0);
  return nullptr;
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
  OrtOperator op{};
  op.version = kOrtVersion;
  op.name = [](const OrtOperator*) { return "Snake"; };
  op.provider = [](const OrtOperator*) -> const char* { return nullptr; };
  op.input_type = [](const OrtOperator*, size_t) { return kOrtFloat; };
  op.input_count = [](const OrtOperator*) { return kInputs; };
  op.output_type = [](const OrtOperator*, size_t) { return kOrtFloat; };
  op.output_count = [](const OrtOperator*) { return size_t{1}; };
  op.destroy = [](void* op_kernel) { delete static_cast<Kernel*>(op_kernel); };
  op.input_kind = [](const OrtOperator*, size_t) { return kOrtRequired; };
  op.output_kind = [](const OrtOperator*, size_t) { return kOrtRequired; };
  op.input_memory = [](const OrtOperator*, size_t) { return kOrtDefaultMemory; };
  op.create_checked = create;
  op.compute_checked = compute;
  return op;
}

}  // namespace

const OrtOperator* snake_operator() {
  static const OrtOperator op = describe();
  return &op;
}

}  // namespace longcat
