package io.longcat4j.server;

import io.longcat4j.server.http.Admission;
import io.longcat4j.server.http.Exchange;
import io.longcat4j.server.wire.Json;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Health and figures. Thread-safe. */
final class Status {
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private volatile boolean closing;

  Status(List<MeterBinder> meters, Admission requests, Admission sessions) {
    registry.gauge("longcat.server.requests.active", requests, Admission::count);
    registry.gauge("longcat.server.sessions.active", sessions, Admission::count);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    meters.forEach(binder -> binder.bindTo(registry));
  }

  void closing() {
    closing = true;
  }

  void close() {
    registry.close();
  }

  /** Whether requests are taken in. */
  void ready(Exchange exchange) throws IOException {
    exchange.answer(closing ? 503 : 200, Json.object().put("status", closing ? "closing" : "ok"));
  }

  /** Whether the process can answer at all. */
  void live(Exchange exchange) throws IOException {
    exchange.answer(200, Json.object().put("status", "ok"));
  }

  void metrics(Exchange exchange) throws IOException {
    exchange.answer(200, PROMETHEUS, registry.scrape().getBytes(StandardCharsets.UTF_8));
  }
}
