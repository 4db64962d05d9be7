package io.longcat4j.server.realtime;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.TurnDetection;
import io.longcat4j.server.wire.ApiException;
import io.longcat4j.server.wire.Fields;
import io.longcat4j.server.wire.Json;
import java.time.Duration;
import java.util.Optional;

/**
 * {@code turn_detection} of a session.
 *
 * @param detection when somebody begins and ends
 * @param responds whether what they said is answered by itself
 * @param interrupts whether they can interrupt
 * @param idleTimeout silence after a reply after which the model goes on by itself
 * @param shown as it was asked for, completed
 */
record Turns(
    TurnDetection detection,
    boolean responds,
    boolean interrupts,
    Optional<Duration> idleTimeout,
    ObjectNode shown) {
  private static final double RELEASE = 0.7;

  static Turns defaults() {
    return read(Fields.of(Json.object().put("type", "server_vad")));
  }

  static Turns read(Fields fields) {
    String type =
        fields
            .word("type", "server_vad", "semantic_vad", "none")
            .orElseThrow(() -> fields.missing("type"));
    boolean responds = fields.flag("create_response").orElse(true);
    boolean interrupts = fields.flag("interrupt_response").orElse(true);
    ObjectNode shown = Json.object().put("type", type);
    TurnDetection detection =
        type.equals("semantic_vad") ? byEagerness(fields, shown) : bySilence(fields, shown);
    shown.put("create_response", responds).put("interrupt_response", interrupts);
    return new Turns(detection, responds, interrupts, idleTimeout(fields, type), shown);
  }

  private static Optional<Duration> idleTimeout(Fields fields, String type) {
    Optional<Long> millis = fields.integer("idle_timeout_ms", 5_000, 30_000);
    if (millis.isPresent() && !type.equals("server_vad")) {
      throw ApiException.unsupported(
          fields.at("idle_timeout_ms"), "idle_timeout_ms needs the type server_vad");
    }
    return millis.map(Duration::ofMillis);
  }

  /** No model judges whether a sentence is complete: eagerness is how long a pause may be. */
  private static TurnDetection byEagerness(Fields fields, ObjectNode shown) {
    String eagerness = fields.word("eagerness", "low", "medium", "high", "auto").orElse("auto");
    shown.put("eagerness", eagerness);
    return switch (eagerness) {
      case "low" -> TurnDetection.patient();
      case "high" -> TurnDetection.eager();
      default -> TurnDetection.normal();
    };
  }

  private static TurnDetection bySilence(Fields fields, ObjectNode shown) {
    TurnDetection normal = TurnDetection.normal();
    double threshold = fields.number("threshold", 0.01, 1).orElse(normal.threshold());
    long padding = fields.integer("prefix_padding_ms", 0, 2000).orElse(normal.padding().toMillis());
    long silence =
        fields.integer("silence_duration_ms", 20, 60_000).orElse(normal.silence().toMillis());
    shown
        .put("threshold", threshold)
        .put("prefix_padding_ms", padding)
        .put("silence_duration_ms", silence);
    fields
        .value("idle_timeout_ms")
        .ifPresentOrElse(
            millis -> shown.set("idle_timeout_ms", millis), () -> shown.putNull("idle_timeout_ms"));
    return normal
        .withThreshold(threshold, threshold * RELEASE)
        .withPadding(Duration.ofMillis(padding))
        .withSilence(Duration.ofMillis(silence));
  }
}
