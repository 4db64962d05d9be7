package io.longcat4j.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.RankFailedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Bytes between ranks that no rank sends. */
class MalformedFramesProperties {
  private static final boolean NIGHTLY = Boolean.getBoolean("longcat.nightly");
  private static final Introduction INTRODUCTION = new Introduction("1.0", new byte[] {7}, 1, 2);

  private static List<Frame> frames() {
    List<Frame> frames = new ArrayList<>();
    frames.add(new Hello(false, 4, 2, "host", "TCP", 10, INTRODUCTION).frame());
    frames.add(new Pulse(3, 4, new Figures(1, 2, 3, 4)).frame(FrameKind.PULSE));
    frames.add(new Pulse(3, 4, new Figures(1, 2, 3, 4)).frame(FrameKind.DONE));
    frames.add(new Failed(1, "host", "why").frame(FrameKind.FAILED));
    frames.add(new Frame(FrameKind.ORDER, ByteBuffer.wrap(new byte[100])));
    frames.add(Pieces.next(FrameKind.QUESTION, 3, ByteBuffer.wrap(new byte[100])));
    frames.add(Pieces.next(FrameKind.ANSWER, 3, ByteBuffer.wrap(new byte[300_000])));
    frames.add(Frame.of(FrameKind.END));
    frames.add(Frame.of(FrameKind.BYE));
    return frames;
  }

  private static byte[] bytes(Frame frame) {
    ByteBuffer payload = frame.payload().duplicate();
    ByteBuffer all = ByteBuffer.allocate(Frame.HEADER_BYTES + payload.remaining());
    return all.put(frame.header()).put(payload).array();
  }

  private static byte[] mutated(byte[] bytes, SplittableRandom random) {
    byte[] changed = bytes.clone();
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(random.nextBoolean() ? Math.min(16, changed.length) : changed.length);
      changed[at] =
          switch (random.nextInt(4)) {
            case 0 -> (byte) 0xff;
            case 1 -> 0x7f;
            case 2 -> (byte) (changed[at] ^ (1 << random.nextInt(8)));
            default -> (byte) random.nextInt(256);
          };
    }
    return changed;
  }

  /** A connection to this process: what one end writes, the other reads. */
  private static Wire[] pair() throws IOException {
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      SocketChannel one = SocketChannel.open(listener.getLocalAddress());
      return new Wire[] {new Wire(one), new Wire(listener.accept())};
    }
  }

  // Closing early is what ends the other side.
  @SuppressWarnings("try")
  @Test
  void frames_that_were_changed_are_read_or_refused_and_never_anything_else() throws Exception {
    SplittableRandom random = new SplittableRandom(5);
    List<Frame> frames = frames();
    for (int i = 0; i < (NIGHTLY ? 20_000 : 1_000); i++) {
      Frame frame = frames.get(random.nextInt(frames.size()));
      byte[] changed = mutated(bytes(frame), random);
      Wire[] wires = pair();
      try (Wire from = wires[0];
          Wire to = wires[1]) {
        from.write(Wire.Waiting.LONG, ByteBuffer.wrap(changed));
        from.close();
        Frame read = Frame.read(to, Wire.Waiting.LONG, EnumSet.allOf(FrameKind.class));
        decode(read);
      } catch (IOException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
  }

  private static void decode(Frame frame) throws IOException {
    switch (frame.kind()) {
      case HELLO -> Hello.of(frame.payload());
      case PULSE, DONE -> Pulse.of(frame.payload());
      case FAILED, REFUSED -> Failed.of(frame.payload(), 4);
      case QUESTION, ANSWER -> new Pieces().add(frame.payload());
      default -> assertThat(frame.payload().remaining()).isLessThan(1 << 20);
    }
  }

  // Closing early is what ends the other side.
  @SuppressWarnings("try")
  @Test
  void memory_is_taken_as_bytes_arrive_and_not_as_they_are_promised() throws Exception {
    Wire[] wires = pair();
    try (Wire from = wires[0];
        Wire to = wires[1]) {
      ByteBuffer promise =
          new Frame(FrameKind.ORDER, ByteBuffer.allocate(0)).header().putInt(8, 200_000_000);
      from.write(Wire.Waiting.LONG, promise.rewind());
      from.close();
      long before = allocated();
      assertThatThrownBy(() -> Frame.read(to, Wire.Waiting.LONG, FrameKind.ORDER))
          .isInstanceOf(IOException.class);
      assertThat(allocated() - before).isLessThan(5_000_000);
    }
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean)
            java.lang.management.ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  @Test
  void lengths_beyond_what_a_kind_has_are_refused_at_once() throws Exception {
    for (int length : new int[] {-1, Integer.MIN_VALUE, Ranks.MAX_ORDER_BYTES + 1, 1 << 30}) {
      assertThatThrownBy(() -> FrameKind.of(FrameKind.ORDER.code(), length))
          .isInstanceOf(MalformedFrameException.class);
    }
    for (FrameKind kind : FrameKind.values()) {
      assertThat(FrameKind.of(kind.code(), kind == FrameKind.ORDER ? 7 : fitting(kind)))
          .isEqualTo(kind);
    }
    for (int code : new int[] {0, -1, 17, 255}) {
      assertThatThrownBy(() -> FrameKind.of(code, 0)).isInstanceOf(MalformedFrameException.class);
    }
  }

  private static int fitting(FrameKind kind) {
    for (int length = 0; length < 1000; length++) {
      try {
        FrameKind unused = FrameKind.of(kind.code(), length);
        return length;
      } catch (MalformedFrameException e) {
        // The next one may do.
      }
    }
    throw new AssertionError(kind);
  }

  /** A rank that has joined and then says anything: the true one must end with an exception. */
  @Test
  void a_rank_that_sends_what_no_rank_sends_fails_and_hangs_nobody() throws Exception {
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < (NIGHTLY ? 300 : 25); i++) {
      boolean isControl = random.nextBoolean();
      byte[] rubbish =
          isControl
              ? mutated(bytes(frames().get(random.nextInt(frames().size()))), random)
              : randomBytes(random);
      Meeting meeting =
          Meeting.host(
              2, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), TcpRanksTest.TOKEN);
      RankTimes times = RankTimes.DEFAULTS.withPatience(Duration.ofSeconds(5));
      CompletableFuture<Connections> liar =
          CompletableFuture.supplyAsync(
              () -> {
                Hello hello = new Hello(false, 2, 1, "liar", "TCP", 5000, INTRODUCTION);
                Meeting at = Meeting.guest(2, 1, meeting.address(), TcpRanksTest.TOKEN);
                return new Guest(at, hello, times).meet(true);
              });
      try (Members members =
          new Members(List.of(ProcessRanks.join(meeting, INTRODUCTION, times, null)))) {
        Connections connections = liar.join();
        var truth = members.start(0, RankFaultsContract::sumForEver);
        Wire wire = (isControl ? connections.control() : connections.bulk()).get(0);
        wire.write(Wire.Waiting.LONG, ByteBuffer.wrap(rubbish));
        connections.control().forEach(Wire::close);
        connections.bulk().forEach(Wire::close);
        Throwable failure = Members.failure(truth);
        assertThat(failure).isInstanceOf(RankFailedException.class);
      }
    }
    RankFaultsContract.assertThatNothingIsLeft();
  }

  private static byte[] randomBytes(SplittableRandom random) {
    byte[] bytes = new byte[random.nextInt(1, 200)];
    random.nextBytes(bytes);
    return bytes;
  }

  @Test
  void partials_of_another_collective_are_refused_by_name() throws Exception {
    try (Members members = new Members(TcpRanksTest.join(2, RankFaultsContract.QUICK))) {
      var sums =
          members.start(
              0,
              member -> {
                member.communicator(100).sum(member.tensor(new float[2][3]));
                return null;
              });
      var other =
          members.start(
              1,
              member -> {
                member.communicator(100).sum(member.tensor(new float[2][4]));
                return null;
              });
      assertThat(Members.failure(sums)).isInstanceOf(RankFailedException.class);
      assertThat(Members.failure(other)).isInstanceOf(RankFailedException.class);
    }
  }
}
