package io.longcat4j.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.InvalidRequestException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of files, repositories and addresses that are not what they should be. */
@Tag("once")
@Timeout(60)
class NamesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../evil.json",
        "a/../../evil",
        "/etc/passwd",
        "a//b",
        "./a",
        "a/.",
        "",
        "a\\..\\b",
        "C:evil",
        "a\u0000b",
        "a\nb",
        "con",
        "sub/AUX.txt",
        "lpt1",
        "a.",
        "a /b",
        ".git/hooks/x",
        ".longcat-download/lock",
        "sub/.GIT/config",
        "a*b",
        "a?b",
        "a|b"
      })
  void names_that_mean_something_else_are_refused(String name) throws Exception {
    assertThatThrownBy(() -> FileNames.require(name))
        .isInstanceOf(DownloadException.class)
        .hasMessageContaining("nothing of it is fetched");
    if (!name.isEmpty()) {
      for (Hub kind : Hub.values()) {
        try (HubServer hub = new HubServer()) {
          hub.files.put("config.json", new byte[] {1});
          hub.extraNames.put(name, "evil");
          Path target = folder.resolve("in/model");
          assertThatThrownBy(() -> hub.download(kind).to(target).run())
              .isInstanceOf(DownloadException.class);
          assertThat(folder.resolve("in")).doesNotExist();
        }
      }
    }
  }

  @Test
  void names_that_are_too_long_are_refused() {
    assertThatThrownBy(() -> FileNames.require("a".repeat(241)))
        .isInstanceOf(DownloadException.class);
    assertThatThrownBy(() -> FileNames.require("a/".repeat(600) + "b"))
        .isInstanceOf(DownloadException.class);
    assertThatCode(() -> FileNames.require("a".repeat(240))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model_00001-of-00075.safetensors",
        "a/b c/d+e.pt",
        "..a",
        ".gitattributes",
        "\u6a21\u578b.json",
        "console.json"
      })
  void usual_names_are_taken(String name) {
    assertThatCode(() -> FileNames.require(name)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @EnumSource
  void names_that_are_one_file_somewhere_are_refused(Hub kind) throws Exception {
    for (String other : new String[] {"CONFIG.json", "config.json/inner"}) {
      try (HubServer hub = new HubServer()) {
        hub.files.put("config.json", new byte[] {1});
        hub.extraNames.put(other, "");
        assertThatThrownBy(() -> hub.download(kind).list()).isInstanceOf(DownloadException.class);
      }
    }
  }

  @Test
  void lengths_that_cannot_be_are_refused() throws Exception {
    try (HubServer hub = new HubServer()) {
      hub.files.put("a.json", new byte[] {1});
      hub.listedSizes.put("a.json", -1L);
      assertThatThrownBy(() -> hub.download(Hub.HUGGING_FACE).list())
          .hasMessageContaining("-1 bytes");
      hub.files.put("b.json", new byte[] {1});
      hub.listedSizes.put("a.json", Long.MAX_VALUE);
      assertThatThrownBy(() -> hub.download(Hub.MODEL_SCOPE).list())
          .hasMessageContaining("can be counted");
    }
  }

  @Test
  void hashes_that_are_none_are_refused() {
    assertThatThrownBy(() -> new ContentHash(ContentHash.Kind.SHA256, "abc"))
        .isInstanceOf(DownloadException.class);
    assertThatThrownBy(() -> new ContentHash(ContentHash.Kind.GIT_BLOB, "x".repeat(40)))
        .isInstanceOf(DownloadException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "model", "a/b/c", "../x", "a/..", "a b/c", "a/b?c", "https://x/y"})
  void names_of_no_repository_are_refused(String name) {
    assertThatThrownBy(() -> Checkpoints.download(name))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("owner and name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://x", "file:///tmp", "https://u:p@x", "https://x?a=b", "x"})
  void addresses_of_no_hub_are_refused(String address) {
    assertThatThrownBy(() -> Checkpoints.download("a/b").endpoint(URI.create(address)))
        .isInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(
            () -> Checkpoints.download("a/b").environment(Map.of("HF_ENDPOINT", address)).list())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("HF_ENDPOINT");
  }

  @Test
  void answers_that_are_no_listing_are_refused() throws Exception {
    try (HubServer hub = new HubServer()) {
      assertThatThrownBy(() -> hub.download(Hub.HUGGING_FACE).list())
          .isInstanceOf(DownloadException.class)
          .hasMessageContaining("no files of what is wanted");
    }
  }

  @Test
  void redirections_stay_encrypted_and_are_addresses() throws Exception {
    URI hub = URI.create("https://hub.example/a/b");
    assertThat(Redirection.target(hub, "/c?d=e")).hasToString("https://hub.example/c?d=e");
    assertThat(Redirection.target(hub, "https://cdn.example/x")).hasHost("cdn.example");
    assertThat(Redirection.target(URI.create("http://h/x"), "https://h/x")).hasScheme("https");
    for (String bad : new String[] {"http://cdn.example/x", "file:///etc/passwd", "", "mailto:a"}) {
      assertThatThrownBy(() -> Redirection.target(hub, bad)).isInstanceOf(DownloadException.class);
    }
    assertThatThrownBy(() -> Redirection.target(hub, "http://a b/"))
        .isInstanceOf(TryAgainException.class);
  }
}
