package io.longcat4j.remote;

import io.longcat4j.Audio;
import io.longcat4j.CodecFrame;
import io.longcat4j.Image;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Part;
import io.longcat4j.Pixels;
import io.longcat4j.Samples;
import io.longcat4j.VideoFrames;
import io.longcat4j.VideoSampling;
import io.longcat4j.modality.Embeddings;
import io.longcat4j.modality.Hearing;
import io.longcat4j.modality.HearingSession;
import io.longcat4j.modality.SpeechChunk;
import io.longcat4j.modality.Vision;
import io.longcat4j.modality.Voice;
import io.longcat4j.modality.VoiceSession;
import io.longcat4j.prompt.MediaLayout;
import io.longcat4j.spi.Cancellation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Senses that remember what they were given and answer with numbers that tell it. */
final class FakeSenses {
  /** What was given to whole calls, in order. */
  final List<Object> given = new CopyOnWriteArrayList<>();

  /** What the next whole call throws, if anything. */
  volatile Optional<RuntimeException> error = Optional.empty();

  final AtomicInteger openSessions = new AtomicInteger();

  SenseSet all() {
    return new SenseSet(
        Optional.of(new Eyes()),
        Optional.of(new Ears()),
        Optional.of(new Mouth()),
        List.of("a file is not used"));
  }

  static Embeddings rows(float first) {
    return new Embeddings(2, 3, new float[] {first, -0f, Float.MIN_VALUE, 1e30f, -7, 0.1f});
  }

  private void take(Object what) {
    given.add(what);
    error.ifPresent(
        some -> {
          throw some;
        });
  }

  private final class Eyes implements Vision {
    @Override
    public List<Seen> encode(List<Part> parts, boolean strict, Cancellation wanted) {
      take(parts);
      take(strict);
      List<Seen> seen = new ArrayList<>();
      for (int i = 0; i < parts.size(); i++) {
        seen.add(seen(i));
      }
      return seen;
    }

    static Seen seen(int number) {
      return new Seen(
          List.of(new MediaLayout.Pair("", 1), new MediaLayout.Pair("second{" + number + "}", 1)),
          rows(number),
          VideoSampling.Strategy.AVERAGE,
          number + 1,
          List.of("w" + number));
    }

    @Override
    public Seen encodePair(VideoFrames pair, int pairs) {
      take(pair);
      take(pairs);
      return seen(9);
    }

    @Override
    public Pixels decode(Image image, Cancellation wanted) {
      take(image);
      return new Pixels(2, 1, new byte[] {1, 2, 3, -4, -5, -6});
    }

    @Override
    public String describe() {
      return "eyes";
    }

    @Override
    public void close() {}
  }

  private final class Ears implements Hearing {
    @Override
    public Heard encode(Audio audio, boolean strict, Cancellation wanted) {
      take(audio);
      take(strict);
      return new Heard(rows(5), List.of("shortened"));
    }

    @Override
    public HearingSession open(int sampleRateHz) {
      take(sampleRateHz);
      openSessions.incrementAndGet();
      return new HearingOf(0);
    }

    @Override
    public String describe() {
      return "ears";
    }

    @Override
    public void close() {}
  }

  private final class HearingOf implements HearingSession {
    private float sum;

    private HearingOf(float sum) {
      this.sum = sum;
    }

    @Override
    public Optional<Embeddings> push(float[] samples) {
      for (float sample : samples) {
        sum += sample;
      }
      return samples.length == 0 ? Optional.empty() : Optional.of(rows(sum));
    }

    @Override
    public Optional<Embeddings> finish() {
      return Optional.of(rows(-sum));
    }

    @Override
    public HearingSession fork() {
      openSessions.incrementAndGet();
      return new HearingOf(sum);
    }

    @Override
    public void close() {
      openSessions.decrementAndGet();
    }
  }

  private final class Mouth implements Voice {
    @Override
    public Samples speak(List<CodecFrame> frames) {
      take(frames);
      return new Samples(new float[] {0.5f, -0.25f}, 24_000);
    }

    @Override
    public VoiceSession open() {
      openSessions.incrementAndGet();
      return new Saying();
    }

    @Override
    public int lookAheadFrames() {
      return 3;
    }

    @Override
    public int sampleRateHz() {
      return 24_000;
    }

    @Override
    public String describe() {
      return "mouth";
    }

    @Override
    public void close() {}
  }

  private final class Saying implements VoiceSession {
    private long said;

    @Override
    public Optional<SpeechChunk> push(List<CodecFrame> frames) {
      if (frames.stream().anyMatch(frame -> frame.semantic() < 0)) {
        throw new InvalidRequestException("an index outside its codebook");
      }
      long first = said;
      said += frames.size();
      return frames.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new SpeechChunk(
                  first, frames.size(), new Samples(new float[frames.size() * 2], 24_000)));
    }

    @Override
    public Optional<SpeechChunk> finish() {
      return Optional.empty();
    }

    @Override
    public void close() {
      openSessions.decrementAndGet();
    }
  }
}
