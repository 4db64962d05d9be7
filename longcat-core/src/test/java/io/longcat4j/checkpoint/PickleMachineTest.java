package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PickleMachineTest {
  private static byte[] bytes(Object... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Object part : parts) {
      if (part instanceof Integer value) {
        out.write(value);
      } else {
        out.writeBytes(((String) part).getBytes(StandardCharsets.ISO_8859_1));
      }
    }
    return out.toByteArray();
  }

  private static Object run(Object... parts) {
    return run(bytes(parts));
  }

  private static Object run(byte[] pickle) {
    return new PickleMachine("x.pt", new PickleInput("x.pt", ByteBuffer.wrap(pickle))).run();
  }

  private static void refuses(byte[] pickle, String... parts) {
    assertThatThrownBy(() -> run(pickle))
        .isInstanceOf(CheckpointException.class)
        .hasMessageStartingWith("x.pt: its pickle ")
        .hasMessageContainingAll(parts);
  }

  /** A tensor of F32 over storage "0" with 6 elements. */
  private static byte[] tensor(int offset, String sizes, String strides) {
    return bytes(
        0x80,
        2,
        "ctorch._utils\n_rebuild_tensor_v2\n(",
        "(U",
        7,
        "storagectorch\nFloatStorage\nU",
        1,
        "0U",
        3,
        "cpuK",
        6,
        "tQ",
        "K",
        offset,
        "(",
        sizes,
        "t(",
        strides,
        "t",
        0x89,
        ")tR.");
  }

  @Test
  void numbers_of_every_form_are_read() {
    assertThat(run("K", 200, ".")).isEqualTo(200L);
    assertThat(run("M", 1, 2, ".")).isEqualTo(513L);
    assertThat(run("J", 0xfe, 0xff, 0xff, 0xff, ".")).isEqualTo(-2L);
    assertThat(run(0x8a, 0, ".")).isEqualTo(0L);
    assertThat(run(0x8a, 2, 0, 0x80, ".")).isEqualTo(-32768L);
    assertThat(run(0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0x80, 0, "."))
        .isEqualTo(BigInteger.ONE.shiftLeft(63));
    assertThat(run(0x8b, 1, 0, 0, 0, 7, ".")).isEqualTo(7L);
    assertThat(run("I-12\n.")).isEqualTo(-12L);
    assertThat(run("L34L\n.")).isEqualTo(34L);
    assertThat(run("G", 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, ".")).isEqualTo(1.5);
  }

  @Test
  void texts_and_bytes_of_every_form_are_read() {
    assertThat(run("X", 2, 0, 0, 0, "ab.")).isEqualTo("ab");
    assertThat(run(0x8c, 1, "a.")).isEqualTo("a");
    assertThat(run(0x8d, 1, 0, 0, 0, 0, 0, 0, 0, "a.")).isEqualTo("a");
    assertThat(run("U", 1, "a.")).isEqualTo("a");
    assertThat(run("T", 1, 0, 0, 0, "a.")).isEqualTo("a");
    assertThat((byte[]) run("C", 1, "a.")).containsExactly('a');
    assertThat((byte[]) run("B", 1, 0, 0, 0, "a.")).containsExactly('a');
    assertThat((byte[]) run(0x96, 1, 0, 0, 0, 0, 0, 0, 0, "a.")).containsExactly('a');
  }

  @Test
  void lists_and_dictionaries_of_every_form_are_built() {
    assertThat(run("(K", 1, "K", 2, "l.")).isEqualTo(List.of(1L, 2L));
    assertThat(run("](K", 1, "K", 2, "e.")).isEqualTo(List.of(1L, 2L));
    assertThat(run("]K", 1, "a.")).isEqualTo(List.of(1L));
    assertThat(run("K", 1, "K", 2, 0x86, ".")).isEqualTo(List.of(1L, 2L));
    assertThat(((PickledDict) run("(K", 1, "K", 2, "d.")).entries()).containsEntry(1L, 2L);
    assertThat(((PickledDict) run("}K", 1, "K", 2, "s.")).entries()).containsEntry(1L, 2L);
    assertThat(((PickledDict) run("}(K", 1, "K", 2, "u.")).entries()).containsEntry(1L, 2L);
  }

  @Test
  void the_memo_gives_values_back() {
    assertThat(run("K", 5, "q", 7, "0h", 7, ".")).isEqualTo(5L);
    assertThat(run("K", 5, 0x94, "0h", 0, ".")).isEqualTo(5L);
    assertThat(run("K", 5, "r", 0, 1, 0, 0, "0j", 0, 1, 0, 0, ".")).isEqualTo(5L);
    refuses(bytes("h", 3, "."), "recalls the unknown memo 3");
  }

  @Test
  void a_tensor_inside_its_storage_is_described() {
    PickledTensor tensor = (PickledTensor) run(tensor(1, "K\2K\2", "K\3K\1"));

    assertThat(tensor.offset()).isEqualTo(1);
    assertThat(tensor.dims()).containsExactly(2, 2);
    assertThat(tensor.strides()).containsExactly(3, 1);
    assertThat(tensor.isContiguous()).isFalse();
  }

  @Test
  void views_that_leave_their_storage_are_refused() {
    refuses(tensor(2, "K\2K\2", "K\3K\2"), "ending at byte 32 of a storage of 24 bytes");
    refuses(tensor(7, "K\0", "K\1"), "ending at byte 28 of a storage of 24 bytes");
    refuses(tensor(0, "K\2", "J\u00ff\u00ff\u00ff\u00ff"), "negative");
    refuses(tensor(0, "K\2", "K\1K\1"), "unequal");
    String huge = "\u008a\10\0\0\0\0\0\0\0\100";
    refuses(tensor(0, huge + huge, "K\0K\0"), "beyond 64 bits");
    refuses(tensor(0, "\u008a\4\0\0\0\100", "K\0"), "repeating 24 bytes to 4294967296");
  }

  @Test
  void a_storage_described_in_two_ways_is_refused() {
    String first = "(U\7storagectorch\nFloatStorage\nU\0010U\3cpuK\6tQ";
    refuses(bytes(first, first.replace("K\6", "K\7"), "."), "storage 0 in two ways");
  }

  @Test
  void a_storage_beyond_64_bits_is_refused() {
    refuses(
        bytes("(U\7storagectorch\nFloatStorage\nU\0010U\3cpu", 0x8a, 8, "\0\0\0\0\0\0\0\100tQ."),
        "storage 0 of 4611686018427387904 elements");
  }

  @Test
  void globals_are_refused_by_name_however_they_are_spelt() {
    refuses(bytes("cos\nsystem\n."), "os.system", "nothing was executed");
    refuses(bytes(0x8c, 8, "builtins", 0x8c, 4, "eval", 0x93, "."), "builtins.eval");
    refuses(bytes("ctorch\nQInt8Storage\n."), "torch.QInt8Storage");
  }

  @Test
  void calling_anything_but_a_known_function_is_refused() {
    refuses(bytes("K", 1, ")R."), "calls something that is no function");
    refuses(bytes("ctorch\nFloatStorage\n)R."), "calls something that is no function");
    refuses(bytes("ccollections\nOrderedDict\nK", 1, 0x85, "R."), "arguments that do not fit");
    refuses(bytes("ctorch._utils\n_rebuild_tensor_v2\n)R."), "arguments that do not fit");
  }

  @Test
  void unknown_operations_are_refused() {
    refuses(bytes("i"), "operation 0x69");
    refuses(bytes("P0\n."), "operation 0x50");
    refuses(bytes(0x80, 6, "."), "protocol 6");
  }

  @Test
  void lengths_beyond_the_pickle_are_refused() {
    refuses(bytes("X", 0xff, 0xff, 0xff, 0xff, "a."), "asks for 4294967295 bytes where 2 are left");
    refuses(bytes(0x8d, "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff."), "asks for -1 bytes");
    refuses(bytes(0x8a, 255, "."), "integer of 255 bytes");
    refuses(bytes("K"), "asks for 1 bytes where 0 are left");
    refuses(bytes("c" + "a".repeat(5000)), "line of more than");
  }

  @Test
  void a_stack_that_runs_empty_is_refused() {
    refuses(bytes("."), "empty stack");
    refuses(bytes("t."), "group that was never opened");
    refuses(bytes("K", 1, "(", 0x85, "."), "empty stack");
    refuses(bytes("K", 1, "K", 2, "K", 3, "s."), "no dictionary");
    refuses(bytes("K", 1, "K", 2, "a."), "no list");
    refuses(bytes("}]K", 1, "s."), "neither text nor number");
    refuses(bytes("K", 1, "}b."), "no dictionary");
  }

  @Test
  void work_and_memory_are_bounded() {
    refuses(bytes("(".repeat(1001)), "nests deeper than 1000");
    refuses(bytes("N".repeat(1_000_001)), "more objects");
    refuses(bytes("]0".repeat(2_000_001)), "more objects");
    refuses(bytes("N0".repeat(8_000_000)), "longer than a checkpoint needs");
  }

  @Test
  void a_dictionary_inside_itself_does_no_harm() {
    Object value = run("}q", 0, "U", 1, "ah", 0, "s.");

    assertThatThrownBy(() -> StateDict.of("x.pt", tensorless(value)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("x.pt: ");
  }

  private static Object tensorless(Object value) {
    PickledDict outer = new PickledDict();
    outer.entries().put("self", value);
    outer.entries().put("t", run(tensor(0, "K\2", "K\1")));
    ((PickledDict) value).entries().put("t", outer.entries().get("t"));
    return outer;
  }
}
