package io.longcat4j.session;

import io.longcat4j.Audio;
import io.longcat4j.Conversation;
import io.longcat4j.Interleaved;
import io.longcat4j.Part;
import io.longcat4j.Pixels;
import io.longcat4j.Samples;
import io.longcat4j.Video;
import io.longcat4j.VideoFrames;
import io.longcat4j.VideoSampling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps everything until the turn is over, because sound and pictures are to be spread over each
 * other.
 */
final class WholeIntake implements Intake {
  /** Longer sounds are not heard. */
  private static final int LONGEST_SECONDS = 119;

  /** Shorter sounds are nothing. */
  private static final double SHORTEST_SECONDS = 0.1;

  private final int sampleRateHz;
  private final List<SeenFrame> frames = new ArrayList<>();
  private Sound sound = new Sound();
  private long start;

  WholeIntake(int sampleRateHz) {
    this.sampleRateHz = sampleRateHz;
  }

  @Override
  public void begin(boolean watching) {
    forget();
  }

  @Override
  public void hear(Conversation conversation, float[] samples, long atSample) {
    if (sound.size() == 0) {
      start = atSample;
    }
    if ((long) sound.size() + samples.length > (long) LONGEST_SECONDS * sampleRateHz) {
      end(conversation);
      start = atSample;
    }
    sound.add(samples);
  }

  @Override
  public boolean see(Conversation conversation, SeenFrame frame) {
    if (!frames.isEmpty() && !Glances.isAsLarge(frames.get(0).pixels(), frame.pixels())) {
      end(conversation);
    }
    frames.add(frame);
    return true;
  }

  @Override
  public Optional<Part> rest() {
    if (sound.size() < SHORTEST_SECONDS * sampleRateHz) {
      return frames.isEmpty() ? Optional.empty() : Optional.of(video());
    }
    Audio heard = Audio.of(new Samples(sound.toArray(), sampleRateHz));
    return Optional.of(
        frames.isEmpty()
            ? heard
            : Interleaved.of(video(), heard)
                .with(VideoSampling.builder().strategy(VideoSampling.Strategy.AVERAGE).build()));
  }

  private Video video() {
    List<Pixels> pairs = new ArrayList<>();
    List<Double> times = new ArrayList<>();
    double zero = Math.min((double) start / sampleRateHz, frames.get(0).seconds());
    for (int i = 0; i < frames.size(); i++) {
      SeenFrame first = frames.get(i);
      boolean both =
          i + 1 < frames.size() && (long) frames.get(i + 1).seconds() == (long) first.seconds();
      pairs.add(first.pixels());
      pairs.add(both ? frames.get(++i).pixels() : first.pixels());
      times.add(first.seconds() - zero);
    }
    return Video.of(new VideoFrames(pairs, times));
  }

  @Override
  public void end(Conversation conversation) {
    Optional<Part> part = rest();
    forget();
    part.ifPresent(conversation::append);
  }

  @Override
  public void forget() {
    frames.clear();
    sound = new Sound();
  }
}
