package io.longcat4j.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeCacheTest {
  @TempDir private Path temporary;
  private @Nullable String before;
  private Path folder;

  @BeforeEach
  void nobodyHasChosen() throws IOException {
    folder = temporary.toRealPath();
    before = System.clearProperty(NativeCache.PROPERTY);
  }

  @AfterEach
  void asItWas() {
    if (before == null) {
      System.clearProperty(NativeCache.PROPERTY);
    } else {
      System.setProperty(NativeCache.PROPERTY, before);
    }
  }

  @Test
  void the_first_choice_holds() throws IOException {
    NativeCache.choose(folder.resolve("first"));
    NativeCache.choose(folder.resolve("second"));
    assertThat(NativeCache.directory().path()).isEqualTo(folder.resolve("first/natives"));
    assertThat(folder.resolve("second")).doesNotExist();
  }

  @Test
  void what_the_application_has_set_stays() throws IOException {
    System.setProperty(NativeCache.PROPERTY, folder.resolve("mine").toString());
    NativeCache.choose(folder.resolve("cache"));
    assertThat(NativeCache.directory().path()).isEqualTo(folder.resolve("mine"));
  }

  @Test
  void a_choice_that_will_not_do_is_an_error_and_no_other_place_is_taken() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    NativeCache.choose(file.resolve("cache"));
    assertThatThrownBy(NativeCache::directory)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString());
    System.setProperty(NativeCache.PROPERTY, "no\0path");
    assertThatThrownBy(NativeCache::directory).isInstanceOf(IOException.class);
  }

  @Test
  void a_users_cache_that_will_not_do_gives_way_to_a_private_temporary_directory()
      throws IOException {
    Path user = folder.resolve("user");
    assertThat(NativeCache.find(Optional.of(user)).path()).isEqualTo(user.resolve("natives"));
    Path file = Files.createFile(folder.resolve("file"));
    assertThat(NativeCache.find(Optional.of(file)).path().getFileName().toString())
        .startsWith("longcat4j-natives-");
    assertThat(NativeCache.find(Optional.empty()).path()).isNotEqualTo(user);
  }
}
