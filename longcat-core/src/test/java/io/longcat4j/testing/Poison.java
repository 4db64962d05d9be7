package io.longcat4j.testing;

import io.longcat4j.checkpoint.PyTorchFile;
import io.longcat4j.checkpoint.StoredTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Puts what is no number into a tensor of a PyTorch file. */
public final class Poison {
  private Poison() {}

  /** The first element becomes NaN. */
  public static void first(Path file, String tensor) throws IOException {
    StoredTensor stored = PyTorchFile.open(file).require(tensor);
    byte[] wanted = new byte[(int) stored.byteSize()];
    stored.bytes(0, wanted.length).get(wanted);
    byte[] whole = Files.readAllBytes(file);
    ByteBuffer into = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
    int at = find(whole, wanted);
    switch (stored.dtype()) {
      case F32 -> into.putFloat(at, Float.NaN);
      case BF16 -> into.putShort(at, (short) 0x7fc0);
      case F16 -> into.putShort(at, (short) 0x7e00);
      default -> throw new IllegalStateException(stored.toString());
    }
    Files.delete(file);
    Files.write(file, whole);
  }

  private static int find(byte[] whole, byte[] wanted) {
    for (int at = 0; at + wanted.length <= whole.length; at++) {
      if (java.util.Arrays.equals(whole, at, at + wanted.length, wanted, 0, wanted.length)) {
        return at;
      }
    }
    throw new IllegalStateException("the tensor's bytes do not lie in the file in one piece");
  }
}
