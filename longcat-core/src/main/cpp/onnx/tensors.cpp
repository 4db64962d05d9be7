#include "onnx/tensors.h"

namespace longcat {

OrtStatus* Run::input(size_t index, Floats& floats) const {
  const OrtValue* value = nullptr;
  if (OrtStatus* wrong = api_.input(context_, index, &value)) return wrong;
  OrtShape* shape = nullptr;
  if (OrtStatus* wrong = api_.shape(value, &shape)) return wrong;
  OrtStatus* wrong = api_.rank(shape, &floats.rank);
  if (wrong == nullptr && floats.rank > kMaxRank) wrong = refuse("an input has more than 8 axes");
  if (wrong == nullptr) wrong = api_.sizes(shape, floats.dims, floats.rank);
  api_.release(shape);
  if (wrong != nullptr) return wrong;
  // The interface has one function for reading and writing.
  void* data = nullptr;
  wrong = api_.data(const_cast<OrtValue*>(value), &data);
  floats.data = static_cast<const float*>(data);
  return wrong;
}

OrtStatus* Run::output(const int64_t* dims, size_t rank, float*& data) const {
  OrtValue* value = nullptr;
  if (OrtStatus* wrong = api_.output(context_, 0, dims, rank, &value)) return wrong;
  void* into = nullptr;
  OrtStatus* wrong = api_.data(value, &into);
  data = static_cast<float*>(into);
  return wrong;
}

}  // namespace longcat
