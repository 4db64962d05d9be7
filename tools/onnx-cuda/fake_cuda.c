// A CUDA runtime that computes nothing: enough for ONNX Runtime's CUDA provider to start and to choose
// its operators where there is no GPU. Device memory is memory of the host, launches do nothing.
#define _GNU_SOURCE
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define OK 0
#define BYTES (64ull << 30)
#define MULTIPROCESSORS 132

static int handle(void** made) {
  *made = malloc(16);
  return OK;
}

static int memory(void** made, size_t bytes) {
  return posix_memalign(made, 256, bytes + 256) == 0 ? OK : 2;
}

int cudaGetDeviceCount(int* count) { return *count = 1, OK; }
int cudaGetDevice(int* device) { return *device = 0, OK; }
int cudaDriverGetVersion(int* version) { return *version = 12090, OK; }
int cudaRuntimeGetVersion(int* version) { return *version = 12090, OK; }
int cudaMemGetInfo(size_t* available, size_t* all) { return *available = *all = BYTES, OK; }
int cudaStreamIsCapturing(void* stream, int* status) { return *status = 0, OK; }

// As the real one words them. FAKE_CUDA_ERROR is what taking a device in use gives.
int cudaSetDevice(int device) {
  const char* error = getenv("FAKE_CUDA_ERROR");
  return error != NULL ? atoi(error) : device == 0 ? OK : 101;
}
const char* cudaGetErrorName(int error) { return "cudaError"; }
const char* cudaGetErrorString(int error) {
  switch (error) {
    case 2: return "out of memory";
    case 35: return "CUDA driver version is insufficient for CUDA runtime version";
    case 100: return "no CUDA-capable device is detected";
    case 101: return "invalid device ordinal";
    default: return "unknown error";
  }
}

// Places in cudaDeviceProp of CUDA 12.
int cudaGetDeviceProperties_v2(char* properties, int device) {
  memset(properties, 0, 1032);
  strcpy(properties, "a GPU that computes nothing");
  *(size_t*)(properties + 288) = BYTES;
  *(size_t*)(properties + 296) = 49152;
  *(int*)(properties + 304) = 65536;
  *(int*)(properties + 308) = 32;
  *(int*)(properties + 320) = 1024;
  for (int i = 0; i < 3; i++) *(int*)(properties + 324 + 4 * i) = 1024;
  for (int i = 0; i < 3; i++) *(int*)(properties + 336 + 4 * i) = 65535;
  *(int*)(properties + 360) = 9;
  *(int*)(properties + 388) = MULTIPROCESSORS;
  return OK;
}

int cudaDeviceGetAttribute(int* value, int attribute, int device) {
  switch (attribute) {
    case 10: *value = 32; break;
    case 16: *value = MULTIPROCESSORS; break;
    case 75: *value = 9; break;
    case 76: *value = 0; break;
    default: *value = 49152; break;
  }
  return OK;
}

int cudaMalloc(void** made, size_t bytes) { return memory(made, bytes); }
int cudaMallocHost(void** made, size_t bytes) { return memory(made, bytes); }
int cudaHostAlloc(void** made, size_t bytes, unsigned flags) { return memory(made, bytes); }
int cudaMallocFromPoolAsync(void** made, size_t bytes, void* pool, void* stream) {
  return memory(made, bytes);
}
int cudaFree(void* freed) { return free(freed), OK; }
int cudaFreeHost(void* freed) { return free(freed), OK; }
int cudaFreeAsync(void* freed, void* stream) { return free(freed), OK; }
int cudaMemcpy(void* into, const void* from, size_t bytes, int kind) {
  return memcpy(into, from, bytes), OK;
}
int cudaMemcpyAsync(void* into, const void* from, size_t bytes, int kind, void* stream) {
  return memcpy(into, from, bytes), OK;
}
int cudaMemset(void* into, int value, size_t bytes) { return memset(into, value, bytes), OK; }
int cudaMemsetAsync(void* into, int value, size_t bytes, void* stream) {
  return memset(into, value, bytes), OK;
}

int cudaStreamCreate(void** made) { return handle(made); }
int cudaStreamCreateWithFlags(void** made, unsigned flags) { return handle(made); }
int cudaEventCreate(void** made) { return handle(made); }
int cudaEventCreateWithFlags(void** made, unsigned flags) { return handle(made); }
int cudaMemPoolCreate(void** made, const void* properties) { return handle(made); }
void** __cudaRegisterFatBinary(void* binary) { return malloc(16); }
int cublasCreate_v2(void** made) { return handle(made); }
int cublasLtCreate(void** made) { return handle(made); }
int cudnnCreate(void** made) { return handle(made); }
size_t cudnnGetVersion(void) { return 91000; }

// A recurrent layer copies its weights to where cuDNN says: here one number after another.
int cudnnGetRNNWeightSpaceSize(void* dnn, void* layer, size_t* bytes) { return *bytes = 1 << 20, OK; }
int cudnnGetRNNWeightParams(void* dnn, void* layer, int part, size_t bytes, void* space, int matrix,
                            void* described, void** weights, void* bias_described, void** bias) {
  return *weights = *bias = space, OK;
}
int cudnnGetTensorNdDescriptor(void* tensor, int wanted, int* type, int* dims, int* sizes,
                               int* strides) {
  *type = 0;
  *dims = 3;
  for (int i = 0; i < 3; i++) sizes[i] = strides[i] = 1;
  return OK;
}
int cudnnDropoutGetStatesSize(void* dnn, size_t* bytes) { return *bytes = 1024, OK; }
