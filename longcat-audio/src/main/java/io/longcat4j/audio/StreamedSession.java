package io.longcat4j.audio;

import io.longcat4j.Device;
import io.longcat4j.onnx.OnnxSession;
import io.longcat4j.onnx.OnnxValue;
import io.longcat4j.spi.Cancellation;
import io.longcat4j.tensor.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A loaded graph that any number of streams run through, each with a {@link Carried} of its own.
 * Thread-safe; {@link #close} waits for runs in progress.
 */
final class StreamedSession implements AutoCloseable {
  private final OnnxSession session;
  private final List<StreamedGraph.Slot> slots;

  private StreamedSession(OnnxSession session, List<StreamedGraph.Slot> slots) {
    this.session = session;
    this.slots = slots;
  }

  static StreamedSession open(StreamedGraph graph, int threads, Device device, String description) {
    return new StreamedSession(
        OnnxSession.onFirstRun(graph.graph(), threads, device, description), graph.slots());
  }

  Carried start() {
    Map<String, OnnxValue> values = new HashMap<>();
    for (StreamedGraph.Slot slot : slots) {
      int elements = Math.toIntExact(Shape.of(slot.start()).elements());
      values.put(slot.name(), OnnxValue.of(new float[elements], slot.start()));
    }
    return new Carried(values);
  }

  @Override
  public void close() {
    session.close();
  }

  /** What one stream carries from run to run. Not thread-safe; lives in the heap. */
  final class Carried {
    private final Map<String, OnnxValue> values;

    private Carried(Map<String, OnnxValue> values) {
      this.values = values;
    }

    /** Another stream that goes on from here; the values themselves never change. */
    Carried copy() {
      return new Carried(new HashMap<>(values));
    }

    /** Computes the next stretch; a run that fails leaves everything as it was. */
    OnnxValue.Floats run(Map<String, OnnxValue> inputs, String output) {
      return take(session.run(all(inputs)), output);
    }

    /** The same, given up where it is not wanted any more. */
    OnnxValue.Floats run(Map<String, OnnxValue> inputs, String output, Cancellation wanted) {
      return take(session.run(all(inputs), wanted), output);
    }

    private Map<String, OnnxValue> all(Map<String, OnnxValue> inputs) {
      Map<String, OnnxValue> all = new HashMap<>(values);
      all.putAll(inputs);
      return all;
    }

    private OnnxValue.Floats take(Map<String, OnnxValue> outputs, String output) {
      values.replaceAll((name, value) -> floats(outputs, name + StreamedGraph.NEXT));
      return floats(outputs, output);
    }

    void clear() {
      values.clear();
    }

    private static OnnxValue.Floats floats(Map<String, OnnxValue> outputs, String name) {
      if (outputs.get(name) instanceof OnnxValue.Floats floats) {
        return floats;
      }
      throw new IllegalStateException("No F32 output " + name + " in " + outputs.keySet());
    }
  }
}
