package io.longcat4j.engine;

import io.longcat4j.ConversationOptions;
import io.longcat4j.Generation;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Prompt;
import io.longcat4j.Role;
import io.longcat4j.Text;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.prompt.EncodedPrompt;
import io.longcat4j.prompt.MediaLayout;
import io.longcat4j.prompt.TurnEncoder;
import io.longcat4j.spi.Cancellation;
import io.longcat4j.stream.Outbox;
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
  TurnHistory begin(ConversationOptions options) {
    List<PromptRows> head = new ArrayList<>();
    if (!options.tools().isEmpty()) {
      head.add(requests.rows(encoder.declare(options.tools())));
    }
    if (encoder.isByParts()) {
      options.system().map(encoder::system).map(requests::rows).ifPresent(head::add);
    }
    return TurnHistory.after(head);
  }

  /** Fails where other instructions cannot take the place of some. */
  void requireInstructable(TurnHistory said, ConversationOptions old, ConversationOptions other) {
    if (!encoder.isByParts() && said.rounds() > 0 && !old.system().equals(other.system())) {
      throw new InvalidRequestException(
          "Other instructions were given, but this checkpoint's format has them in the first"
              + " question, which was asked already; begin another conversation");
    }
  }

  /**
   * What was said elsewhere. What follows the last reply is what is being asked.
   *
   * @throws InvalidRequestException for a format that has no messages of their own
   */
  TurnHistory restored(ConversationOptions options, List<Message> messages, Cancellation wanted) {
    if (!encoder.isByParts()) {
      throw new InvalidRequestException(
          "A conversation of a text-only checkpoint was to be restored, whose format counts rounds;"
              + " pass its messages as a Prompt");
    }
    TurnHistory history = begin(options);
    PromptRows rows = PromptRows.of(new int[0]);
    OpenQuestion open = OpenQuestion.NONE;
    for (int i = 0; i < messages.size(); i++) {
      Message message = messages.get(i);
      boolean last = i + 1 == messages.size();
      if (last && message.role() == Role.USER) {
        return history.asking(
            grow(OpenQuestion.after(rows), message.parts(), /* strict= */ false, wanted));
      }
      List<EncodedMedia> media =
          message.role() == Role.USER
              ? requests.encode(
                  Prompt.user(message.parts().toArray(new Part[0])), /* strict= */ false, wanted)
              : List.of();
      List<MediaLayout> layouts = media.stream().map(EncodedMedia::layout).toList();
      rows = rows.then(requests.rows(encoder.message(message, layouts), media));
      open = OpenQuestion.after(rows);
      if (last && message.role() == Role.TOOL) {
        open = open.answered(words(message), rows);
      }
      boolean replied = message.role() == Role.ASSISTANT;
      if (replied && (last || messages.get(i + 1).role() == Role.USER)) {
        history = history.restored(rows);
        rows = PromptRows.of(new int[0]);
        open = OpenQuestion.NONE;
      }
    }
    return history.asking(open);
  }

  private static String words(Message message) {
    StringBuilder words = new StringBuilder();
    for (Part part : message.parts()) {
      words.append(part instanceof Text text ? text.text() : "");
    }
    return words.toString();
  }

  /** A question grown by parts; their media are encoded now. */
  OpenQuestion grow(OpenQuestion question, List<Part> parts, boolean strict, Cancellation wanted) {
    if (parts.isEmpty()) {
      return question;
    }
    if (!encoder.isByParts()) {
      return question.grown(parts);
    }
    long start = System.nanoTime();
    PromptRows rows = begun(question);
    List<String> warnings = new ArrayList<>();
    for (Part part : parts) {
      List<EncodedMedia> media = requests.encode(Prompt.user(part), strict, wanted);
      EncodedPrompt text = encoder.part(part, media.stream().map(EncodedMedia::layout).toList());
      rows = rows.then(requests.rows(text, media));
      media.forEach(one -> warnings.addAll(one.warnings()));
    }
    return question.grown(rows, warnings, Duration.ofNanos(System.nanoTime() - start));
  }

  /** A question that tools have answered before. */
  OpenQuestion answered(OpenQuestion question, String result) {
    PromptRows rows = question.rows();
    return question.answered(
        result, encoder.isByParts() ? rows.then(requests.rows(encoder.toolResult(result))) : rows);
  }

  /** Rows of a question that is encoded by parts, ready for the next part. */
  PromptRows begun(OpenQuestion question) {
    return question.begun()
        ? question.rows()
        : question.rows().then(requests.rows(encoder.begin()));
  }

  /** Rows of one medium, or of a piece of one. */
  PromptRows medium(EncodedMedia medium) {
    return requests.rows(encoder.medium(medium.layout()), List.of(medium));
  }

  /** Rows of the question that is being asked, up to the model's turn. */
  PromptRows question(TurnHistory history, Optional<String> system, boolean voice) {
    OpenQuestion open = history.open();
    if (encoder.isByParts()) {
      return open.rows().then(requests.rows(encoder.end(open.begun(), voice)));
    }
    Optional<String> first = history.rounds() == 0 ? system : Optional.empty();
    EncodedPrompt question =
        encoder.question(history.rounds(), first, open.results(), open.parts(), voice);
    return open.rows().then(requests.rows(question));
  }

  /** Answers what is known as rows. */
  Outbox answer(
      TurnHistory history,
      PromptRows question,
      Generation generation,
      boolean tools,
      ReplyFigures figures,
      Recording recording,
      Cancellation wanted) {
    OpenQuestion open = history.open();
    PreparedRequest request =
        requests.prepare(
            history.before().then(question),
            generation,
            tools,
            open.warnings(),
            open.encode(),
            wanted);
    return replies.start(request, figures, recording);
  }

  /** A question, steps of its reply, and what is between them and the next question. */
  PromptRows turn(PromptRows question, List<Recording.Step> steps) {
    boolean ended = steps.stream().anyMatch(step -> loaded.endOfText().includes(step.textId()));
    return Recording.rows(question, steps, loaded.attention())
        .then(requests.rows(encoder.afterReply(ended)));
  }

  /** Steps of a spoken reply that were heard. */
  List<Recording.Step> heard(Recording recording, Duration heard) {
    return new HeardReply(recording, endOfText).steps(Senses.seconds(heard));
  }

  PrefillAhead prefillAhead() {
    return new PrefillAhead(replies::prefill);
  }

  Modalities modalities() {
    return loaded.modalities();
  }

  int contextLength() {
    return loaded.contextLength();
  }

  /** Fails where so many rows leave no room for a reply. */
  void requireRoom(int rows) {
    var unused = requests.requireRoom(rows);
  }
}
