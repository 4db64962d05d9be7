// The operator io.longcat4j.Snake, as ONNX Runtime wants it.
#pragma once

#include "onnx/onnx_abi.h"

namespace longcat {

// Lives as long as the library.
const OrtOperator* snake_operator();

}  // namespace longcat
