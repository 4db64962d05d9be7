package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RopeConfigTest {
  private static final Map<String, Object> YARN =
      Map.of("rope_type", "yarn", "factor", 8.0, "original_max_position_embeddings", 64);

  private final List<String> warnings = new ArrayList<>();

  private RopeConfig read(Map<String, ?> config) {
    return RopeConfig.read(ConfigFile.of("config.json", config), warnings::add);
  }

  @Test
  void the_base_in_rope_parameters_wins_over_the_one_at_the_top_and_is_told() {
    Map<String, Object> parameters = Map.of("rope_type", "default", "rope_theta", 10000.0);

    assertThat(read(Map.of("rope_theta", 1e7, "rope_parameters", parameters)).theta())
        .isEqualTo(10000);
    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("config.json: rope_theta is 1.0E7", "rope_parameters has 10000.0");
  }

  @Test
  void equal_bases_are_not_told() {
    Map<String, Object> parameters = Map.of("rope_type", "default", "rope_theta", 10000.0);

    assertThat(read(Map.of("rope_theta", 10000, "rope_parameters", parameters)).theta())
        .isEqualTo(10000);
    assertThat(warnings).isEmpty();
  }

  @Test
  void parameters_without_a_base_leave_the_one_at_the_top() {
    assertThat(read(Map.of("rope_theta", 5e5, "rope_parameters", YARN)).theta()).isEqualTo(5e5);
    assertThat(read(Map.of("rope_theta", 5e5, "rope_scaling", YARN)).theta()).isEqualTo(5e5);
    assertThat(warnings).isEmpty();
  }

  @Test
  void both_places_of_the_scaling_may_say_the_same() {
    Map<String, Object> older = new HashMap<>(YARN);
    older.remove("rope_type");
    older.put("type", "yarn");
    older.put("factor", 8);
    Map<String, Object> newer = new HashMap<>(YARN);
    newer.put("rope_theta", 1e4);
    RopeConfig rope = read(Map.of("rope_scaling", older, "rope_parameters", newer));

    assertThat(rope.theta()).isEqualTo(1e4);
    assertThat(rope.scaling(4096).orElseThrow().factor()).isEqualTo(8);
  }

  @Test
  void places_of_the_scaling_that_contradict_each_other_are_refused() {
    Map<String, Object> plain = Map.of("rope_type", "default", "rope_theta", 1e4);

    assertThatThrownBy(() -> read(Map.of("rope_scaling", YARN, "rope_parameters", plain)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll("config.json: rope_scaling", "rope_parameters", "keep the one");
  }

  @Test
  void an_empty_object_says_nothing() {
    RopeConfig rope = read(Map.of("rope_scaling", Map.of(), "rope_parameters", YARN));

    assertThat(rope.scaling(4096)).isPresent();
  }

  @Test
  void all_of_a_head_may_be_rotated_but_no_part_of_it() {
    for (Object whole : new Object[] {1, 1.0}) {
      assertThat(read(parameters("partial_rotary_factor", whole)).scaling(64)).isEmpty();
    }
    assertThatThrownBy(() -> read(parameters("partial_rotary_factor", 0.5)).scaling(64))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("rope_parameters.partial_rotary_factor is 0.5");
  }

  private static Map<String, Object> parameters(String key, Object value) {
    return Map.of("rope_parameters", Map.of("rope_type", "default", key, value));
  }
}
