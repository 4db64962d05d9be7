package io.longcat4j.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import io.longcat4j.BackendException;
import io.longcat4j.Device;
import java.util.Locale;
import java.util.regex.Pattern;

/** How ONNX Runtime's CUDA provider is asked to behave, and what to do where it does not work. */
final class CudaSettings {
  private static final String INSTEAD = "; or choose the processor, Device.cpu()";

  /** What comes before the words that matter: places in its source, names of its functions. */
  private static final Pattern NOISE =
      Pattern.compile(
          "(?s).*(?=CUDA failure \\d)|(?s).*\\[ONNXRuntimeError\\] : \\d+ : [A-Z_]+ : ");

  private CudaSettings() {}

  /**
   * Has a session run on a GPU.
   *
   * @throws BackendException if the provider is missing or does not load, with what to do
   */
  static void addTo(
      OrtSession.SessionOptions options,
      OrtEnvironment environment,
      Device device,
      String description) {
    if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
      throw new BackendException(
          start(device, description)
              + "the ONNX Runtime on the class path has no CUDA provider; put"
              + " com.microsoft.onnxruntime:onnxruntime_gpu:"
              + environment.getVersion()
              + " (Linux and Windows on x86-64) in the place of com.microsoft.onnxruntime:onnxruntime"
              + INSTEAD);
    }
    try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(device.number())) {
      // Full F32, so that GPUs and processors agree within rounding.
      cuda.add("use_tf32", "0");
      // Trying every convolution out for every new length of sound would take longer than running.
      cuda.add("cudnn_conv_algo_search", "HEURISTIC");
      // Other models share the GPU: what is taken is what is asked for, not the next power of two.
      cuda.add("arena_extend_strategy", "kSameAsRequested");
      options.addCUDA(cuda);
    } catch (OrtException | LinkageError e) {
      throw failed(device, description, e);
    }
  }

  /**
   * What went wrong on a GPU.
   *
   * @param failure as ONNX Runtime tells it
   */
  static BackendException failed(Device device, String description, Throwable failure) {
    String told = String.valueOf(failure.getMessage()).strip();
    return new BackendException(
        start(device, description)
            + remedy(told)
            + INSTEAD
            + " (ONNX Runtime: "
            + NOISE.matcher(told).replaceFirst("")
            + ")",
        failure);
  }

  private static String start(Device device, String description) {
    return description + " cannot run on " + device + ": ";
  }

  /** ONNX Runtime tells causes in words alone. */
  static String remedy(String told) {
    String words = told.toLowerCase(Locale.ROOT);
    if (words.contains("libcuda.so") || words.contains("nvcuda.dll")) {
      return "there is no NVIDIA driver on this machine; install one for CUDA 12 or newer";
    } else if (words.contains("insufficient")) {
      return "the NVIDIA driver is too old; install one for CUDA 12 or newer";
    } else if (words.contains("cudnn is unavailable") || words.contains("libcudnn")) {
      return "cuDNN 9 for CUDA 12 is missing; install it where the system looks for libraries"
          + " (LD_LIBRARY_PATH, on Windows PATH)";
    } else if (words.contains("failed to load library")) {
      return "a library of CUDA is missing; install the runtime libraries of CUDA 12 (cudart, cuBLAS,"
          + " cuRAND, cuFFT) and cuDNN 9 where the system looks for libraries (LD_LIBRARY_PATH, on"
          + " Windows PATH)";
    } else if (words.contains("invalid device") || words.contains("no cuda-capable")) {
      return "there is no such GPU; nvidia-smi lists them, CUDA_VISIBLE_DEVICES may hide some";
    } else if (words.contains("out of memory") || words.contains("failed to allocate memory")) {
      return "the GPU has too little memory free; give the language model a smaller part of it, use"
          + " another GPU, or send smaller or fewer pictures, sounds and videos";
    }
    return "CUDA or ONNX Runtime refuses";
  }
}
