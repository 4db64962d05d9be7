package io.longcat4j.session;

import io.longcat4j.Conversation;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LiveAudio;
import io.longcat4j.LiveInterleaved;
import io.longcat4j.Part;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Gives the model everything as it comes, second by second. */
final class LiveIntake implements Intake {
  /** A live sound ends after 120 s. */
  private static final Duration LONGEST_SOUND = Duration.ofSeconds(119);

  private final int sampleRateHz;
  private final Duration longestVideo;
  private @Nullable LiveAudio sound;
  private @Nullable LiveInterleaved pictures;
  private long start;
  private long next;
  private boolean watching;
  private boolean deaf;

  LiveIntake(int sampleRateHz, Duration longestVideo) {
    this.sampleRateHz = sampleRateHz;
    this.longestVideo = longestVideo;
  }

  @Override
  public void begin(boolean withPictures) {
    forget();
    watching = withPictures;
    deaf = false;
  }

  @Override
  public void hear(Conversation conversation, float[] samples, long atSample) {
    if (deaf) {
      return;
    }
    next = atSample;
    deaf = true; // What fails once fails again: the turn goes on without the rest.
    for (int from = 0; from < samples.length; ) {
      LiveAudio part = open(conversation);
      int to = (int) Math.min(samples.length, from + start + longest() - next);
      part.write(Arrays.copyOfRange(samples, from, to));
      next += to - from;
      from = to;
      if (next == start + longest()) {
        endPart();
      }
    }
    deaf = false;
  }

  private long longest() {
    return (watching ? longestVideo : LONGEST_SOUND).toSeconds() * sampleRateHz;
  }

  private LiveAudio open(Conversation conversation) {
    LiveAudio part = sound;
    if (part == null) {
      if (watching) {
        pictures = conversation.openInterleaved(sampleRateHz, longestVideo);
      }
      part = watching && pictures != null ? pictures : conversation.openAudio(sampleRateHz);
      sound = part;
      start = next;
    }
    return part;
  }

  @Override
  public boolean see(Conversation conversation, SeenFrame frame) {
    if (deaf) {
      return false;
    }
    if (!watching) {
      endPart();
      watching = true;
    }
    var unused = open(conversation);
    double at = Math.max(0, frame.seconds() - (double) start / sampleRateHz);
    LiveInterleaved camera = pictures;
    if (camera == null || at >= longestVideo.toSeconds()) {
      return false;
    }
    try {
      camera.show(frame.pixels(), Duration.ofNanos((long) (at * 1e9)));
    } catch (InvalidRequestException anotherSize) {
      endPart();
      var again = open(conversation);
      LiveInterleaved other = pictures;
      if (other != null && again == other) {
        other.show(frame.pixels(), Duration.ZERO);
      }
    }
    return true;
  }

  @Override
  public Optional<Part> rest() {
    return Optional.empty();
  }

  @Override
  public void end(Conversation conversation) {
    endPart();
  }

  private void endPart() {
    LiveAudio part = sound;
    sound = null;
    pictures = null;
    if (part != null) {
      part.close();
    }
  }

  @Override
  public void forget() {
    sound = null;
    pictures = null;
    watching = false;
  }
}
