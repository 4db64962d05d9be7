package io.longcat4j.server.chat;

import io.longcat4j.server.http.Endpoint;
import io.longcat4j.server.http.Exchange;
import io.longcat4j.server.http.Model;
import io.longcat4j.server.http.Work;
import java.io.IOException;

/** {@code POST /v1/chat/completions}. */
public final class ChatEndpoint implements Endpoint {
  private final Model model;
  private final SpokenReplies spoken = new SpokenReplies();

  /**
   * Answers with a model.
   *
   * @param model stays the caller's
   */
  public ChatEndpoint(Model model) {
    this.model = model;
  }

  @Override
  public void answer(Exchange exchange) throws IOException {
    model.admit(work -> answer(exchange, work));
  }

  private void answer(Exchange exchange, Work work) throws IOException {
    ChatRequest request = ChatRequest.read(exchange.json(), exchange.limits().request(), spoken);
    if (request.streamed()) {
      StreamedReply reply = new StreamedReply(model, request, exchange, spoken);
      model.ask(work, exchange, request.prompt(), request.generation(), reply);
      reply.end();
    } else {
      WholeReply reply = new WholeReply(model, request, spoken);
      model.ask(work, exchange, request.prompt(), request.generation(), reply);
      exchange.answer(200, reply.toJson());
    }
  }
}
