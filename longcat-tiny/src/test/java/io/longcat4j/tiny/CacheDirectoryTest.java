package io.longcat4j.tiny;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheDirectoryTest {
  private final Properties properties = new Properties();

  @ParameterizedTest
  @CsvSource({
    "Linux, /home/anna, , /home/anna/.cache/longcat4j",
    "Linux, /home/anna, /var/cache/anna, /var/cache/anna/longcat4j",
    "Linux, /home/anna, relative, /home/anna/.cache/longcat4j",
    "Linux, , /var/cache/anna, /var/cache/anna/longcat4j",
    "FreeBSD, /home/anna, '', /home/anna/.cache/longcat4j",
    "Mac OS X, /Users/anna, , /Users/anna/Library/Caches/longcat4j",
    "Windows 11, /anna, , /anna/AppData/Local/longcat4j",
  })
  void each_system_has_its_place(String system, String home, String xdg, String expected) {
    properties.setProperty("os.name", system);
    if (home != null) {
      properties.setProperty("user.home", home);
    }
    CacheDirectory cache =
        CacheDirectory.of(
            Optional.empty(), properties, xdg == null ? Map.of() : Map.of("XDG_CACHE_HOME", xdg));
    assertThat(cache).isEqualTo(new CacheDirectory(Optional.of(Path.of(expected)), false));
  }

  @Test
  void windows_names_its_place() {
    properties.setProperty("os.name", "Windows 11");
    assertThat(of(Map.of("LOCALAPPDATA", "/local")).path())
        .contains(Path.of("/local", "longcat4j"));
  }

  @Test
  void a_user_without_a_home_has_no_place() {
    properties.setProperty("user.home", "?");
    assertThat(of(Map.of())).isEqualTo(new CacheDirectory(Optional.empty(), false));
  }

  @Test
  void the_caller_goes_before_the_property_and_the_property_before_the_variable() {
    properties.setProperty("user.home", "/home/anna");
    Map<String, String> environment = Map.of(CacheDirectory.VARIABLE, "/variable");
    assertThat(of(environment))
        .isEqualTo(new CacheDirectory(Optional.of(Path.of("/variable")), true));
    properties.setProperty(CacheDirectory.PROPERTY, "/property");
    assertThat(of(environment).path()).contains(Path.of("/property"));
    assertThat(CacheDirectory.of(Optional.of(Path.of("/caller")), properties, environment).path())
        .contains(Path.of("/caller"));
  }

  @Test
  void what_is_no_path_is_named() {
    properties.setProperty(CacheDirectory.PROPERTY, "a\0b");
    assertThatThrownBy(() -> of(Map.of()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("io.longcat4j.tiny.cache");
  }

  private CacheDirectory of(Map<String, String> environment) {
    return CacheDirectory.of(Optional.empty(), properties, environment);
  }
}
