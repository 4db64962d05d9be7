package io.longcat4j.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.RankFailedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is refused before anything is loaded. */
class HandshakeTest {
  private static final RankTimes OPTIONS = RankTimes.DEFAULTS.withJoining(Duration.ofSeconds(30));
  private static final byte[] FILES = {1, 2, 3};
  private static final Introduction SAME = new Introduction("1.0", FILES, 10, 100);

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void end() {
    threads.shutdownNow();
    RankFaultsContract.assertThatNothingIsLeft();
  }

  private static Meeting host(int size) {
    return Meeting.host(
        size, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), TcpRanksTest.TOKEN);
  }

  private Future<Ranks> start(Callable<Ranks> join) {
    return threads.submit(join);
  }

  private Future<Ranks> guest(Meeting host, int size, int rank, Introduction introduction) {
    Meeting guest = Meeting.guest(size, rank, host.address(), TcpRanksTest.TOKEN);
    return start(() -> ProcessRanks.join(guest, introduction, OPTIONS, null));
  }

  private Future<Ranks> host(Meeting host, RankTimes times) {
    return start(() -> ProcessRanks.join(host, SAME, times, null));
  }

  /** Both ends say so, and whoever else waits too. */
  private void refusedEverywhere(Introduction other, String... parts) throws Exception {
    Meeting meeting = host(3);
    List<Future<Ranks>> all =
        List.of(host(meeting, OPTIONS), guest(meeting, 3, 1, SAME), guest(meeting, 3, 2, other));
    for (Future<Ranks> one : List.of(all.get(0), all.get(2))) {
      Throwable failure = Members.failure(one);
      assertThat(failure).isInstanceOf(RankFailedException.class);
      assertThat(((RankFailedException) failure).rank()).isEqualTo(2);
      assertThat(((RankFailedException) failure).host()).isEqualTo(HostName.own());
      assertThat(failure.getMessage()).contains("rank 2").contains(parts);
    }
    assertThat(Members.failure(all.get(1))).isInstanceOf(RankFailedException.class);
  }

  @Test
  void another_version_of_the_library_is_refused() throws Exception {
    refusedEverywhere(new Introduction("1.1", FILES, 10, 100), "version 1.1", "version 1.0");
  }

  @Test
  void another_checkpoint_is_refused() throws Exception {
    refusedEverywhere(
        new Introduction("1.0", new byte[] {1, 2, 4}, 10, 100), "checkpoint", "010204", "010203");
  }

  @Test
  void too_little_memory_is_refused() throws Exception {
    refusedEverywhere(new Introduction("1.0", FILES, 200, 100), "need 220 bytes", "100 are");
  }

  @Test
  void ranks_of_one_host_share_its_memory() throws Exception {
    Meeting meeting = host(2);
    Introduction half = new Introduction("1.0", FILES, 60, 100);
    Future<Ranks> first = start(() -> ProcessRanks.join(meeting, half, OPTIONS, null));
    Future<Ranks> second = guest(meeting, 2, 1, half);
    assertThat(Members.failure(first))
        .hasMessageContaining("need 120 bytes")
        .hasMessageContaining("100");
    assertThat(Members.failure(second)).hasMessageContaining("need 120 bytes");
  }

  @Test
  void another_number_of_ranks_is_refused() throws Exception {
    Meeting meeting = host(2);
    Future<Ranks> first = host(meeting, OPTIONS);
    Future<Ranks> second = guest(meeting, 4, 1, SAME);
    for (Future<Ranks> one : List.of(first, second)) {
      assertThat(Members.failure(one))
          .hasMessageContaining("one of 4")
          .hasMessageContaining("one of 2");
    }
  }

  @Test
  void a_rank_taken_twice_is_refused() throws Exception {
    Meeting meeting = host(3);
    Future<Ranks> first = host(meeting, OPTIONS);
    Future<Ranks> second = guest(meeting, 3, 1, SAME);
    Future<Ranks> third = guest(meeting, 3, 1, SAME);
    for (Future<Ranks> one : List.of(first, second, third)) {
      assertThat(Members.failure(one)).isInstanceOf(RankFailedException.class);
    }
    assertThat(Members.failure(first)).hasMessageContaining("rank 1 was taken twice");
  }

  @Test
  void another_patience_is_refused() throws Exception {
    Meeting meeting = host(2);
    Future<Ranks> first = host(meeting, OPTIONS.withPatience(Duration.ofSeconds(3)));
    Future<Ranks> second = guest(meeting, 2, 1, SAME);
    for (Future<Ranks> one : List.of(first, second)) {
      assertThat(Members.failure(one))
          .hasMessageContaining("10000 ms")
          .hasMessageContaining("3000");
    }
  }

  @Test
  void another_protocol_is_refused_by_both() throws Exception {
    Meeting meeting = host(2);
    Future<Ranks> first = host(meeting, OPTIONS);
    Meeting at = Meeting.guest(2, 1, meeting.address(), TcpRanksTest.TOKEN);
    Hello hello = new Hello(false, 2, 1, "elsewhere", "TCP", 10_000, SAME);
    Handshake later = new Handshake(TcpRanksTest.TOKEN, Handshake.PROTOCOL + 1);
    assertThatThrownBy(() -> new Guest(at, hello, OPTIONS, later).meet(true))
        .isInstanceOf(RankFailedException.class)
        .hasMessageContaining("version 1");
    assertThat(Members.failure(first))
        .hasMessageContaining("rank 1")
        .hasMessageContaining("version 2");
  }

  // Closing early is what ends the other side.
  @SuppressWarnings("try")
  @Test
  void whoever_does_not_know_the_token_is_shown_out_and_keeps_nobody_from_joining()
      throws Exception {
    Meeting meeting = host(2);
    Future<Ranks> first = host(meeting, OPTIONS);
    Meeting wrong =
        Meeting.guest(2, 1, meeting.address(), "another token 00".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> ProcessRanks.join(wrong, SAME, OPTIONS, null))
        .isInstanceOf(RankFailedException.class)
        .hasMessageContaining("LONGCAT_TOKEN");
    try (Socket silent = new Socket(meeting.address().getAddress(), meeting.address().getPort());
        Socket loud = new Socket(meeting.address().getAddress(), meeting.address().getPort())) {
      loud.getOutputStream()
          .write("GET / HTTP/1.1\r\n\r\n".repeat(10).getBytes(StandardCharsets.UTF_8));
      Future<Ranks> second = guest(meeting, 2, 1, SAME);
      try (Ranks one = Members.result(first);
          Ranks other = Members.result(second)) {
        assertThat(one.hosts()).isEqualTo(other.hosts());
        assertThat(silent.isClosed()).isFalse();
        Future<?> closing = threads.submit(one::close);
        assertThat(other.receive()).isEmpty();
        other.close();
        Members.result(closing);
      }
    }
  }

  @Test
  void a_rank_tells_nothing_to_whoever_pretends_to_be_rank_0() throws Exception {
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Meeting guest =
          Meeting.guest(2, 1, (InetSocketAddress) listener.getLocalAddress(), TcpRanksTest.TOKEN);
      Future<Ranks> joining = start(() -> ProcessRanks.join(guest, SAME, OPTIONS, null));
      try (Wire wire = new Wire(listener.accept())) {
        ByteBuffer challenge = ByteBuffer.allocate(Handshake.CHALLENGE_BYTES);
        challenge.putInt(0x4c43524b).putInt(Handshake.PROTOCOL).rewind();
        wire.write(Wire.Waiting.LONG, new Frame(FrameKind.CHALLENGE, challenge));
        ByteBuffer proof = Frame.read(wire, Wire.Waiting.LONG, FrameKind.PROOF).payload();
        byte[] sent = new byte[proof.remaining()];
        proof.get(sent);
        assertThat(new String(sent, StandardCharsets.ISO_8859_1))
            .doesNotContain(new String(TcpRanksTest.TOKEN, StandardCharsets.ISO_8859_1));
        ByteBuffer guess = ByteBuffer.allocate(Handshake.MAC_BYTES);
        wire.write(Wire.Waiting.LONG, new Frame(FrameKind.COUNTERPROOF, guess));
        assertThatThrownBy(() -> Frame.read(wire, Wire.Waiting.LONG, FrameKind.HELLO))
            .isInstanceOf(IOException.class);
      }
      assertThat(Members.failure(joining)).hasMessageContaining("another token");
    }
  }

  @Test
  void rank_0_says_who_has_not_come_and_who_was_turned_away() throws Exception {
    Meeting meeting = host(3);
    Future<Ranks> first = host(meeting, OPTIONS.withJoining(Duration.ofSeconds(2)));
    Meeting wrong =
        Meeting.guest(3, 2, meeting.address(), "another token 00".getBytes(StandardCharsets.UTF_8));
    Future<Ranks> turnedAway = start(() -> ProcessRanks.join(wrong, SAME, OPTIONS, null));
    Future<Ranks> second = guest(meeting, 3, 1, SAME);
    assertThat(Members.failure(turnedAway)).isInstanceOf(RankFailedException.class);
    assertThat(Members.failure(first))
        .isInstanceOf(RankFailedException.class)
        .hasMessageContaining("rank 2 of 3 did not come")
        .hasMessageContaining("another token");
    assertThat(Members.failure(second)).hasMessageContaining("rank 2 of 3 did not come");
  }

  @Test
  void a_rank_that_finds_nobody_says_where_it_looked() throws Exception {
    InetSocketAddress nobody;
    try (Meeting gone = host(2)) {
      nobody = gone.address();
    }
    Meeting guest = Meeting.guest(2, 1, nobody, TcpRanksTest.TOKEN);
    RankTimes quick = OPTIONS.withJoining(Duration.ofMillis(200));
    assertThatThrownBy(() -> ProcessRanks.join(guest, SAME, quick, null))
        .isInstanceOf(RankFailedException.class)
        .hasMessageContaining("" + nobody.getPort());
  }

  @Test
  void nobody_listens_any_more_once_all_have_come() throws Exception {
    Meeting meeting = host(2);
    Future<Ranks> first = host(meeting, OPTIONS);
    Future<Ranks> second = guest(meeting, 2, 1, SAME);
    try (Members members = new Members(List.of(Members.result(first), Members.result(second)))) {
      assertThat(members.size()).isEqualTo(2);
      assertThatThrownBy(
              () -> new Socket(meeting.address().getAddress(), meeting.address().getPort()).close())
          .isInstanceOf(IOException.class);
    }
  }
}
