package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.PickledTensor.PickledStorage;
import io.longcat4j.tensor.DType;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StateDictTest {
  private static final PickledTensor TENSOR =
      new PickledTensor(
          new PickledStorage("0", 4, 1), DType.F32, 0, new long[] {1}, new long[] {1}, false);

  private static PickledDict dict(Object... keysAndValues) {
    PickledDict dict = new PickledDict();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      dict.entries().put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return dict;
  }

  private static void refuses(Object value, String message) {
    assertThatThrownBy(() -> StateDict.of("x.pt", value))
        .isInstanceOf(CheckpointException.class)
        .hasMessageStartingWith("x.pt: ")
        .hasMessageContaining(message);
  }

  @Test
  void what_is_no_tensor_is_ignored_beside_tensors() {
    PickledDict dict = dict("a", TENSOR, "epoch", 3L, "log", List.of(), "args", dict("lr", 0.1));

    assertThat(StateDict.of("x.pt", dict)).containsOnlyKeys("a");
  }

  @Test
  void a_single_dictionary_of_tensors_is_unwrapped() {
    assertThat(StateDict.of("x.pt", dict("any", dict("inner", dict("a", TENSOR)))))
        .containsOnlyKeys("a");
  }

  @Test
  void the_model_is_chosen_before_its_optimizer() {
    PickledDict dict = dict("optimizer", dict("b", TENSOR), "model", dict("a", TENSOR));

    assertThat(StateDict.of("x.pt", dict)).containsOnlyKeys("a");
  }

  @Test
  void what_can_be_read_in_several_ways_is_refused() {
    refuses(dict("a", TENSOR, "more", dict("b", TENSOR)), "beside the nested dictionaries [more]");
    refuses(dict("g", dict("a", TENSOR), "d", dict("a", TENSOR)), "[g, d]");
    refuses(dict("model", dict("a", TENSOR), "module", dict("a", TENSOR)), "[model, module]");
    refuses(dict(7L, TENSOR), "under the key 7");
  }

  @Test
  void what_is_no_dictionary_is_refused() {
    refuses(TENSOR, "holds no dictionary of tensors");
    refuses(List.of(TENSOR), "holds no dictionary of tensors");
  }

  @Test
  void the_search_in_shared_dictionaries_is_bounded() {
    PickledDict inner = dict();
    for (long i = 0; i < 3000; i++) {
      inner.entries().put(i, 0L);
    }
    PickledDict outer = dict();
    for (long i = 0; i < 3000; i++) {
      outer.entries().put(i, inner);
    }

    refuses(outer, "more entries than a checkpoint needs");
  }
}
