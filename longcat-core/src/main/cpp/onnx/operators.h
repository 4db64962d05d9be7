// The operators of our own, as ONNX Runtime wants them. They live as long as the library.
#pragma once

#include "onnx/onnx_abi.h"

namespace longcat {

const OrtOperator* snake_operator();
const OrtOperator* side_by_side_operator();
const OrtOperator* interleave_operator();

}  // namespace longcat
