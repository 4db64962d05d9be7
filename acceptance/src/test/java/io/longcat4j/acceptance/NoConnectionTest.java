package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Audio;
import io.longcat4j.Generation;
import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.LongCat;
import io.longcat4j.LongCatException;
import io.longcat4j.Part;
import io.longcat4j.Prompt;
import io.longcat4j.Video;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Media that name an address are not followed: not as paths, and not from within lists of other
 * media. A list that names a file of this machine is not followed either.
 */
@Timeout(120)
class NoConnectionTest {
  private static final Generation TWO = Generation.builder().maxNewTokens(2).build();

  /** Protocols that FFmpeg knows, some of them around others. */
  private static final String[] SCHEMES = {
    "http",
    "https",
    "ftp",
    "rtmp",
    "rtmps",
    "rtmpt",
    "rtsp",
    "rtp",
    "tcp",
    "tls",
    "udp",
    "srt",
    "hls+http",
    "mmsh",
    "icecast",
    "gopher",
    "async:http",
    "cache:http",
    "crypto:http",
    "concat:http",
    "subfile,,start,0,end,9,,:http",
    "ffrtmphttp"
  };

  private static LongCat longcat;

  @TempDir Path folder;
  private final AtomicInteger connections = new AtomicInteger();
  private ServerSocket server;
  private Thread accepting;

  @BeforeAll
  static void load() {
    longcat = RandomCheckpoint.builder().build();
  }

  @AfterAll
  static void close() {
    longcat.close();
  }

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    accepting = new Thread(this::count);
    accepting.start();
  }

  private void count() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        connections.incrementAndGet();
        socket.close();
      } catch (IOException closed) {
        return;
      }
    }
  }

  @AfterEach
  void end() throws Exception {
    server.close();
    accepting.join();
  }

  /** A connection that is made is seen, so that none seen means something. */
  @Test
  void the_server_counts() throws Exception {
    try (Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(connections).hasValue(1);
  }

  @Test
  void addresses_as_paths_are_files_that_do_not_exist() {
    String host = "127.0.0.1:" + server.getLocalPort();
    for (String scheme : SCHEMES) {
      refused(Path.of(scheme + "://" + host + "/x.mp4"));
    }
    refused(Path.of("concat:http://" + host + "/a.ts|http://" + host + "/b.ts"));
    refused(Path.of("tee:http://" + host + "/a"));
    refused(Path.of("data:text/plain,#EXTM3U"));
    refused(Path.of("pipe:0"));
    refused(Path.of("fd:0"));
    refused(Path.of("//127.0.0.1/share/x.png"));
    assertThat(connections).hasValue(0);
  }

  @Test
  void lists_that_name_an_address_or_a_file_are_no_media() throws Exception {
    String url = "http://127.0.0.1:" + server.getLocalPort() + "/x";
    Path sound = RandomCheckpoint.media("audio_question_3s.wav").toAbsolutePath();
    List<String> targets =
        List.of(url, url.replace("http:", "rtmp:"), sound.toUri().toString(), sound.toString());
    for (String target : targets) {
      for (Playlist list : Playlist.naming(target)) {
        refused(list.text().getBytes(StandardCharsets.UTF_8));
        for (String ending : List.of(list.ending(), "mp4", "wav", "png")) {
          refused(Files.writeString(folder.resolve("list." + ending), list.text()));
        }
      }
    }
    assertThat(connections).hasValue(0);
  }

  private static void refused(Path file) {
    refused(List.of(Image.of(file), Audio.of(file), Video.of(file), Interleaved.of(file)));
  }

  private static void refused(byte[] file) {
    refused(List.of(Image.of(file), Audio.of(file), Video.of(file)));
  }

  private static void refused(List<Part> parts) {
    for (Part part : parts) {
      assertThatThrownBy(() -> longcat.generate(Prompt.user(part), TWO))
          .as("%s", part)
          .isInstanceOf(LongCatException.class);
    }
  }
}
