// What operations return; as in longcat_cuda.h.
#pragma once

#include <cstdint>

namespace longcat::cuda {

constexpr int32_t kOk = 0;
constexpr int32_t kNoMemory = -1;  // the context's message tells how much is missing
constexpr int32_t kMisfit = -2;    // arguments do not fit each other
constexpr int32_t kFailed = -3;    // the driver failed: the context's message tells where

}  // namespace longcat::cuda
