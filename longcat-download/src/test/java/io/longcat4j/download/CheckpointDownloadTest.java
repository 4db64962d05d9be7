package io.longcat4j.download;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.download.Verification.Checked;
import io.longcat4j.download.Verification.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Downloads that nothing disturbs, and what they do with what is there. */
@Timeout(60)
class CheckpointDownloadTest {
  private static final String SHARD = "model_00001-of-00002.safetensors";

  @TempDir Path folder;
  private HubServer hub;
  private Path target;

  @BeforeEach
  void start() throws IOException {
    hub = new HubServer();
    target = folder.resolve("model");
    hub.files.put("config.json", "{}".getBytes(UTF_8));
    hub.files.put("README.md", "# model".getBytes(UTF_8));
    hub.files.put("empty.json", new byte[0]);
    hub.files.put(SHARD, random(1, 3_000_000));
    hub.files.put("model_00002-of-00002.safetensors", random(2, 1_234_567));
    hub.files.put("vision/config.json", "{\"a\": 1}".getBytes(UTF_8));
    hub.files.put("audio/audio_encoder.pt", random(3, 70_000));
    hub.files.put("audio_codec/caf\u00e9 + 1.pt", random(4, 7_000));
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  static byte[] random(int seed, int count) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @EnumSource
  void everything_arrives(Hub kind) throws Exception {
    Downloaded done = hub.download(kind).to(target).run();
    for (String name : hub.files.keySet()) {
      assertThat(target.resolve(name)).hasBinaryContent(hub.files.get(name));
    }
    assertThat(done.listing().bytes()).isEqualTo(done.bytesReceived());
    assertThat(done.unchecked()).isEmpty();
    assertThat(done.listing().files()).hasSize(hub.files.size());
    assertThat(files(target.resolve(".longcat-download"))).containsExactly("lock", "verified.json");
  }

  @Test
  void a_branch_is_looked_up_once_and_files_are_of_its_commit() {
    Downloaded done = hub.download(Hub.HUGGING_FACE).revision("a/b").to(target).run();
    assertThat(done.listing().revision()).isEqualTo(HubServer.COMMIT);
    assertThat(hub.asked.stream().map(HubServer.Asked::uri))
        .containsOnlyOnce("/api/models/owner/model/revision/a%2Fb");
  }

  @Test
  void a_list_in_pages_is_read_to_its_end() {
    hub.pageSize = 2;
    assertThat(hub.download(Hub.HUGGING_FACE).list().files()).hasSize(hub.files.size());
    hub.nextPageAt = java.util.Optional.of("http://localhost:1/x?");
    assertThatThrownBy(() -> hub.download(Hub.HUGGING_FACE).list())
        .isInstanceOf(DownloadException.class)
        .hasMessageContaining("another host");
  }

  @Test
  void a_list_is_all_that_a_dry_run_asks_for() {
    Listing listing = hub.download(Hub.HUGGING_FACE).to(target).part(ModelPart.TEXT).list();
    assertThat(listing.files().stream().map(RepositoryFile::path))
        .containsExactly("config.json", "empty.json", SHARD, "model_00002-of-00002.safetensors");
    assertThat(listing.bytes()).isEqualTo(2 + 3_000_000 + 1_234_567);
    assertThat(target).doesNotExist();
    assertThat(hub.contentRequests()).isZero();
  }

  @Test
  void the_parts_of_a_model_are_what_they_need() {
    Listing omni = hub.download(Hub.HUGGING_FACE).part(ModelPart.OMNI).list();
    assertThat(omni.files().stream().map(RepositoryFile::path))
        .contains("vision/config.json", "audio/audio_encoder.pt", "audio_codec/caf\u00e9 + 1.pt")
        .doesNotContain("README.md");
    assertThat(hub.download(Hub.HUGGING_FACE).list().files()).hasSize(8);
  }

  @Test
  void what_was_checked_is_not_read_or_fetched_again() throws Exception {
    hub.download(Hub.HUGGING_FACE).to(target).run();
    long before = hub.contentRequests();
    Files.delete(target.resolve("config.json"));
    Downloaded again = hub.download(Hub.HUGGING_FACE).to(target).run();
    assertThat(hub.contentRequests()).isEqualTo(before);
    assertThat(again.bytesReceived()).isEqualTo(2);
  }

  @Test
  void files_of_other_tools_are_read_and_kept() throws Exception {
    Files.createDirectories(target);
    Files.write(target.resolve(SHARD), hub.files.get(SHARD));
    Downloaded done = hub.download(Hub.HUGGING_FACE).to(target).run();
    assertThat(done.bytesReceived()).isEqualTo(done.listing().bytes() - 3_000_000);
  }

  @Test
  void files_that_somebody_made_are_not_replaced_unless_told() throws Exception {
    Files.createDirectories(target);
    for (String mine : List.of("[]", "mine, and longer")) {
      Files.writeString(target.resolve("config.json"), mine);
      assertThatThrownBy(() -> hub.download(Hub.HUGGING_FACE).to(target).run())
          .isInstanceOf(DownloadException.class)
          .hasMessageContaining("config.json")
          .hasMessageContaining("--replace");
      assertThat(target.resolve("config.json")).hasContent(mine);
    }
    hub.download(Hub.HUGGING_FACE).to(target).replace(true).run();
    assertThat(target.resolve("config.json")).hasContent("{}");
  }

  @Test
  void files_of_an_earlier_version_are_replaced() throws Exception {
    hub.download(Hub.HUGGING_FACE).to(target).run();
    hub.files.put("config.json", "{\"newer\": 1}".getBytes(UTF_8));
    hub.download(Hub.HUGGING_FACE).to(target).run();
    assertThat(target.resolve("config.json")).hasContent("{\"newer\": 1}");
  }

  @Test
  void a_directory_is_compared_with_its_repository() throws Exception {
    hub.download(Hub.HUGGING_FACE).to(target).run();
    assertThat(hub.download(Hub.HUGGING_FACE).to(target).verify().isFine()).isTrue();
    Files.delete(target.resolve("config.json"));
    Files.writeString(target.resolve("README.md"), "short");
    byte[] content = hub.files.get(SHARD).clone();
    content[2_999_999]++;
    Files.write(target.resolve(SHARD), content);
    Verification found = hub.download(Hub.HUGGING_FACE).to(target).verify();
    assertThat(found.isFine()).isFalse();
    assertThat(found.files().stream().filter(file -> !file.isFine()))
        .extracting(file -> file.file().path(), Checked::state)
        .containsExactly(
            org.assertj.core.api.Assertions.tuple("README.md", State.WRONG_LENGTH),
            org.assertj.core.api.Assertions.tuple("config.json", State.MISSING),
            org.assertj.core.api.Assertions.tuple(SHARD, State.WRONG_CONTENT));
    assertThat(target.resolve("config.json")).doesNotExist();
  }

  @Test
  void files_without_a_hash_are_told() {
    hub.listsHashes = false;
    Downloaded done = hub.download(Hub.MODEL_SCOPE).to(target).run();
    assertThat(done.unchecked()).hasSize(hub.files.size());
    assertThat(target.resolve(SHARD)).hasBinaryContent(hub.files.get(SHARD));
    assertThat(hub.download(Hub.MODEL_SCOPE).to(target).verify().files().get(0).state())
        .isEqualTo(State.UNCHECKED);
  }

  @Test
  void nothing_is_fetched_where_there_is_no_room() {
    assertThatThrownBy(
            () ->
                hub.download(Hub.HUGGING_FACE)
                    .to(target)
                    .space(at -> (64 << 20) + hub.download(Hub.HUGGING_FACE).list().bytes() - 1)
                    .run())
        .isInstanceOf(DownloadException.class)
        .hasMessageContaining("make room");
    assertThat(hub.contentRequests()).isZero();
    hub.download(Hub.HUGGING_FACE)
        .to(target)
        .space(at -> (64 << 20) + hub.download(Hub.HUGGING_FACE).list().bytes())
        .run();
    hub.download(Hub.HUGGING_FACE).to(target).space(at -> 0).run();
  }

  @Test
  void one_download_at_a_time_has_a_directory() {
    try (WorkDirectory held = WorkDirectory.open(target)) {
      assertThatThrownBy(() -> hub.download(Hub.HUGGING_FACE).to(target).run())
          .isInstanceOf(DownloadException.class)
          .hasMessageContaining("another download");
      assertThat(held.verified()).isNotNull();
    }
    hub.download(Hub.HUGGING_FACE).to(target).run();
  }

  @Test
  void progress_ends_with_everything() {
    List<DownloadProgress> told = new ArrayList<>();
    hub.download(Hub.HUGGING_FACE).to(target).onProgress(told::add).run();
    DownloadProgress last = told.get(told.size() - 1);
    assertThat(last.bytesDone()).isEqualTo(last.bytesTotal()).isPositive();
    assertThat(last.filesDone()).isEqualTo(last.filesTotal()).isEqualTo(8);
    assertThat(last.timeLeft()).isEmpty();
    assertThat(told.get(0).bytesDone()).isLessThan(last.bytesTotal());
  }

  @Test
  void a_listener_that_throws_ends_the_download() {
    assertThatThrownBy(
            () ->
                hub.download(Hub.HUGGING_FACE)
                    .to(target)
                    .onProgress(
                        progress -> {
                          throw new IllegalStateException("enough");
                        })
                    .run())
        .hasMessage("enough");
    assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
        .noneMatch(name -> name.startsWith("longcat-download-"));
    hub.download(Hub.HUGGING_FACE).to(target).run();
  }

  private static List<String> files(Path directory) throws IOException {
    try (Stream<Path> found = Files.walk(directory)) {
      return found
          .filter(Files::isRegularFile)
          .map(file -> directory.relativize(file).toString())
          .sorted()
          .toList();
    }
  }
}
