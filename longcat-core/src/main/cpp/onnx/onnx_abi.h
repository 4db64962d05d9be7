// The part of ONNX Runtime's binary interface that operators need. Its table of functions only
// grows at the end, and version 18, of 2024, has all that is used here; later ones still give it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace longcat {

struct OrtStatus;
struct OrtEnvironment;
struct OrtSessionOptions;
struct OrtDomain;
struct OrtKernelInfo;
struct OrtKernelContext;
struct OrtShapeContext;
struct OrtValue;
struct OrtShape;

constexpr uint32_t kOrtVersion = 18;
constexpr int32_t kOrtWarning = 2;
constexpr int32_t kOrtFloat = 1;
constexpr int32_t kOrtFail = 1;
constexpr int32_t kOrtInvalidArgument = 2;
constexpr int32_t kOrtRequired = 0;
constexpr int32_t kOrtDefaultMemory = 0;

// Functions by their place in the table.
class OrtApi {
 public:
  OrtStatus* status(int32_t code, const char* message) const {
    return at<OrtStatus*(int32_t, const char*)>(0)(code, message);
  }
  // One for the whole process, counted.
  OrtStatus* create_environment(int32_t level, const char* name, OrtEnvironment** env) const {
    return at<OrtStatus*(int32_t, const char*, OrtEnvironment**)>(3)(level, name, env);
  }
  OrtStatus* create_domain(const char* name, OrtDomain** domain) const {
    return at<OrtStatus*(const char*, OrtDomain**)>(26)(name, domain);
  }
  OrtStatus* add_operator(OrtDomain* domain, const struct OrtOperator* op) const {
    return at<OrtStatus*(OrtDomain*, const OrtOperator*)>(27)(domain, op);
  }
  OrtStatus* add_domain(OrtSessionOptions* options, OrtDomain* domain) const {
    return at<OrtStatus*(OrtSessionOptions*, OrtDomain*)>(28)(options, domain);
  }
  OrtStatus* data(OrtValue* value, void** data) const {
    return at<OrtStatus*(OrtValue*, void**)>(51)(value, data);
  }
  OrtStatus* rank(const OrtShape* shape, size_t* rank) const {
    return at<OrtStatus*(const OrtShape*, size_t*)>(61)(shape, rank);
  }
  OrtStatus* sizes(const OrtShape* shape, int64_t* sizes, size_t count) const {
    return at<OrtStatus*(const OrtShape*, int64_t*, size_t)>(62)(shape, sizes, count);
  }
  OrtStatus* shape(const OrtValue* value, OrtShape** shape) const {
    return at<OrtStatus*(const OrtValue*, OrtShape**)>(65)(value, shape);
  }
  OrtStatus* attribute(const OrtKernelInfo* info, const char* name, int64_t* value) const {
    return at<OrtStatus*(const OrtKernelInfo*, const char*, int64_t*)>(86)(info, name, value);
  }
  OrtStatus* input(const OrtKernelContext* context, size_t index, const OrtValue** value) const {
    return at<OrtStatus*(const OrtKernelContext*, size_t, const OrtValue**)>(90)(context, index,
                                                                                 value);
  }
  OrtStatus* output(OrtKernelContext* context, size_t index, const int64_t* sizes, size_t rank,
                    OrtValue** value) const {
    return at<OrtStatus*(OrtKernelContext*, size_t, const int64_t*, size_t, OrtValue**)>(91)(
        context, index, sizes, rank, value);
  }
  void release(OrtShape* shape) const { at<void(OrtShape*)>(99)(shape); }
  // Calls work(with, i) for each i below count, on the session's threads; 0 batches is no limit.
  OrtStatus* parallel(const OrtKernelContext* context, void (*work)(void*, size_t), size_t count,
                      size_t batches, void* with) const {
    return at<OrtStatus*(const OrtKernelContext*, void (*)(void*, size_t), size_t, size_t, void*)>(
        274)(context, work, count, batches, with);
  }

 private:
  template <class Function>
  Function* at(size_t place) const {
    return reinterpret_cast<Function*>(reinterpret_cast<void* const*>(this)[place]);
  }
};

struct OrtApiBase {
  const OrtApi* (*api)(uint32_t version);
  const char* (*version)();
};

// What ONNX Runtime asks an operator, in its order; a function that may be missing is 0.
struct OrtOperator {
  uint32_t version;
  void* (*create)(const OrtOperator*, const OrtApi*, const OrtKernelInfo*);
  const char* (*name)(const OrtOperator*);
  const char* (*provider)(const OrtOperator*);
  int32_t (*input_type)(const OrtOperator*, size_t);
  size_t (*input_count)(const OrtOperator*);
  int32_t (*output_type)(const OrtOperator*, size_t);
  size_t (*output_count)(const OrtOperator*);
  void (*compute)(void*, OrtKernelContext*);
  void (*destroy)(void*);
  int32_t (*input_kind)(const OrtOperator*, size_t);
  int32_t (*output_kind)(const OrtOperator*, size_t);
  int32_t (*input_memory)(const OrtOperator*, size_t);
  int (*least_variadic_inputs)(const OrtOperator*);
  int (*equal_variadic_inputs)(const OrtOperator*);
  int (*least_variadic_outputs)(const OrtOperator*);
  int (*equal_variadic_outputs)(const OrtOperator*);
  OrtStatus* (*create_checked)(const OrtOperator*, const OrtApi*, const OrtKernelInfo*, void**);
  OrtStatus* (*compute_checked)(void*, OrtKernelContext*);
  OrtStatus* (*infer_shape)(const OrtOperator*, OrtShapeContext*);
  int (*first_version)(const OrtOperator*);
  int (*last_version)(const OrtOperator*);
  size_t (*may_overwrite)(int** inputs, int** outputs);
  void (*release_overwrite)(int* inputs, int* outputs);
  size_t (*aliases)(int** inputs, int** outputs);
  void (*release_aliases)(int* inputs, int* outputs);
};

}  // namespace longcat
