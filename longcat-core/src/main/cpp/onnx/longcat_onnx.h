// Operators of our own for ONNX Runtime, in a library that it opens by its path.
#pragma once

#include <cstdint>

#include "onnx/onnx_abi.h"

#if defined(_WIN32)
#define LONGCAT_EXPORTED __declspec(dllexport)
#else
#define LONGCAT_EXPORTED __attribute__((visibility("default")))
#endif

extern "C" {

// Whether this processor has the kernels: 0 generic, 1 AVX2, 2 AVX-512, 3 NEON.
int32_t longcat_onnx_supports(int32_t instruction_set) noexcept;

// Tells this process's ONNX Runtime, before it is loaded, not to report; see Telemetry.java. 1, or 0
// where that failed.
int32_t longcat_onnx_disable_telemetry() noexcept;

// Found by ONNX Runtime under this name: adds the operators of operators.h, in the domain
// io.longcat4j. 0, or a status that says what was wrong.
LONGCAT_EXPORTED longcat::OrtStatus* RegisterCustomOps(longcat::OrtSessionOptions* options,
                                                       const longcat::OrtApiBase* base) noexcept;
}
