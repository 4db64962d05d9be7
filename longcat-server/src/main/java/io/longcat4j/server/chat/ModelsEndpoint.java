package io.longcat4j.server.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.server.http.Endpoint;
import io.longcat4j.server.http.Exchange;
import io.longcat4j.server.http.Model;
import io.longcat4j.server.wire.ApiException;
import io.longcat4j.server.wire.Json;
import java.io.IOException;

/** {@code GET /v1/models} and {@code GET /v1/models/NAME}: the one model. */
public final class ModelsEndpoint implements Endpoint {
  /** Where the list is. */
  public static final String PATH = "/v1/models";

  private final Model model;
  private final long started;

  /**
   * Tells of a model.
   *
   * @param model stays the caller's
   */
  public ModelsEndpoint(Model model) {
    this.model = model;
    this.started = model.seconds();
  }

  @Override
  public void answer(Exchange exchange) throws IOException {
    ObjectNode one =
        Json.object()
            .put("id", model.name())
            .put("object", "model")
            .put("created", started)
            .put("owned_by", "longcat4j");
    if (exchange.path().equals(PATH)) {
      ObjectNode all = Json.object().put("object", "list");
      all.putArray("data").add(one);
      exchange.answer(200, all);
    } else if (exchange.path().equals(PATH + "/" + model.name())) {
      exchange.answer(200, one);
    } else {
      throw ApiException.of(
          404, "model_not_found", "There is one model here, '" + model.name() + "'");
    }
  }
}
