package io.longcat4j.cuda;

import io.longcat4j.compute.Repeated;
import io.longcat4j.compute.RowPlan;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Operations as graphs of the driver, one for each shape of a plan. A shape that comes for the
 * first time may never come again, and memory grows to it: so it is kept when it comes for the
 * second time. In passes of many rows launches do not matter.
 */
final class CudaRepeated implements Repeated {
  /** Set to {@code off}, a system property lets operations be launched one by one. */
  static final String PROPERTY = "io.longcat4j.cuda.graphs";

  static final int MOST_ROWS = 32;
  private static final int MOST_SHAPES = 64;

  private final CudaContext context;
  private final long stream;

  /** Those that came once have no graph; the one that was used last is the last. */
  private final Map<CudaPlan.Shape, Optional<Graph>> known =
      new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true);

  CudaRepeated(CudaContext context, long stream) {
    this.context = context;
    this.stream = stream;
  }

  static boolean isOff() {
    return "off".equals(System.getProperty(PROPERTY));
  }

  @Override
  public void run(RowPlan plan, Runnable operations) {
    CudaPlan rows = CudaPlan.of(plan, context);
    if (rows.rows() == 0 || rows.rows() > MOST_ROWS) {
      operations.run();
      return;
    }
    CudaPlan.Shape shape = rows.shape();
    Optional<Graph> graph = known.get(shape);
    if (graph == null) {
      operations.run();
      known.put(shape, Optional.empty());
      forgetOldest();
      return;
    }
    if (graph.isEmpty()) {
      graph = Optional.of(record(operations));
      known.put(shape, graph);
    }
    launch(graph.get());
  }

  /** Graphs that can be launched, for tests. */
  int graphs() {
    return (int) known.values().stream().filter(Optional::isPresent).count();
  }

  /** Nobody else uses the device meanwhile, not even to free something. */
  private Graph record(Runnable operations) {
    try (CudaContext.Turn turn = context.begin("capture")) {
      turn.end(CudaCalls.captureBegin(stream));
      List<Runnable> effects = new ArrayList<>();
      boolean complete = false;
      try {
        context.keep(effects);
        operations.run();
        complete = true;
      } finally {
        context.keepNothing();
        if (!complete) {
          discard(turn);
        }
      }
      return new Graph(end(), effects);
    }
  }

  private CudaMemory end() {
    return context.own("graph", backend -> CudaCalls.captureEnd(stream), CudaCalls::graphClose);
  }

  /** Ends the capture of operations that failed, whatever comes of it. */
  private void discard(CudaContext.Turn turn) {
    long graph = CudaCalls.captureEnd(stream);
    if (graph != 0) {
      CudaCalls.graphClose(turn.backend(), graph);
    }
  }

  private void launch(Graph graph) {
    try (CudaContext.Turn turn = context.begin("graph")) {
      turn.end(CudaCalls.graphLaunch(stream, graph.memory().address()));
    }
    graph.effects().forEach(Runnable::run);
  }

  private void forgetOldest() {
    if (known.size() > MOST_SHAPES) {
      Iterator<Optional<Graph>> oldest = known.values().iterator();
      oldest.next().ifPresent(graph -> graph.memory().close());
      oldest.remove();
    }
  }

  @Override
  public void close() {
    known.values().forEach(graph -> graph.ifPresent(kept -> kept.memory().close()));
    known.clear();
  }

  /** A graph, and what happens on the host beside it. */
  private record Graph(CudaMemory memory, List<Runnable> effects) {}
}
