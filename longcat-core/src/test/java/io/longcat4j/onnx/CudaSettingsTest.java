package io.longcat4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.BackendException;
import io.longcat4j.Device;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What onnxruntime_gpu 1.28.0 told over tools/onnx-cuda, and what is made of it. */
class CudaSettingsTest {
  private static final String LOADING =
      "Error code - ORT_FAIL - message: /onnxruntime_src/onnxruntime/core/session/provider_bridge_ort.cc:1988"
          + " onnxruntime::Provider& onnxruntime::ProviderLibrary::Get() [ONNXRuntimeError] : 1 :"
          + " FAIL : Failed to load library /cache/libonnxruntime_providers_cuda.so with error: ";
  private static final String CALLING =
      "Error code - ORT_FAIL - message: /onnxruntime_src/onnxruntime/core/providers/cuda/cuda_call.cc:154"
          + " std::conditional_t<THRW, void, onnxruntime::common::Status> onnxruntime::CudaCall()\n"
          + " [ONNXRuntimeError] : 1 : FAIL : ";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          libcuda.so.1: cannot open shared object file | there is no NVIDIA driver on this machine
          libcublas.so.12: cannot open shared object file | install the runtime libraries of CUDA 12
          libcudart.so.12: cannot open shared object file | install the runtime libraries of CUDA 12
          """)
  void a_library_that_is_missing_is_told_with_where_it_comes_from(String told, String remedy) {
    BackendException failed = failed(LOADING + told);
    assertThat(failed)
        .hasMessageStartingWith("ears cannot run on cuda:1: ")
        .hasMessageContaining(remedy)
        .hasMessageContaining("or choose the processor, Device.cpu()")
        .hasMessageContaining(told)
        .hasMessageNotContaining("onnxruntime_src");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          CUDA failure 2: out of memory | too little memory free
          CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version | driver is too old
          CUDA failure 100: no CUDA-capable device is detected | there is no such GPU
          Invalid device ID: 3, must be between 0 (inclusive) and 1 (exclusive) | there is no such GPU
          cuDNN is unavailable or disabled for CUDA Execution Provider | cuDNN 9 for CUDA 12 is missing
          something else | CUDA or ONNX Runtime refuses
          """)
  void what_a_gpu_refuses_is_told_with_what_to_do(String told, String remedy) {
    assertThat(failed(CALLING + told))
        .hasMessageContaining(remedy)
        .hasMessageContaining("(ONNX Runtime: " + told + ")");
  }

  private static BackendException failed(String told) {
    return CudaSettings.failed(Device.cuda(1), "ears", new IllegalStateException(told));
  }
}
