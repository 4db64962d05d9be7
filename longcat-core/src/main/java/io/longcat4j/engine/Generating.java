package io.longcat4j.engine;

import io.longcat4j.FinishReason;
import io.longcat4j.Generation;
import io.longcat4j.Reply;
import io.longcat4j.Speech;
import io.longcat4j.Statistics;
import io.longcat4j.checkpoint.EndOfText;
import io.longcat4j.decode.CodecFrames;
import io.longcat4j.decode.RunningSequence;
import io.longcat4j.decode.Sampler;
import io.longcat4j.decode.SpeechDecoding;
import io.longcat4j.decode.SpeechStep;
import io.longcat4j.decode.TextDecoding;
import io.longcat4j.prompt.ReplyText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One request on its way through model and voice. */
final class Generating {
  private final LoadedCheckpoint loaded;
  private final PreparedRequest request;
  private final Life cancellation;
  private final ReplyAssembly assembly;

  Generating(LoadedCheckpoint loaded, PreparedRequest request, Life cancellation) {
    this.loaded = loaded;
    this.request = request;
    this.cancellation = cancellation;
    this.assembly =
        new ReplyAssembly(
            new ReplyText(loaded.tokenizer(), loaded.prompts().tokens()),
            request.generation().stop());
  }

  /** What was generated, before it is spoken. */
  private record Generated(
      List<Integer> textIds, List<SpeechStep> steps, int newTokens, FinishReason finishReason) {}

  Reply run() {
    int positions = request.rows().rows() + request.maxNewTokens();
    boolean speech = request.generation().isSpeech();
    try (RunningSequence sequence =
        new RunningSequence(
            loaded.model(),
            speech ? loaded.heads() : null,
            request.rows(),
            positions,
            loaded.topK())) {
      cancellation.check();
      long start = System.nanoTime();
      sequence.prefill();
      loaded.model().stream().synchronise();
      long prefilled = System.nanoTime();
      Generated generated = speech ? speak(sequence) : write(sequence);
      long decoded = System.nanoTime();
      return reply(sequence, generated, prefilled - start, decoded - prefilled);
    }
  }

  private Generated write(RunningSequence sequence) {
    Generation generation = request.generation();
    EndOfText end = generation.isIgnoreEos() ? EndOfText.never() : loaded.endOfText();
    TextDecoding decoding =
        new TextDecoding(new Sampler(generation), assembly, end, request.maxNewTokens());
    List<Integer> ids = new ArrayList<>();
    FinishReason reason =
        sequence.generate(
            decoding,
            () -> {
              cancellation.check();
              ids.add(decoding.lastId());
            });
    return new Generated(ids, List.of(), ids.size(), reason);
  }

  private Generated speak(RunningSequence sequence) {
    SpeechDecoding decoding =
        new SpeechDecoding(
            new Sampler(request.generation()),
            assembly,
            loaded.endOfText(),
            loaded.prompts().tokens().pause(),
            loaded.config().audioHeadNum(),
            request.maxNewTokens());
    List<SpeechStep> steps = new ArrayList<>();
    FinishReason reason =
        sequence.generate(
            decoding,
            () -> {
              cancellation.check();
              steps.add(decoding.lastStep());
            });
    List<Integer> textIds = steps.stream().map(SpeechStep::textId).filter(id -> id >= 0).toList();
    return new Generated(textIds, steps, steps.size(), reason);
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
    return new Reply(
        assembly.finish(),
        generated.textIds(),
        speech,
        frames.frames(),
        generated.finishReason(),
        warnings(frames),
        statistics);
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
    if (frames.unspeakable() > 0) {
      warnings.add(
          frames.unspeakable()
              + " frames of speech held control ids in the place of sounds and were left out;"
              + " random or badly quantised weights do this");
    }
    return warnings;
  }
}
