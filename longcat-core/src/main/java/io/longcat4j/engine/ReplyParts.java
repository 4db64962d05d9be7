package io.longcat4j.engine;

import io.longcat4j.FinishReason;
import io.longcat4j.Generation;
import io.longcat4j.TokenLogprobs;
import io.longcat4j.checkpoint.EndOfText;
import io.longcat4j.decode.Decoding;
import io.longcat4j.decode.Sampler;
import io.longcat4j.decode.SpeechDecoding;
import io.longcat4j.decode.StepLogprobs;
import io.longcat4j.decode.TextDecoding;
import io.longcat4j.prompt.ReplyText;
import io.longcat4j.prompt.TextDeltas;
import io.longcat4j.stream.ModelFigures;
import io.longcat4j.stream.ReplyWriter;
import java.util.List;

/**
 * What one reply is made with, apart from the model: who chooses, and who writes down what was
 * chosen.
 */
final class ReplyParts {
  private final LoadedCheckpoint loaded;
  private final Sampler sampler;
  private final ReplyWriter writer;
  private final Decoding decoding;

  ReplyParts(LoadedCheckpoint loaded, PreparedRequest request, ReplyWriter writer) {
    this.loaded = loaded;
    this.sampler = new Sampler(request.generation(), request.constraint());
    this.writer = writer;
    this.decoding = request.generation().isSpeech() ? speech(request) : text(request);
  }

  /** The text of a reply, up to the first stop string. */
  static TextDeltas deltas(LoadedCheckpoint loaded, Generation generation) {
    ReplyText words =
        generation.jsonSchema().isPresent()
            ? ReplyText.verbatim(loaded.tokenizer(), loaded.endOfText().ids()[0])
            : new ReplyText(loaded.tokenizer(), loaded.prompts().tokens());
    return new TextDeltas(words, generation.stop());
  }

  ReplyWriter writer() {
    return writer;
  }

  Decoding decoding() {
    return decoding;
  }

  /** Ends the reply. */
  void done(FinishReason reason, ModelFigures figures) {
    List<StepLogprobs> steps = sampler.logprobs();
    writer.onDone(reason, figures, () -> steps.stream().map(this::named).toList());
  }

  private Decoding text(PreparedRequest request) {
    EndOfText end = request.generation().isIgnoreEos() ? EndOfText.never() : loaded.endOfText();
    return new TextDecoding(sampler, writer, end, request.maxNewTokens());
  }

  private Decoding speech(PreparedRequest request) {
    return new SpeechDecoding(
        sampler,
        writer,
        loaded.endOfText(),
        loaded.prompts().tokens().pause(),
        loaded.config().audioHeadNum(),
        request.maxNewTokens());
  }

  private TokenLogprobs named(StepLogprobs step) {
    return new TokenLogprobs(named(step.chosen()), step.top().stream().map(this::named).toList());
  }

  private TokenLogprobs.Token named(StepLogprobs.IdLogprob token) {
    String text = loaded.tokenizer().decode(token.id());
    return new TokenLogprobs.Token(token.id(), text, token.logprob());
  }
}
