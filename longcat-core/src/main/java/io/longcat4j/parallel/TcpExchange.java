package io.longcat4j.parallel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Slots over TCP. Rank 0 has one for each rank, others one of their own and one of rank 0. Each
 * transfer begins with what it belongs to, which both sides know beforehand: nothing is believed.
 */
final class TcpExchange implements Exchange {
  private static final int MARK = 0x4c435042;
  private static final int HEADER_BYTES = 24;

  /** Some 50 microseconds of asking whether something has come. */
  private static final int SPINS = 60;

  private final int index;
  private final int size;
  private final int rank;
  private final TcpTransport transport;
  private final Wire.Waiting waiting;
  private final ByteBuffer[] slots;
  private final ByteBuffer header = ByteBuffer.allocateDirect(HEADER_BYTES);
  private long round;
  private long waited;

  TcpExchange(int index, int size, int rank, int slotBytes, TcpTransport transport, Watch watch) {
    this.index = index;
    this.size = size;
    this.rank = rank;
    this.transport = transport;
    int spins = Runtime.getRuntime().availableProcessors() > 1 ? SPINS : 0;
    this.waiting = Wire.Waiting.watched(spins, watch);
    this.slots = new ByteBuffer[size];
    for (int r = 0; r < size; r++) {
      slots[r] = ByteBuffer.allocateDirect(slotBytes).order(ByteOrder.nativeOrder());
    }
  }

  @Override
  public int begin() {
    round++;
    return 0;
  }

  @Override
  public int sets() {
    return 1;
  }

  @Override
  public ByteBuffer slot(int set, int of) {
    return slots[of];
  }

  @Override
  public boolean isCentral() {
    return true;
  }

  @Override
  public void gatherToAll(int bytes) {
    int[] all = new int[size];
    Arrays.fill(all, bytes);
    gatherToFirst(all);
    for (int of = 0; of < size; of++) {
      spread(of, bytes);
    }
  }

  @Override
  public void gatherToFirst(int[] bytes) {
    if (rank != 0) {
      send(0, rank, bytes[rank]);
      return;
    }
    for (int other = 1; other < size; other++) {
      receive(other, other, bytes[other]);
    }
  }

  @Override
  public void broadcast(int bytes) {
    spread(0, bytes);
  }

  private void spread(int of, int bytes) {
    if (rank != 0) {
      receive(0, of, bytes);
      return;
    }
    for (int other = 1; other < size; other++) {
      send(other, of, bytes);
    }
  }

  private void send(int to, int of, int bytes) {
    header.clear();
    header.putInt(MARK).putInt(index).putLong(round).putInt(of).putInt(bytes).flip();
    try {
      transport.wire(to).write(waiting, header, slots[of].duplicate().clear().limit(bytes));
    } catch (IOException e) {
      throw transport.lost(to, lost(e), e);
    }
  }

  private void receive(int from, int of, int bytes) {
    long started = System.nanoTime();
    header.clear();
    try {
      transport.wire(from).read(waiting, header, slots[of].duplicate().clear().limit(bytes));
    } catch (IOException e) {
      throw transport.lost(from, lost(e), e);
    }
    header.flip();
    boolean isExpected =
        header.getInt() == MARK
            && header.getInt() == index
            && header.getLong() == round
            && header.getInt() == of
            && header.getInt() == bytes;
    if (!isExpected) {
      String reason = "sent partials of another collective than rank %d is in".formatted(rank);
      throw transport.failed(from, reason, new MalformedFrameException(reason));
    }
    waited += System.nanoTime() - started;
  }

  private static String lost(IOException cause) {
    return "the connection for its partials is gone (%s), so its process has ended or its network"
            .formatted(cause.getMessage())
        + " has";
  }

  @Override
  public long waitedNanos() {
    return waited;
  }
}
