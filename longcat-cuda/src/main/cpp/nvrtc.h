// NVRTC, the compiler that comes with CUDA's toolkit, for Java: plain C as in longcat_cuda.h. A compiler
// is used by one thread at a time. Everything that fails returns 0 or a negative status and is told by
// longcat_nvrtc_message. It needs no GPU.
#pragma once

#include <cstdint>

extern "C" {

// A compiler whose library is still to be opened; 0 where there is no memory for it.
int64_t longcat_nvrtc_create() noexcept;
// Opens a library by its file or by its name, UTF-8. What it looks for itself, its builtins, is opened
// before it where a file is given for it. May be called again until it goes well.
int32_t longcat_nvrtc_open(int64_t compiler, const int8_t* library, int64_t length,
                           const int8_t* builtins, int64_t builtins_length) noexcept;
// 12090 for 12.9.
int32_t longcat_nvrtc_version(int64_t compiler) noexcept;
// Whether it knows devices of a compute capability, 90 for 9.0.
int32_t longcat_nvrtc_knows(int64_t compiler, int32_t capability) noexcept;
// Compiles a program: machine code for an arch such as sm_90a, PTX for one such as compute_80. Options
// are separated by zeros. Bytes of the result.
int64_t longcat_nvrtc_compile(int64_t compiler, const int8_t* source, int64_t length,
                              const int8_t* options, int64_t options_length,
                              int32_t machine_code) noexcept;
// Copies the result of what was compiled last; the capacity has to be its bytes.
int32_t longcat_nvrtc_image(int64_t compiler, void* into, int64_t capacity) noexcept;
// UTF-8; returns its length, at most capacity.
int32_t longcat_nvrtc_message(int64_t compiler, int8_t* text, int64_t capacity) noexcept;
void longcat_nvrtc_close(int64_t compiler) noexcept;
}
