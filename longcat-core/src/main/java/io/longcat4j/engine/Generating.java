package io.longcat4j.engine;

import io.longcat4j.FinishReason;
import io.longcat4j.Generation;
import io.longcat4j.Reply;
import io.longcat4j.Speech;
import io.longcat4j.Statistics;
import io.longcat4j.TokenLogprobs;
import io.longcat4j.checkpoint.EndOfText;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.decode.Cancellation;
import io.longcat4j.decode.CodecFrames;
import io.longcat4j.decode.RunningSequence;
import io.longcat4j.decode.Sampler;
import io.longcat4j.decode.SpeechLoop;
import io.longcat4j.decode.SpeechStep;
import io.longcat4j.decode.StepLogprobs;
import io.longcat4j.decode.TextLoop;
import io.longcat4j.prompt.ReplyText;
import io.longcat4j.prompt.TextDeltas;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One request on its way through model and voice. */
final class Generating {
  private final LoadedCheckpoint loaded;
  private final PreparedRequest request;
  private final Cancellation cancellation;
  private final Sampler sampler;
  private final ReplyAssembly assembly;

  Generating(LoadedCheckpoint loaded, PreparedRequest request, Cancellation cancellation) {
    this.loaded = loaded;
    this.request = request;
    this.cancellation = cancellation;
    Generation generation = request.generation();
    this.sampler = new Sampler(generation, request.constraint());
    this.assembly =
        new ReplyAssembly(
            new TextDeltas(replyText(loaded, generation), generation.stop()), request.tools());
  }

  private static ReplyText replyText(LoadedCheckpoint loaded, Generation generation) {
    return generation.jsonSchema().isPresent()
        ? ReplyText.verbatim(loaded.tokenizer(), loaded.endOfText().ids()[0])
        : new ReplyText(loaded.tokenizer(), loaded.prompts().tokens());
  }

  /** What the loops put out, before it is spoken. */
  private record Generated(
      List<Integer> textIds, List<SpeechStep> steps, int newTokens, FinishReason finishReason) {}

  Reply run() {
    int positions = request.rows().rows() + request.maxNewTokens();
    boolean speech = request.generation().isSpeech();
    try (RunningSequence sequence =
        new RunningSequence(
            loaded.model(), speech ? loaded.heads() : null, positions, loaded.topK())) {
      long start = System.nanoTime();
      sequence.prefill(request.rows(), cancellation);
      loaded.model().stream().synchronise();
      long prefilled = System.nanoTime();
      Generated generated = speech ? speak(sequence) : write(sequence);
      long decoded = System.nanoTime();
      return reply(sequence, generated, prefilled - start, decoded - prefilled);
    }
  }

  private Generated write(RunningSequence sequence) {
    Generation generation = request.generation();
    ModelConfig config = loaded.config();
    EndOfText end = generation.isIgnoreEos() ? EndOfText.never() : loaded.endOfText();
    TextLoop loop =
        new TextLoop(sequence, sampler, assembly, cancellation, config.vocabSize(), end);
    TextLoop.Outcome outcome = loop.run(request.maxNewTokens());
    return new Generated(outcome.ids(), List.of(), outcome.ids().size(), outcome.finishReason());
  }

  private Generated speak(RunningSequence sequence) {
    ModelConfig config = loaded.config();
    SpeechLoop loop =
        new SpeechLoop(
            sequence,
            sampler,
            assembly,
            cancellation,
            new SpeechLoop.Sizes(
                config.vocabSize(), config.audioVocabSize(), config.audioHeadNum()),
            loaded.endOfText(),
            loaded.prompts().tokens().pause());
    SpeechLoop.Outcome outcome = loop.run(request.maxNewTokens());
    List<Integer> textIds =
        outcome.steps().stream().map(SpeechStep::textId).filter(id -> id >= 0).toList();
    return new Generated(textIds, outcome.steps(), outcome.steps().size(), outcome.finishReason());
  }

  private Reply reply(
      RunningSequence sequence, Generated generated, long prefillNanos, long decodeNanos) {
    CodecFrames frames = CodecFrames.of(generated.steps());
    long start = System.nanoTime();
    Speech speech = vocode(frames);
    long vocodeNanos = System.nanoTime() - start;
    Statistics statistics =
        new Statistics(
            request.rows().rows(),
            generated.newTokens(),
            request.encode(),
            Duration.ofNanos(prefillNanos),
            Duration.ofNanos(decodeNanos),
            Duration.ofNanos(vocodeNanos),
            sequence.expertsPerToken().mean());
    String text = assembly.finish();
    return new Reply(
        text,
        generated.textIds(),
        speech,
        frames.frames(),
        generated.finishReason(),
        warnings(frames),
        statistics,
        sampler.logprobs().stream().map(this::named).toList(),
        assembly.toolCalls());
  }

  private TokenLogprobs named(StepLogprobs step) {
    return new TokenLogprobs(named(step.chosen()), step.top().stream().map(this::named).toList());
  }

  private TokenLogprobs.Token named(StepLogprobs.IdLogprob token) {
    String text = loaded.tokenizer().decode(token.id());
    return new TokenLogprobs.Token(token.id(), text, token.logprob());
  }

  private @Nullable Speech vocode(CodecFrames frames) {
    if (frames.frames().isEmpty()) {
      return null;
    }
    cancellation.check();
    return new Speech(loaded.modalities().voice().speak(frames.frames()));
  }

  private List<String> warnings(CodecFrames frames) {
    List<String> warnings = new ArrayList<>(request.warnings());
    warnings.addAll(assembly.warnings());
    if (frames.unspeakable() > 0) {
      warnings.add(
          frames.unspeakable()
              + " frames of speech held control ids in the place of sounds and were left out;"
              + " random or badly quantised weights do this");
    }
    return warnings;
  }
}
