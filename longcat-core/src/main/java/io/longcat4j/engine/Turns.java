package io.longcat4j.engine;

import io.longcat4j.Generation;
import io.longcat4j.Part;
import io.longcat4j.Prompt;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.prompt.EncodedPrompt;
import io.longcat4j.prompt.TurnEncoder;
import io.longcat4j.spi.EventSource;
import io.longcat4j.stream.ReplyFigures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes the rows of conversations and has them answered. Thread-safe. */
final class Turns {
  private final LoadedCheckpoint loaded;
  private final Requests requests;
  private final Replies replies;
  private final TurnEncoder encoder;
  private final int endOfText;

  Turns(LoadedCheckpoint loaded, Requests requests, Replies replies) {
    this.loaded = loaded;
    this.requests = requests;
    this.replies = replies;
    this.encoder = loaded.prompts().turns();
    this.endOfText = loaded.endOfText().ids()[0];
  }

  /** The beginning of a conversation. */
  TurnHistory begin(Optional<String> system) {
    boolean message = encoder.isByParts() && system.isPresent();
    return TurnHistory.after(
        message ? List.of(rows(encoder.system(system.orElseThrow()))) : List.of());
  }

  /** A question grown by parts; their media are encoded now. */
  TurnHistory grow(TurnHistory history, List<Part> parts, boolean strict) {
    if (parts.isEmpty() || !encoder.isByParts()) {
      return history.grown(history.open(), parts, List.of(), Duration.ZERO);
    }
    long start = System.nanoTime();
    PromptRows open = history.open();
    PromptRows rows = open == null ? rows(encoder.begin()) : open;
    List<String> warnings = new ArrayList<>();
    for (Part part : parts) {
      List<EncodedMedia> media = requests.encode(Prompt.user(part), strict);
      EncodedPrompt text = encoder.part(part, media.stream().map(EncodedMedia::layout).toList());
      rows = rows.then(requests.rows(text, media));
      media.forEach(one -> warnings.addAll(one.warnings()));
    }
    return history.grown(rows, parts, warnings, Duration.ofNanos(System.nanoTime() - start));
  }

  /** Has computed ahead what is known of a question. */
  void prefill(TurnHistory history) {
    PromptRows open = history.open();
    if (open != null) {
      replies.prefill(history.before().then(open));
    }
  }

  /** Rows of the question that is being asked, up to the model's turn. */
  PromptRows question(TurnHistory history, Optional<String> system, boolean voice) {
    PromptRows open = history.open();
    if (open != null) {
      return open.then(rows(encoder.end(voice)));
    }
    Optional<String> first = history.rounds() == 0 ? system : Optional.empty();
    return rows(encoder.question(history.rounds(), first, history.parts(), voice));
  }

  /** Answers what is known as rows. */
  EventSource answer(
      TurnHistory history,
      PromptRows question,
      Generation generation,
      ReplyFigures figures,
      Recording recording) {
    PreparedRequest request =
        requests.prepare(
            history.before().then(question), generation, history.warnings(), history.encode());
    return replies.start(request, figures, recording);
  }

  /** A question, steps of its reply, and what is between them and the next question. */
  PromptRows turn(PromptRows question, List<Recording.Step> steps) {
    boolean ended = steps.stream().anyMatch(step -> loaded.endOfText().includes(step.textId()));
    return Recording.rows(question, steps, loaded.topK()).then(rows(encoder.afterReply(ended)));
  }

  /** Steps of a spoken reply that were heard. */
  List<Recording.Step> heard(Recording recording, Duration heard) {
    return new HeardReply(recording, endOfText).steps(heard.toNanos() * 1e-9);
  }

  int contextLength() {
    return loaded.contextLength();
  }

  private static PromptRows rows(EncodedPrompt text) {
    return PromptRows.of(text.ids());
  }
}
