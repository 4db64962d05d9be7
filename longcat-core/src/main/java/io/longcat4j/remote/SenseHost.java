package io.longcat4j.remote;

import io.longcat4j.GenerationCancelledException;
import io.longcat4j.LongCatException;
import io.longcat4j.modality.Hearing;
import io.longcat4j.modality.HearingSession;
import io.longcat4j.modality.Vision;
import io.longcat4j.modality.Voice;
import io.longcat4j.modality.VoiceSession;
import io.longcat4j.parallel.Answerer;
import io.longcat4j.parallel.Ranks;
import io.longcat4j.spi.Cancellation;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The rank that sees, hears and speaks for rank 0. Thread-safe. What a request does wrong is
 * answered with its error; a question that no rank asks is thrown.
 */
public final class SenseHost implements Answerer {
  /** So that several large questions and what comes of them fit at once. */
  private static final int HEAP_SHARE = 4;

  private final SenseSet senses;
  private final String where;
  private final long mostBytes;
  private final Sessions<HearingSession> ears = new Sessions<>("hearing");
  private final Sessions<VoiceSession> voices = new Sessions<>("voice");

  /**
   * Answers with senses of this rank.
   *
   * @param senses not owned by this
   * @param where this is, for messages
   */
  public SenseHost(SenseSet senses, String where) {
    this(
        senses,
        where,
        Math.min(Ranks.MAX_QUESTION_BYTES, Runtime.getRuntime().maxMemory() / HEAP_SHARE));
  }

  SenseHost(SenseSet senses, String where, long mostBytes) {
    this.senses = senses;
    this.where = where;
    this.mostBytes = mostBytes;
  }

  @Override
  public ByteBuffer answer(ByteBuffer question, Cancellation wanted) {
    MessageReader from = new MessageReader(question);
    Ask ask = from.named("question", Ask.values());
    SourceNames names = new SourceNames();
    try {
      MessageWriter into = new MessageWriter().flag(true);
      answer(ask, from, names, wanted, into);
      return into.done();
    } catch (MalformedMessageException | GenerationCancelledException e) {
      throw e;
    } catch (LongCatException e) {
      return problem(Problem.of(e), names.in(String.valueOf(e.getMessage())));
    } catch (RuntimeException e) {
      return problem(Problem.OTHER, where + ": encoders or voice failed: " + e);
    } catch (OutOfMemoryError e) {
      return problem(Problem.BACKEND, outOfMemory(e));
    }
  }

  private String outOfMemory(OutOfMemoryError e) {
    return "%s: encoders or voice need more memory than there is (%s); give that rank a larger Java heap (-Xmx), or send smaller or fewer pictures, sounds and videos"
        .formatted(where, e.getMessage());
  }

  private static ByteBuffer problem(Problem problem, String message) {
    return new MessageWriter().flag(false).text(problem.name()).text(message).done();
  }

  private void answer(
      Ask ask, MessageReader from, SourceNames names, Cancellation wanted, MessageWriter into) {
    switch (ask) {
      case DESCRIBE -> describe(from, into);
      case SEE, SEE_PAIR, DECODE -> see(ask, from, names, wanted, into);
      case HEAR, EARS_OPEN, EARS_PUSH, EARS_FINISH, EARS_FORK, EARS_CLOSE ->
          hear(ask, from, names, wanted, into);
      case SPEAK, VOICE_OPEN, VOICE_PUSH, VOICE_FINISH, VOICE_CLOSE -> speak(ask, from, into);
    }
  }

  private void describe(MessageReader from, MessageWriter into) {
    from.requireEnd();
    into.large(mostBytes);
    into.flag(senses.vision().isPresent());
    senses.vision().ifPresent(vision -> into.text(vision.describe()));
    into.flag(senses.hearing().isPresent());
    senses.hearing().ifPresent(hearing -> into.text(hearing.describe()));
    into.flag(senses.voice().isPresent());
    senses
        .voice()
        .ifPresent(
            voice ->
                into.text(voice.describe())
                    .number(voice.lookAheadFrames())
                    .number(voice.sampleRateHz()));
    Results.writeTexts(into, senses.warnings());
  }

  private <T> T has(Optional<T> sense, Ask ask, MessageReader from) {
    return sense.orElseThrow(() -> from.malformed("the question " + ask + ", not to be had here"));
  }

  private void see(
      Ask ask, MessageReader from, SourceNames names, Cancellation wanted, MessageWriter into) {
    Vision vision = has(senses.vision(), ask, from);
    PartReader parts = new PartReader(from, names);
    switch (ask) {
      case SEE -> {
        boolean isStrict = from.flag("strictness");
        var pictures = parts.pictures();
        from.requireEnd();
        var seen = vision.encode(pictures, isStrict, wanted);
        into.number(seen.size());
        seen.forEach(one -> Results.write(into, named(one, names)));
      }
      case SEE_PAIR -> {
        int pairs = from.number("pairs", 1, Integer.MAX_VALUE);
        var frames = parts.frames();
        from.requireEnd();
        Results.write(into, vision.encodePair(frames, pairs));
      }
      default -> {
        var image = parts.image();
        from.requireEnd();
        new PartWriter(into, Long.MAX_VALUE).pixels(vision.decode(image, wanted));
      }
    }
  }

  private static Vision.Seen named(Vision.Seen seen, SourceNames names) {
    return new Vision.Seen(
        seen.pairs(),
        seen.rows(),
        seen.strategy(),
        seen.pairsPerSecond(),
        seen.warnings().stream().map(names::in).toList());
  }

  private void hear(
      Ask ask, MessageReader from, SourceNames names, Cancellation wanted, MessageWriter into) {
    Hearing hearing = has(senses.hearing(), ask, from);
    switch (ask) {
      case HEAR -> {
        boolean isStrict = from.flag("strictness");
        var audio = new PartReader(from, names).audio();
        from.requireEnd();
        Hearing.Heard heard = hearing.encode(audio, isStrict, wanted);
        Results.write(
            into,
            new Hearing.Heard(heard.rows(), heard.warnings().stream().map(names::in).toList()));
      }
      case EARS_OPEN -> {
        int rate = from.number("rate");
        from.requireEnd();
        into.large(ears.add(hearing.open(rate)));
      }
      case EARS_PUSH -> {
        long id = from.large("session");
        float[] samples = from.floats("samples");
        from.requireEnd();
        Results.write(into, ears.get(id).push(samples));
      }
      case EARS_FINISH -> Results.write(into, ears.get(last(from)).finish());
      case EARS_FORK -> into.large(ears.add(ears.get(last(from)).fork()));
      default -> ears.close(last(from));
    }
  }

  private static long last(MessageReader from) {
    long id = from.large("session");
    from.requireEnd();
    return id;
  }

  private void speak(Ask ask, MessageReader from, MessageWriter into) {
    Voice voice = has(senses.voice(), ask, from);
    switch (ask) {
      case SPEAK -> {
        var frames = Results.frames(from);
        from.requireEnd();
        Results.write(into, voice.speak(frames));
      }
      case VOICE_OPEN -> {
        from.requireEnd();
        into.large(voices.add(voice.open()));
      }
      case VOICE_PUSH -> {
        long id = from.large("session");
        var frames = Results.frames(from);
        from.requireEnd();
        Results.writeChunk(into, voices.get(id).push(frames));
      }
      case VOICE_FINISH -> Results.writeChunk(into, voices.get(last(from)).finish());
      default -> voices.close(last(from));
    }
  }
}
