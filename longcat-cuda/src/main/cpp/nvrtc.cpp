// NVRTC, opened at run time: so nobody without it misses it.
#include "nvrtc.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "longcat_cuda.h"

namespace {

constexpr int32_t kSuccess = 0;

using Program = void*;

struct Functions {
  int32_t (*version)(int32_t*, int32_t*);
  int32_t (*archs)(int32_t*);
  int32_t (*list)(int32_t*);
  int32_t (*create)(Program*, const char*, const char*, int32_t, const char* const*,
                    const char* const*);
  int32_t (*destroy)(Program*);
  int32_t (*compile)(Program, int32_t, const char* const*);
  int32_t (*log_size)(Program, size_t*);
  int32_t (*log)(Program, char*);
  int32_t (*cubin_size)(Program, size_t*);
  int32_t (*cubin)(Program, char*);
  int32_t (*ptx_size)(Program, size_t*);
  int32_t (*ptx)(Program, char*);
  const char* (*error)(int32_t);
};

template <class F>
bool find(void* library, const char* name, F*& function) {
  function = reinterpret_cast<F*>(dlsym(library, name));
  return function != nullptr;
}

// The name of the first function that the library lacks, or null.
const char* find_all(void* library, Functions& f) {
  if (!find(library, "nvrtcVersion", f.version)) return "nvrtcVersion";
  if (!find(library, "nvrtcGetNumSupportedArchs", f.archs)) return "nvrtcGetNumSupportedArchs";
  if (!find(library, "nvrtcGetSupportedArchs", f.list)) return "nvrtcGetSupportedArchs";
  if (!find(library, "nvrtcCreateProgram", f.create)) return "nvrtcCreateProgram";
  if (!find(library, "nvrtcDestroyProgram", f.destroy)) return "nvrtcDestroyProgram";
  if (!find(library, "nvrtcCompileProgram", f.compile)) return "nvrtcCompileProgram";
  if (!find(library, "nvrtcGetProgramLogSize", f.log_size)) return "nvrtcGetProgramLogSize";
  if (!find(library, "nvrtcGetProgramLog", f.log)) return "nvrtcGetProgramLog";
  if (!find(library, "nvrtcGetCUBINSize", f.cubin_size)) return "nvrtcGetCUBINSize";
  if (!find(library, "nvrtcGetCUBIN", f.cubin)) return "nvrtcGetCUBIN";
  if (!find(library, "nvrtcGetPTXSize", f.ptx_size)) return "nvrtcGetPTXSize";
  if (!find(library, "nvrtcGetPTX", f.ptx)) return "nvrtcGetPTX";
  if (!find(library, "nvrtcGetErrorString", f.error)) return "nvrtcGetErrorString";
  return nullptr;
}

// Libraries stay open: they hold threads and handlers of their own.
class Compiler {
 public:
  int32_t open(const std::string& library, const std::string& builtins) {
    if (!builtins.empty() && dlopen(builtins.c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr) {
      return failed(dlerror());
    }
    void* opened = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (opened == nullptr) return failed(dlerror());
    Functions found{};
    const char* missing = find_all(opened, found);
    if (missing != nullptr) return failed(library + " has no " + missing);
    f_ = found;
    open_ = true;
    return LONGCAT_CUDA_OK;
  }

  int32_t version() {
    int32_t parts[2] = {};
    if (!open_) return failed("no library is open");
    int32_t result = f_.version(&parts[0], &parts[1]);
    return result == kSuccess ? 1000 * parts[0] + 10 * parts[1] : failed(f_.error(result));
  }

  bool knows(int32_t capability) {
    int32_t count = 0;
    if (!open_ || f_.archs(&count) != kSuccess || count <= 0) return false;
    std::vector<int32_t> archs(static_cast<size_t>(count));
    if (f_.list(archs.data()) != kSuccess) return false;
    return std::find(archs.begin(), archs.end(), capability) != archs.end();
  }

  int64_t compile(const std::string& source, const std::vector<const char*>& options,
                  bool machine_code) {
    image_.clear();
    if (!open_) return failed("no library is open");
    Program program = nullptr;
    int32_t result = f_.create(&program, source.c_str(), "kernels.cu", 0, nullptr, nullptr);
    if (result != kSuccess) return failed(f_.error(result));
    int64_t bytes = compile(program, options, machine_code);
    f_.destroy(&program);
    return bytes;
  }

  const std::string& image() const { return image_; }
  const std::string& message() const { return message_; }

  int32_t failed(const std::string& message) {
    message_ = message;
    return LONGCAT_CUDA_FAILED;
  }

 private:
  int64_t compile(Program program, const std::vector<const char*>& options, bool machine_code) {
    int32_t result = f_.compile(program, static_cast<int32_t>(options.size()), options.data());
    if (result != kSuccess) return failed(f_.error(result) + std::string(": ") + log(program));
    size_t bytes = 0;
    result = machine_code ? f_.cubin_size(program, &bytes) : f_.ptx_size(program, &bytes);
    if (result == kSuccess) {
      image_.resize(bytes);
      result = machine_code ? f_.cubin(program, &image_[0]) : f_.ptx(program, &image_[0]);
    }
    if (result == kSuccess && bytes > 0) return static_cast<int64_t>(bytes);
    image_.clear();
    return failed(result == kSuccess ? "it made nothing" : f_.error(result));
  }

  std::string log(Program program) {
    size_t bytes = 0;
    if (f_.log_size(program, &bytes) != kSuccess || bytes == 0) return "no log";
    std::string text(bytes, '\0');
    return f_.log(program, &text[0]) == kSuccess ? text.c_str() : "no log";
  }

  Functions f_{};
  bool open_ = false;
  std::string image_;
  std::string message_;
};

Compiler* compiler_of(int64_t handle) { return reinterpret_cast<Compiler*>(handle); }

std::string text_of(const int8_t* text, int64_t length) {
  return length <= 0 ? std::string() : std::string(reinterpret_cast<const char*>(text), length);
}

// Where each of several texts begins that end with zeros.
std::vector<const char*> parts_of(const std::string& texts) {
  std::vector<const char*> parts;
  for (size_t at = 0; at < texts.size(); at += std::strlen(&texts[at]) + 1) {
    parts.push_back(&texts[at]);
  }
  return parts;
}

// Memory is all that the standard library throws for here.
template <class Call>
int64_t caught(Call call) noexcept {
  try {
    return call();
  } catch (const std::exception&) {
    return LONGCAT_CUDA_OUT_OF_MEMORY;
  }
}

}  // namespace

extern "C" int64_t longcat_nvrtc_create() noexcept {
  return reinterpret_cast<int64_t>(new (std::nothrow) Compiler());
}

extern "C" int32_t longcat_nvrtc_open(int64_t compiler, const int8_t* library, int64_t length,
                                      const int8_t* builtins, int64_t builtins_length) noexcept {
  Compiler* it = compiler_of(compiler);
  return static_cast<int32_t>(caught([=] {
    return static_cast<int64_t>(
        it->open(text_of(library, length), text_of(builtins, builtins_length)));
  }));
}

extern "C" int32_t longcat_nvrtc_version(int64_t compiler) noexcept {
  Compiler* it = compiler_of(compiler);
  return static_cast<int32_t>(caught([=] { return static_cast<int64_t>(it->version()); }));
}

extern "C" int32_t longcat_nvrtc_knows(int64_t compiler, int32_t capability) noexcept {
  Compiler* it = compiler_of(compiler);
  return static_cast<int32_t>(caught([=] { return int64_t{it->knows(capability)}; }));
}

extern "C" int64_t longcat_nvrtc_compile(int64_t compiler, const int8_t* source, int64_t length,
                                         const int8_t* options, int64_t options_length,
                                         int32_t machine_code) noexcept {
  Compiler* it = compiler_of(compiler);
  return caught([=] {
    std::string texts = text_of(options, options_length);
    return it->compile(text_of(source, length), parts_of(texts), machine_code != 0);
  });
}

extern "C" int32_t longcat_nvrtc_image(int64_t compiler, void* into, int64_t capacity) noexcept {
  const std::string& image = compiler_of(compiler)->image();
  if (image.empty() || capacity != static_cast<int64_t>(image.size())) return LONGCAT_CUDA_MISFIT;
  std::memcpy(into, image.data(), image.size());
  return LONGCAT_CUDA_OK;
}

extern "C" int32_t longcat_nvrtc_message(int64_t compiler, int8_t* text,
                                         int64_t capacity) noexcept {
  const std::string& message = compiler_of(compiler)->message();
  size_t length = std::min(message.size(), static_cast<size_t>(std::max<int64_t>(0, capacity)));
  std::memcpy(text, message.data(), length);
  return static_cast<int32_t>(length);
}

extern "C" void longcat_nvrtc_close(int64_t compiler) noexcept { delete compiler_of(compiler); }
