package io.longcat4j.parallel;

import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import java.util.Arrays;
import java.util.List;

/** Collectives by way of slots; tensors that are larger than one move in pieces. */
final class ExchangeCommunicator implements Communicator {
  /** Beyond, pieces only cost memory. */
  private static final int MOST_FLOATS = 1 << 20;

  private final int size;
  private final int rank;
  private final Stream stream;
  private final Exchange exchange;
  private final int floats;
  private final Slots places;
  private final SlotTensors slots;
  private final Tally tally;

  ExchangeCommunicator(
      int size, int rank, Stream stream, Exchange exchange, Slots places, int floats, Tally tally) {
    this.size = size;
    this.rank = rank;
    this.stream = stream;
    this.exchange = exchange;
    this.floats = floats;
    this.places = places;
    this.slots = new SlotTensors(places, size, floats);
    this.tally = tally;
  }

  /** How many numbers a slot has where tensors of so many shall move. */
  static int slotFloats(long maxFloats) {
    if (maxFloats < 1) {
      throw new IllegalArgumentException(
          "a communicator moves at least 1 number at once, not " + maxFloats);
    }
    return (int) Math.min(maxFloats, MOST_FLOATS);
  }

  @Override
  public void sum(Tensor partial) {
    long started = System.nanoTime();
    long waited = exchange.waitedNanos();
    each(partial, this::sumPiece);
    count(partial, started, waited);
  }

  private void sumPiece(Tensor partial) {
    int set = exchange.begin();
    List<Tensor> all = slots.all(set, partial.rows(), partial.columns());
    stream.copy(partial, all.get(rank));
    places.leave(set);
    int bytes = bytes(partial.rows(), partial.columns());
    if (!exchange.isCentral()) {
      exchange.gatherToAll(bytes);
      places.find(set);
      stream.join(all, partial);
      return;
    }
    exchange.gatherToFirst(equal(bytes));
    if (rank == 0) {
      stream.join(all, partial);
      stream.copy(partial, all.get(0));
      places.leave(set);
    }
    exchange.broadcast(bytes);
    if (rank != 0) {
      stream.copy(all.get(0), partial);
    }
  }

  @Override
  public void gather(Tensor slice, int[] firstColumns, Tensor whole) {
    requireColumns(slice, firstColumns, whole);
    long started = System.nanoTime();
    long waited = exchange.waitedNanos();
    int widest = 0;
    for (int r = 0; r < size; r++) {
      widest = Math.max(widest, firstColumns[r + 1] - firstColumns[r]);
    }
    int columnStep = Math.min(widest, floats);
    int rowStep = Math.max(1, floats / columnStep);
    for (int row = 0; row < slice.rows(); row += rowStep) {
      int rows = Math.min(rowStep, slice.rows() - row);
      for (int column = 0; column < widest; column += columnStep) {
        gatherPiece(slice, firstColumns, whole, new Piece(row, rows, column, columnStep));
      }
    }
    count(slice, started, waited);
  }

  /** Some rows, and some columns of every rank's. */
  private record Piece(int row, int rows, int column, int mostColumns) {
    int columnsOf(int[] firstColumns, int rank) {
      int left = firstColumns[rank + 1] - firstColumns[rank] - column;
      return Math.max(0, Math.min(mostColumns, left));
    }
  }

  private void gatherPiece(Tensor slice, int[] firstColumns, Tensor whole, Piece piece) {
    int set = exchange.begin();
    int own = piece.columnsOf(firstColumns, rank);
    if (own > 0) {
      Tensor from = slice.rows(piece.row, piece.rows).columns(piece.column, own);
      stream.copy(from, slots.all(set, piece.rows, own).get(rank));
    }
    places.leave(set);
    int[] bytes = new int[size];
    for (int r = 0; r < size; r++) {
      bytes[r] = bytes(piece.rows, piece.columnsOf(firstColumns, r));
    }
    exchange.gatherToFirst(bytes);
    places.find(set);
    for (int r = 0; rank == 0 && r < size; r++) {
      int columns = piece.columnsOf(firstColumns, r);
      if (columns > 0) {
        Tensor into =
            whole.rows(piece.row, piece.rows).columns(firstColumns[r] + piece.column, columns);
        stream.copy(slots.all(set, piece.rows, columns).get(r), into);
      }
    }
  }

  private void requireColumns(Tensor slice, int[] firstColumns, Tensor whole) {
    requireAscending("gather", firstColumns);
    int own = firstColumns[rank + 1] - firstColumns[rank];
    if (slice.columns() != own) {
      throw new IllegalArgumentException(
          "gather: rank %d has %d columns, not the %d it should"
              .formatted(rank, slice.columns(), own));
    }
    if (rank == 0 && (whole.rows() != slice.rows() || whole.columns() != firstColumns[size])) {
      throw new IllegalArgumentException(
          "gather: the whole is [%d, %d], the slices make [%d, %d]"
              .formatted(whole.rows(), whole.columns(), slice.rows(), firstColumns[size]));
    }
  }

  private void requireAscending(String what, int[] firstColumns) {
    if (firstColumns.length != size + 1 || firstColumns[0] != 0) {
      throw new IllegalArgumentException(
          "%s: %d ranks need %d first columns, from 0 on, not %d"
              .formatted(what, size, size + 1, firstColumns.length));
    }
    for (int r = 0; r < size; r++) {
      if (firstColumns[r + 1] <= firstColumns[r]) {
        throw new IllegalArgumentException(
            what + ": rank " + r + " has no column; use fewer ranks, or cut otherwise");
      }
    }
  }

  @Override
  public void allGather(List<ColumnRuns> matrices) {
    matrices.forEach(matrix -> requireRuns(matrix, matrices.get(0)));
    int widest = 0;
    for (int r = 0; r < size; r++) {
      widest = Math.max(widest, columnsOf(matrices, r));
    }
    if (widest > floats) {
      throw new IllegalArgumentException(
          "allGather: a row of %d columns does not fit a slot of %d".formatted(widest, floats));
    }
    int rows = matrices.get(0).whole().rows();
    if (exchange.isCentral()) {
      for (ColumnRuns matrix : matrices) {
        gather(matrix.of(rank, 0, rows), matrix.starts(), matrix.whole());
        broadcast(matrix.whole());
      }
      return;
    }
    long started = System.nanoTime();
    long waited = exchange.waitedNanos();
    int step = floats / widest;
    for (int row = 0; row < rows; row += step) {
      allGatherRows(matrices, row, Math.min(step, rows - row), widest);
    }
    tally.collective(
        (long) rows * columnsOf(matrices, rank) * Float.BYTES, System.nanoTime() - started);
    tally.waited(exchange.waitedNanos() - waited);
  }

  private void allGatherRows(List<ColumnRuns> matrices, int row, int rows, int widest) {
    int set = exchange.begin();
    Tensor own = slots.all(set, rows, columnsOf(matrices, rank)).get(rank);
    int column = 0;
    for (ColumnRuns matrix : matrices) {
      int count = matrix.count(rank);
      stream.copy(matrix.of(rank, row, rows), own.columns(column, count));
      column += count;
    }
    places.leave(set);
    exchange.gatherToAll(bytes(rows, widest));
    places.find(set);
    takeRuns(matrices, row, rows, set);
  }

  /** What others have left in their slots. */
  private void takeRuns(List<ColumnRuns> matrices, int row, int rows, int set) {
    for (int r = 0; r < size; r++) {
      if (r == rank) {
        continue;
      }
      Tensor from = slots.all(set, rows, columnsOf(matrices, r)).get(r);
      int column = 0;
      for (ColumnRuns matrix : matrices) {
        int count = matrix.count(r);
        stream.copy(from.columns(column, count), matrix.of(r, row, rows));
        column += count;
      }
    }
  }

  private static int columnsOf(List<ColumnRuns> matrices, int rank) {
    int columns = 0;
    for (ColumnRuns matrix : matrices) {
      columns += matrix.count(rank);
    }
    return columns;
  }

  private void requireRuns(ColumnRuns matrix, ColumnRuns first) {
    requireAscending("allGather", matrix.starts());
    Tensor whole = matrix.whole();
    if (whole.rows() != first.whole().rows() || whole.columns() != matrix.starts()[size]) {
      throw new IllegalArgumentException(
          "allGather: a matrix is [%d, %d], not [%d, %d] as others and its runs are"
              .formatted(
                  whole.rows(), whole.columns(), first.whole().rows(), matrix.starts()[size]));
    }
  }

  @Override
  public void broadcast(Tensor values) {
    long started = System.nanoTime();
    long waited = exchange.waitedNanos();
    each(values, this::broadcastPiece);
    count(values, started, waited);
  }

  private void broadcastPiece(Tensor values) {
    int set = exchange.begin();
    Tensor slot = slots.all(set, values.rows(), values.columns()).get(0);
    if (rank == 0) {
      stream.copy(values, slot);
    }
    places.leave(set);
    exchange.broadcast(bytes(values.rows(), values.columns()));
    places.find(set);
    if (rank != 0) {
      stream.copy(slot, values);
    }
  }

  @Override
  public void barrier() {
    long started = System.nanoTime();
    long waited = exchange.waitedNanos();
    stream.synchronise();
    meet();
    tally.collective(0, System.nanoTime() - started);
    tally.waited(exchange.waitedNanos() - waited);
  }

  /** Waits for all, uncounted. */
  void meet() {
    exchange.begin();
    if (exchange.isCentral()) {
      exchange.gatherToFirst(equal(0));
      exchange.broadcast(0);
    } else {
      exchange.gatherToAll(0);
    }
  }

  @Override
  public Figures figures() {
    return tally.figures();
  }

  private void count(Tensor tensor, long started, long waited) {
    long bytes = (long) tensor.rows() * tensor.columns() * Float.BYTES;
    tally.collective(bytes, System.nanoTime() - started);
    tally.waited(exchange.waitedNanos() - waited);
  }

  private int[] equal(int bytes) {
    int[] all = new int[size];
    Arrays.fill(all, bytes);
    return all;
  }

  /** Pieces are no larger than a slot. */
  private static int bytes(int rows, int columns) {
    return Math.toIntExact((long) rows * columns * Float.BYTES);
  }

  private interface PieceVisit {
    void at(Tensor piece);
  }

  /** Rows at once as a slot takes them, or parts of one row after the other. */
  private void each(Tensor tensor, PieceVisit visit) {
    int rows = tensor.rows();
    int columns = tensor.columns();
    int columnStep = Math.min(columns, floats);
    int rowStep = Math.max(1, floats / columnStep);
    for (int row = 0; row < rows; row += rowStep) {
      Tensor some = rowStep >= rows ? tensor : tensor.rows(row, Math.min(rowStep, rows - row));
      if (columnStep == columns) {
        visit.at(some);
        continue;
      }
      for (int column = 0; column < columns; column += columnStep) {
        visit.at(some.columns(column, Math.min(columnStep, columns - column)));
      }
    }
  }
}
