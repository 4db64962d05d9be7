package io.longcat4j.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Python's pickle, protocol 2, of a dictionary of tensors, as {@code torch.save} writes it. */
final class TorchPickle {
  private static final int BATCH = 1000;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Map<String, Integer> memo = new HashMap<>();
  private int remembered;

  byte[] dictionary(List<GeneratedTensor> tensors) {
    if (tensors.size() > BATCH) {
      throw new IllegalArgumentException("more than one batch of entries");
    }
    write("\u0080\u0002}");
    remember();
    write(tensors.size() > 1 ? "(" : "");
    for (int i = 0; i < tensors.size(); i++) {
      string(tensors.get(i).name());
      tensor(tensors.get(i), i);
    }
    write(tensors.size() > 1 ? "u." : "s.");
    return out.toByteArray();
  }

  private void tensor(GeneratedTensor tensor, int number) {
    global("torch._utils", "_rebuild_tensor_v2");
    write("((");
    string("storage");
    global("torch", tensor.type().equals("BF16") ? "BFloat16Storage" : "FloatStorage");
    string(Integer.toString(number));
    string("cpu");
    integer(tensor.elements());
    write("t");
    remember();
    write("Q");
    integer(0);
    tuple(tensor.shape());
    tuple(strides(tensor.shape()));
    write("\u0089");
    global("collections", "OrderedDict");
    write(")R");
    remember();
    write("t");
    remember();
    write("R");
    remember();
  }

  private static List<Integer> strides(List<Integer> shape) {
    List<Integer> strides = new ArrayList<>(shape);
    int stride = 1;
    for (int i = shape.size() - 1; i >= 0; i--) {
      strides.set(i, stride);
      stride *= shape.get(i);
    }
    return strides;
  }

  private void tuple(List<Integer> values) {
    if (values.size() > 3) {
      write("(");
    }
    values.forEach(this::integer);
    switch (values.size()) {
      case 0 -> write(")");
      case 1 -> write("\u0085");
      case 2 -> write("\u0086");
      case 3 -> write("\u0087");
      default -> write("t");
    }
    if (!values.isEmpty()) {
      remember();
    }
  }

  private void integer(int value) {
    if (value < 1 << 8) {
      write("K");
      out.write(value);
    } else if (value < 1 << 16) {
      write("M");
      TensorFiles.shorts(out, value);
    } else {
      write("J");
      TensorFiles.ints(out, value);
    }
  }

  private void string(String value) {
    if (recalled(value)) {
      return;
    }
    write("X");
    TensorFiles.ints(out, value.length());
    write(value);
    memo.put(value, remembered);
    remember();
  }

  private void global(String module, String name) {
    String line = module + "\n" + name + "\n";
    if (recalled(line)) {
      return;
    }
    write("c" + line);
    memo.put(line, remembered);
    remember();
  }

  private boolean recalled(String value) {
    Integer place = memo.get(value);
    if (place != null) {
      place("h", "j", place);
    }
    return place != null;
  }

  private void remember() {
    place("q", "r", remembered++);
  }

  private void place(String near, String far, int place) {
    if (place < 1 << 8) {
      write(near);
      out.write(place);
    } else {
      write(far);
      TensorFiles.ints(out, place);
    }
  }

  private void write(String bytes) {
    out.writeBytes(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }
}
