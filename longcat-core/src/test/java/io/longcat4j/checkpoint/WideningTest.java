package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WideningTest {
  private static float[] widened(DType dtype, int count, ByteBuffer raw) {
    float[] values = new float[count];
    Widening.toFloats(dtype, raw, values, 0, count);
    return values;
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer all16BitPatterns() {
    ByteBuffer raw = little(2 << 16);
    for (int bits = 0; bits < 1 << 16; bits++) {
      raw.putShort(2 * bits, (short) bits);
    }
    return raw;
  }

  @Test
  void every_e4m3_equals_the_table_that_pytorch_wrote() throws IOException {
    ByteBuffer raw = little(256);
    for (int bits = 0; bits < 256; bits++) {
      raw.put(bits, (byte) bits);
    }
    List<String> table = Files.readAllLines(TestResources.checkpoint("e4m3fn.txt"));
    float[] values = widened(DType.F8_E4M3, 256, raw);

    for (int bits = 0; bits < 256; bits++) {
      String expected = table.get(bits).equals("nan") ? "NaN" : table.get(bits);
      assertThat(values[bits]).as("0x%02x", bits).isEqualTo(Float.valueOf(expected));
    }
  }

  @Test
  void every_half_equals_what_numpy_widens_it_to() throws NoSuchAlgorithmException {
    float[] values = widened(DType.F16, 1 << 16, all16BitPatterns());
    byte[] bytes = new byte[4 << 16];
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      buffer.putInt(Float.floatToIntBits(value));
    }

    String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));

    assertThat(digest)
        .isEqualTo("385ff5fe69182797cda5f1827e20cf423f4416bc9246f27d0eec27cac9039259");
  }

  @Test
  void some_halves_are_known() {
    assertThat(Widening.halfToFloat((short) 0x7bff)).isEqualTo(65504f);
    assertThat(Widening.halfToFloat((short) 0x0001)).isEqualTo(0x1p-24f);
    assertThat(Widening.halfToFloat((short) 0x0400)).isEqualTo(0x1p-14f);
    assertThat(Widening.halfToFloat((short) 0xfc00)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(Widening.halfToFloat((short) 0x8000)).isEqualTo(-0f);
    assertThat(Widening.halfToFloat((short) 0x7e00)).isNaN();
  }

  @Test
  void every_bfloat16_is_the_upper_half_of_a_float() {
    float[] values = widened(DType.BF16, 1 << 16, all16BitPatterns());

    for (int bits = 0; bits < 1 << 16; bits++) {
      assertThat(Float.floatToRawIntBits(values[bits]) >>> 16).isEqualTo(bits);
    }
  }

  @Test
  void integers_and_booleans_keep_their_value() {
    assertThat(widened(DType.I64, 1, little(8).putLong(0, -5))).containsExactly(-5);
    assertThat(widened(DType.I32, 1, little(4).putInt(0, -6))).containsExactly(-6);
    assertThat(widened(DType.I16, 1, little(2).putShort(0, (short) -7))).containsExactly(-7);
    assertThat(widened(DType.I8, 1, little(1).put(0, (byte) -8))).containsExactly(-8);
    assertThat(widened(DType.U8, 1, little(1).put(0, (byte) -8))).containsExactly(248);
    assertThat(widened(DType.BOOL, 1, little(1).put(0, (byte) 1))).containsExactly(1);
    assertThat(widened(DType.F64, 1, little(8).putDouble(0, 0.1))).containsExactly(0.1f);
  }
}
