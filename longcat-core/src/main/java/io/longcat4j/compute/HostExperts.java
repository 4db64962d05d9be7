package io.longcat4j.compute;

/**
 * The experts of one stream on the host: what they need is copied there, and they are begun; what
 * they give is copied back once somebody wants it. Used by the thread of its stream.
 */
final class HostExperts {
  private final Stream device;
  private final ComputeBackend host;
  private final Stream stream;
  private Space space;
  private boolean begun;

  /** Where the sum goes. */
  private Tensor waiting;

  HostExperts(Stream device, ComputeBackend host) {
    this.device = device;
    this.host = host;
    this.stream = host.openStream();
    this.space = new Space(host, 1, 1, 1);
    this.waiting = space.sum;
  }

  /** Begins {@code into += experts(x)}. */
  void begin(Routing routing, ExpertGroup experts, int firstId, Tensor x, Tensor into) {
    finish();
    if (experts.size() == 0 || x.rows() == 0) {
      return;
    }
    Space own = space(x.rows(), x.columns(), routing.topK());
    int rows = x.rows();
    device.read(x, own.inputs, 0);
    device.read(into, own.sums, 0);
    routing.readIds(rows, own.ids);
    Routing picks = own.picks.rows(0, rows);
    picks.fill(rows, own.ids, routing.weights(rows));
    Tensor sum = own.sum.rows(0, rows);
    stream.write(own.inputs, 0, own.x.rows(0, rows));
    stream.write(own.sums, 0, sum);
    stream.addExperts(picks, experts, firstId, own.x.rows(0, rows), sum);
    waiting = into;
    begun = true;
  }

  /** Brings back what was begun. */
  void finish() {
    if (!begun) {
      return;
    }
    begun = false;
    stream.read(space.sum.rows(0, waiting.rows()), space.sums, 0);
    device.write(space.sums, 0, waiting);
  }

  private Space space(int rows, int columns, int topK) {
    if (!space.holds(rows, columns, topK)) {
      space.close();
      space = new Space(host, Math.max(rows, space.rows), columns, topK);
    }
    return space;
  }

  /** Memory for the largest pass so far. */
  private static final class Space implements AutoCloseable {
    private final int rows;
    private final Tensor x;
    private final Tensor sum;
    private final Routing picks;
    private final float[] inputs;
    private final float[] sums;
    private final int[] ids;

    Space(ComputeBackend host, int rows, int columns, int topK) {
      this.rows = rows;
      this.x = host.allocate(rows, columns);
      this.sum = host.allocate(rows, columns);
      this.picks = host.allocateRouting(rows, topK);
      this.inputs = new float[Math.multiplyExact(rows, columns)];
      this.sums = new float[inputs.length];
      this.ids = new int[Math.multiplyExact(rows, topK)];
    }

    boolean holds(int wanted, int columns, int topK) {
      return wanted <= rows && columns == x.columns() && topK == picks.topK();
    }

    @Override
    public void close() {
      x.close();
      sum.close();
      picks.close();
    }
  }
}
