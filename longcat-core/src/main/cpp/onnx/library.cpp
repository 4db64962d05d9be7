#include <cstdlib>

#include "onnx/longcat_onnx.h"
#include "onnx/operators.h"
#include "onnx/snake.h"

namespace {

// Made once: sessions only look into it while they are opened.
struct Domain {
  longcat::OrtDomain* domain = nullptr;
  bool complete = false;

  explicit Domain(const longcat::OrtApi& api) {
    complete = api.create_domain("io.longcat4j", &domain) == nullptr &&
               api.add_operator(domain, longcat::snake_operator()) == nullptr &&
               api.add_operator(domain, longcat::side_by_side_operator()) == nullptr &&
               api.add_operator(domain, longcat::interleave_operator()) == nullptr;
  }
};

// The Java binding frees its environment when the JVM ends, under sessions that run. Environments
// count their holders: this one never lets go.
struct Environment {
  explicit Environment(const longcat::OrtApi& api) {
    longcat::OrtEnvironment* shared = nullptr;
    api.create_environment(longcat::kOrtWarning, "longcat4j", &shared);
  }
};

}  // namespace

extern "C" int32_t longcat_onnx_supports(int32_t instruction_set) noexcept {
  return longcat::select_snake(instruction_set) != nullptr;
}

extern "C" int32_t longcat_onnx_disable_telemetry() noexcept {
#if defined(_WIN32)
  return _putenv_s("ORT_DISABLE_TELEMETRY", "1") == 0;
#else
  return setenv("ORT_DISABLE_TELEMETRY", "1", 1) == 0;
#endif
}

extern "C" longcat::OrtStatus* RegisterCustomOps(longcat::OrtSessionOptions* options,
                                                 const longcat::OrtApiBase* base) noexcept {
  const longcat::OrtApi* api = base->api(longcat::kOrtVersion);
  // Without the table there is no status either; operators that are missing then end the loading.
  if (api == nullptr) return nullptr;
  static const Environment held(*api);
  static const Domain ours(*api);
  if (!ours.complete) return api->status(longcat::kOrtFail, "the operators cannot be registered");
  return api->add_domain(options, ours.domain);
}
