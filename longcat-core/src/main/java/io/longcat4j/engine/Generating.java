package io.longcat4j.engine;

import io.longcat4j.Generation;
import io.longcat4j.Reply;
import io.longcat4j.Speech;
import io.longcat4j.Statistics;
import io.longcat4j.checkpoint.EndOfText;
import io.longcat4j.decode.CodecFrames;
import io.longcat4j.decode.Decoding;
import io.longcat4j.decode.Sampler;
import io.longcat4j.decode.SpeechDecoding;
import io.longcat4j.decode.TextDecoding;
import io.longcat4j.prompt.ReplyText;
import io.longcat4j.schedule.Outcome;
import io.longcat4j.schedule.Submission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One request on its way through model and voice. */
final class Generating {
  private final LoadedCheckpoint loaded;
  private final PreparedRequest request;
  private final Life life;
  private final ReplyAssembly assembly;

  Generating(LoadedCheckpoint loaded, PreparedRequest request, Life life) {
    this.loaded = loaded;
    this.request = request;
    this.life = life;
    this.assembly =
        new ReplyAssembly(
            new ReplyText(loaded.tokenizer(), loaded.prompts().tokens()),
            request.generation().stop());
  }

  Reply run() {
    life.check();
    ReplyCollector collector = new ReplyCollector();
    Outcome outcome = collector.await(loaded.scheduler().submit(submission(collector)));
    return reply(collector, outcome);
  }

  private Submission submission(ReplyCollector collector) {
    Generation generation = request.generation();
    return new Submission(
        request.rows(),
        generation.isSpeech() ? speech() : text(),
        request.maxNewTokens(),
        generation.priority(),
        generation.timeout().map(timeout -> timeout.minus(request.encode())),
        collector);
  }

  private Decoding text() {
    Generation generation = request.generation();
    EndOfText end = generation.isIgnoreEos() ? EndOfText.never() : loaded.endOfText();
    return new TextDecoding(new Sampler(generation), assembly, end, request.maxNewTokens());
  }

  private Decoding speech() {
    return new SpeechDecoding(
        new Sampler(request.generation()),
        assembly,
        loaded.endOfText(),
        loaded.prompts().tokens().pause(),
        loaded.config().audioHeadNum(),
        request.maxNewTokens());
  }

  private Reply reply(ReplyCollector collector, Outcome outcome) {
    CodecFrames frames = CodecFrames.of(collector.steps());
    long start = System.nanoTime();
    Speech speech = vocode(frames);
    Duration vocode = Duration.ofNanos(System.nanoTime() - start);
    Outcome.Figures figures = outcome.figures();
    Statistics statistics =
        new Statistics(
            request.rows().rows(),
            figures.steps(),
            request.encode(),
            figures.prefill(),
            figures.decode(),
            vocode,
            figures.experts().mean());
    return new Reply(
        assembly.finish(),
        collector.textIds(),
        speech,
        frames.frames(),
        outcome.finishReason(),
        warnings(frames),
        statistics);
  }

  private @Nullable Speech vocode(CodecFrames frames) {
    if (frames.frames().isEmpty()) {
      return null;
    }
    life.check();
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
