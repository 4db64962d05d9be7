package io.longcat4j.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that end, servers that lie, and hubs that want to be left alone. */
@Timeout(60)
class DisturbedDownloadTest {
  private static final String FILE = "model.safetensors";
  private static final int BYTES = 3_500_000;

  @TempDir Path folder;
  private HubServer hub;
  private Path target;
  private byte[] content;

  @BeforeEach
  void start() throws IOException {
    hub = new HubServer();
    target = folder.resolve("model");
    content = CheckpointDownloadTest.random(1, BYTES);
    hub.files.put(FILE, content);
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private CheckpointDownload download() {
    return hub.download(Hub.HUGGING_FACE).to(target);
  }

  private void arrived() {
    assertThat(target.resolve(FILE)).hasBinaryContent(content);
  }

  private void nothingArrived() {
    assertThat(target.resolve(FILE)).doesNotExist();
  }

  @Test
  void what_arrived_is_not_fetched_again() {
    hub.fault =
        (exchange, bytes, request) -> {
          HubServer.send(exchange, bytes, 2_100_000);
          return true;
        };
    assertThatThrownBy(() -> download().retries(0).run())
        .isInstanceOf(DownloadException.class)
        .hasMessageContaining(" of 3500000")
        .hasMessageContaining("goes on where it ended");
    nothingArrived();
    hub.fault = (exchange, bytes, request) -> false;
    long received = download().run().bytesReceived();
    arrived();
    // The end of a connection may overtake some of the bytes before it, which are lost then.
    assertThat(received).isGreaterThanOrEqualTo(BYTES - 2_100_000).isLessThan(BYTES);
    assertThat(hub.asked.get(hub.asked.size() - 1).range())
        .contains("bytes=" + (BYTES - received) + "-");
  }

  @Test
  void a_connection_that_ends_is_made_again_from_where_it_was() {
    hub.fault =
        (exchange, bytes, request) -> {
          HubServer.send(exchange, bytes, 500_000);
          return true;
        };
    // An end may overtake the bytes before it, which are asked for once more: only failures without
    // any count.
    assertThat(download().retries(4).run().bytesReceived()).isEqualTo(BYTES);
    arrived();
    assertThat(hub.contentRequests()).isBetween(7L, 28L);
  }

  @Test
  void what_lies_there_is_not_trusted() throws Exception {
    cutAt(2_000_000);
    Path part = target.resolve(".longcat-download/parts/" + FILE + ".part");
    byte[] bytes = Files.readAllBytes(part);
    bytes[1_000_000]++;
    Files.write(part, bytes);
    assertThat(download().run().bytesReceived()).isEqualTo(BYTES - bytes.length + BYTES);
    arrived();
  }

  @Test
  void more_than_there_can_be_is_begun_anew() throws Exception {
    cutAt(2_000_000);
    Path part = target.resolve(".longcat-download/parts/" + FILE + ".part");
    Files.write(part, new byte[BYTES + 1]);
    assertThat(download().run().bytesReceived()).isEqualTo(BYTES);
    arrived();
  }

  @Test
  void unfinished_files_of_another_content_are_begun_anew() {
    cutAt(2_000_000);
    content = CheckpointDownloadTest.random(9, BYTES);
    hub.files.put(FILE, content);
    assertThat(download().run().bytesReceived()).isEqualTo(BYTES);
    arrived();
  }

  @Test
  void unfinished_files_that_are_listed_no_more_go_away() {
    cutAt(2_000_000);
    hub.files.remove(FILE);
    hub.files.put("other.json", new byte[] {1});
    download().run();
    assertThat(target.resolve(".longcat-download/parts")).isEmptyDirectory();
  }

  private void cutAt(int bytes) {
    hub.fault =
        (exchange, all, request) -> {
          HubServer.send(exchange, all, bytes);
          return true;
        };
    assertThatThrownBy(() -> download().retries(0).run()).isInstanceOf(DownloadException.class);
    hub.fault = (exchange, all, request) -> false;
  }

  @Test
  void servers_without_ranges_send_everything_again() {
    hub.fault =
        (exchange, bytes, request) -> {
          int most = request == 1 ? 1_000_000 : BYTES;
          HubServer.send(exchange, bytes, most, HubServer.tag(bytes), 0);
          return true;
        };
    assertThat(download().run().bytesReceived()).isEqualTo(1_000_000 + BYTES);
    arrived();
  }

  @Test
  void a_part_that_nobody_asked_for_is_not_taken() {
    hub.fault =
        (exchange, bytes, request) -> {
          int most = request == 1 ? 1_000_000 : BYTES;
          int from = request == 2 ? 999_999 : 0;
          HubServer.send(exchange, bytes, most, HubServer.tag(bytes), from);
          return true;
        };
    assertThat(download().run().bytesReceived()).isEqualTo(1_000_000 + BYTES);
    arrived();
  }

  @Test
  void content_with_another_tag_is_not_gone_on_with() {
    hub.fault =
        (exchange, bytes, request) -> {
          int most = request == 1 ? 1_000_000 : BYTES;
          HubServer.send(exchange, bytes, most, "\"" + request + "\"", HubServer.range(exchange));
          return true;
        };
    assertThat(download().run().bytesReceived()).isEqualTo(1_000_000 + BYTES);
    arrived();
  }

  @ParameterizedTest
  @EnumSource
  void content_that_is_wrong_is_refused(Hub kind) {
    hub.fault =
        (exchange, bytes, request) -> {
          byte[] wrong = bytes.clone();
          wrong[bytes.length / 2]++;
          HubServer.send(exchange, wrong, BYTES);
          return true;
        };
    assertThatThrownBy(() -> hub.download(kind).to(target).run())
        .isInstanceOf(DownloadException.class)
        .hasMessageContaining("3 times")
        .hasMessageContaining(HubServer.sha256(content));
    nothingArrived();
    hub.fault = (exchange, bytes, request) -> false;
    hub.download(kind).to(target).run();
    arrived();
  }

  @Test
  void content_that_is_wrong_once_is_fetched_again() {
    hub.fault =
        (exchange, bytes, request) -> {
          byte[] sent = bytes.clone();
          sent[0] ^= (byte) (request == 1 ? 1 : 0);
          HubServer.send(exchange, sent, BYTES);
          return true;
        };
    assertThat(download().run().bytesReceived()).isEqualTo(2L * BYTES);
    arrived();
  }

  @ParameterizedTest
  @ValueSource(ints = {BYTES - 1, BYTES + 1, 0, 2 * BYTES})
  void files_of_another_length_than_listed_are_refused(int length) {
    hub.fault =
        (exchange, bytes, request) -> {
          HubServer.send(exchange, java.util.Arrays.copyOf(bytes, length), length);
          return true;
        };
    assertThatThrownBy(() -> download().retries(1).run()).isInstanceOf(DownloadException.class);
    nothingArrived();
  }

  @Test
  void files_that_grow_without_saying_so_are_refused() {
    hub.fault =
        (exchange, bytes, request) -> {
          exchange.sendResponseHeaders(200, 0);
          HubServer.write(exchange, bytes, 0, bytes.length);
          HubServer.write(exchange, bytes, 0, 1);
          return true;
        };
    assertThatThrownBy(() -> download().retries(1).run())
        .isInstanceOf(DownloadException.class)
        .hasMessageContaining("goes on after");
    nothingArrived();
  }

  @Test
  void content_without_a_length_is_taken() {
    hub.fault =
        (exchange, bytes, request) -> {
          exchange.sendResponseHeaders(200, 0);
          HubServer.write(exchange, bytes, 0, bytes.length);
          return true;
        };
    download().run();
    arrived();
  }

  @Test
  void packed_content_is_refused() {
    hub.fault =
        (exchange, bytes, request) -> {
          exchange.getResponseHeaders().add("Content-Encoding", "gzip");
          HubServer.send(exchange, bytes, BYTES);
          return true;
        };
    assertThatThrownBy(() -> download().retries(1).run()).hasMessageContaining("packed");
  }

  @Test
  void a_hub_that_asks_for_patience_gets_it() {
    TestPace pace = new TestPace();
    hub.fault =
        (exchange, bytes, request) -> {
          if (request > 2) {
            return false;
          }
          String wait = request == 1 ? "70" : "Sun, 09 Sep 2001 02:46:40 GMT";
          exchange.getResponseHeaders().add("Retry-After", wait);
          exchange.sendResponseHeaders(request == 1 ? 429 : 503, -1);
          return true;
        };
    long before = pace.epochMillis();
    download().pace(pace).run();
    arrived();
    assertThat(pace.epochMillis() - before).isGreaterThanOrEqualTo(Duration.ofHours(1).toMillis());
  }

  @Test
  void who_asks_for_too_much_patience_ends_it() {
    hub.fault =
        (exchange, bytes, request) -> {
          exchange.getResponseHeaders().add("Retry-After", "3601");
          exchange.sendResponseHeaders(429, -1);
          return true;
        };
    assertThatThrownBy(() -> download().run())
        .isInstanceOf(DownloadException.class)
        .hasMessageContaining("rate limit");
  }

  @Test
  void pauses_double() {
    TestPace pace = new TestPace();
    hub.fault =
        (exchange, bytes, request) -> {
          exchange.sendResponseHeaders(500, -1);
          return true;
        };
    assertThatThrownBy(() -> download().pace(pace).retries(9).run())
        .isInstanceOf(DownloadException.class)
        .hasMessageContaining("10 times in a row")
        .hasMessageContaining("answered 500")
        .hasMessageNotContaining("signature");
    assertThat(pace.pauses.stream().map(Duration::toMillis))
        .containsExactly(500L, 1000L, 2000L, 4000L, 8000L, 16000L, 32000L, 64000L, 64000L);
  }

  @Test
  void addresses_that_ended_are_asked_for_again() {
    hub.fault =
        (exchange, bytes, request) -> {
          if (request == 1) {
            exchange.sendResponseHeaders(403, -1);
          }
          return request == 1;
        };
    download().run();
    arrived();
  }

  @Test
  void the_token_goes_to_the_hub_alone() {
    download().token("secret").run();
    arrived();
    assertThat(hub.asked).anyMatch(one -> !one.hub());
    assertThat(hub.asked)
        .allSatisfy(
            one ->
                assertThat(one.authorization())
                    .isEqualTo(one.hub() ? Optional.of("Bearer secret") : Optional.empty()));
  }

  @Test
  void tokens_and_addresses_of_the_environment_count() {
    Checkpoints.download(HubServer.NAME)
        .to(target)
        .environment(
            java.util.Map.of(
                "HF_ENDPOINT", hub.address().toString(), "HF_TOKEN", " of-environment "))
        .pace(new TestPace())
        .run();
    arrived();
    assertThat(hub.asked.get(0).authorization()).contains("Bearer of-environment");
  }

  @Test
  void a_token_is_not_sent_in_the_open() {
    assertThatThrownBy(
            () ->
                Checkpoints.download(HubServer.NAME)
                    .endpoint(java.net.URI.create("http://192.0.2.1"))
                    .token("secret")
                    .list())
        .isInstanceOf(DownloadException.class)
        .hasMessageContaining("open connection")
        .hasMessageNotContaining("secret");
  }

  @Test
  void what_is_not_there_is_not_asked_for_again() {
    assertThatThrownBy(
            () ->
                Checkpoints.download("owner/other")
                    .endpoint(hub.address())
                    .environment(java.util.Map.of())
                    .list())
        .isInstanceOf(DownloadException.class)
        .hasMessageContaining("answered 404")
        .hasMessageContaining("check the names");
    assertThat(hub.asked).hasSize(1);
  }

  @Test
  void silence_is_ended() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    hub.fault =
        (exchange, bytes, request) -> {
          if (request > 1) {
            return false;
          }
          exchange.sendResponseHeaders(200, bytes.length);
          HubServer.write(exchange, bytes, 0, 1_000_000);
          try {
            end.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return true;
        };
    download().pace(new TestPace(Duration.ofSeconds(1))).run();
    end.countDown();
    arrived();
  }

  @Test
  void an_interrupted_download_can_be_gone_on_with() throws Exception {
    CountDownLatch sent = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    hub.fault =
        (exchange, bytes, request) -> {
          exchange.getResponseHeaders().add("ETag", "\"" + HubServer.sha256(bytes) + "\"");
          exchange.sendResponseHeaders(200, bytes.length);
          HubServer.write(exchange, bytes, 0, 2_500_000);
          sent.countDown();
          try {
            end.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return true;
        };
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    CheckpointDownload download =
        download()
            .onProgress(
                progress -> {
                  if (progress.bytesDone() >= 2 << 20) {
                    Thread.currentThread().interrupt();
                  }
                });
    Thread running =
        new Thread(
            () -> {
              try {
                download.run();
              } catch (DownloadException e) {
                thrown.set(Thread.currentThread().isInterrupted() ? e : null);
              }
            });
    running.start();
    sent.await();
    running.join();
    end.countDown();
    assertThat(thrown.get()).isInstanceOf(DownloadInterruptedException.class);
    hub.fault = (exchange, bytes, request) -> false;
    assertThat(download().run().bytesReceived()).isLessThanOrEqualTo(BYTES - (2 << 20));
    arrived();
  }

  /** Every connection ends at a random place, in all files; whatever happens, all are right. */
  @Test
  @Timeout(900)
  void connections_cut_at_random_places_bring_whole_files() throws Exception {
    int downloads = Boolean.getBoolean("longcat.nightly") ? 200 : 12;
    hub.files.put(FILE, CheckpointDownloadTest.random(5, 1_200_000));
    for (int i = 0; i < 4; i++) {
      hub.files.put("m" + i + ".safetensors", CheckpointDownloadTest.random(i, 100_000 + i * 7));
      hub.files.put("c" + i + ".json", CheckpointDownloadTest.random(-i, 20 * i));
    }
    for (int seed = 0; seed < downloads; seed++) {
      Random random = new Random(seed);
      hub.fault =
          (exchange, bytes, request) -> {
            int most;
            boolean ranges;
            synchronized (random) {
              most = random.nextInt(4) == 0 ? BYTES : random.nextInt(bytes.length / 2 + 2);
              ranges = random.nextInt(8) > 0;
            }
            HubServer.send(
                exchange,
                bytes,
                Math.min(most, bytes.length),
                HubServer.tag(bytes),
                ranges ? HubServer.range(exchange) : 0);
            return true;
          };
      Path at = folder.resolve("seed" + seed);
      for (boolean done = false; !done; ) {
        try {
          Hub kind = seed % 2 == 0 ? Hub.HUGGING_FACE : Hub.MODEL_SCOPE;
          hub.download(kind).to(at).retries(4).connections(3).run();
          done = true;
        } catch (DownloadException e) {
          assertThat(e).as("seed %d", seed).hasMessageContaining("goes on where it ended");
        }
      }
      for (String name : List.copyOf(hub.files.keySet())) {
        assertThat(at.resolve(name)).as("seed %d", seed).hasBinaryContent(hub.files.get(name));
        Files.delete(at.resolve(name));
      }
    }
  }
}
