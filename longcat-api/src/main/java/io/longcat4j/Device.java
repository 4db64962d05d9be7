package io.longcat4j;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where an encoder or the voice is computed.
 *
 * @param kind the processor or a GPU
 * @param number which GPU of this machine, counted from 0; 0 for the processor
 */
public record Device(Kind kind, int number) {
  private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,4}))?");

  /** What computes. */
  public enum Kind {
    /** The processor. */
    CPU,
    /**
     * An NVIDIA GPU; needs {@code com.microsoft.onnxruntime:onnxruntime_gpu} in the place of {@code
     * onnxruntime}.
     */
    CUDA
  }

  /** Checks the components. */
  public Device {
    Objects.requireNonNull(kind, "kind");
    if (number < 0 || (kind == Kind.CPU && number != 0)) {
      throw new InvalidRequestException(
          "There is no device " + number + " of the kind " + kind + "; count GPUs from 0");
    }
  }

  /**
   * The processor.
   *
   * @return the default
   */
  public static Device cpu() {
    return new Device(Kind.CPU, 0);
  }

  /**
   * An NVIDIA GPU.
   *
   * @param number which one, from 0, in the order that CUDA has them ({@code CUDA_VISIBLE_DEVICES})
   * @return the GPU
   */
  public static Device cuda(int number) {
    return new Device(Kind.CUDA, number);
  }

  /**
   * A device by its name.
   *
   * @param name {@code cpu}, {@code cuda} for the first GPU, or {@code cuda:1} and so on
   * @return the device
   * @throws InvalidRequestException if the name is another
   */
  public static Device of(String name) {
    if (name.equals("cpu")) {
      return cpu();
    }
    Matcher matcher = CUDA.matcher(name);
    if (!matcher.matches()) {
      throw new InvalidRequestException(
          "There is no device '"
              + name
              + "' for encoders and the voice; choose cpu, cuda, or cuda:1 for the second GPU");
    }
    String number = matcher.group(1);
    return cuda(number == null ? 0 : Integer.parseInt(number));
  }

  /**
   * Whether it is a GPU.
   *
   * @return false for the processor
   */
  public boolean isGpu() {
    return kind == Kind.CUDA;
  }

  /**
   * Its name, as {@link #of} reads it.
   *
   * @return for example {@code cuda:0}
   */
  @Override
  public String toString() {
    return isGpu() ? "cuda:" + number : "cpu";
  }
}
