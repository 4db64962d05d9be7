package io.longcat4j.engine;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCatException;
import io.longcat4j.MissingModuleException;
import io.longcat4j.VoiceActivity;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.modality.AudioProvider;
import io.longcat4j.modality.Hearing;
import io.longcat4j.modality.ModalityContext;
import io.longcat4j.modality.SpeechDetection;
import io.longcat4j.modality.Vision;
import io.longcat4j.modality.VisionProvider;
import io.longcat4j.modality.Voice;
import io.longcat4j.remote.SenseSet;
import io.longcat4j.spi.SenseDevices;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * The eyes, ears and voice that a checkpoint holds and the class path can run. Asking for one that
 * is not there throws an error that says which file or artifact is missing. Owns what it opened.
 */
final class Modalities implements AutoCloseable {
  private final String elsewhere;
  private final boolean checkpointSees;
  private final boolean checkpointHears;
  private final boolean checkpointSpeaks;
  private final @Nullable Vision vision;
  private final @Nullable Hearing hearing;
  private final @Nullable Voice voice;
  private final Object detecting = new Object();
  private @Nullable SpeechDetection detection;
  private boolean closed;

  private Modalities(Checkpoint checkpoint, Opened opened, String elsewhere) {
    this.elsewhere = elsewhere;
    this.checkpointSees = checkpoint.hasVision();
    this.checkpointHears = checkpoint.hasAudio();
    this.checkpointSpeaks = checkpoint.hasCodec() && checkpoint.hasSpeechHeads();
    this.vision = opened.vision;
    this.hearing = opened.hearing;
    this.voice = opened.voice;
  }

  static Modalities open(Checkpoint checkpoint, SenseDevices devices, ModalityContext context) {
    Opened opened = new Opened();
    try {
      opened.open(checkpoint, devices, context);
      return new Modalities(checkpoint, opened, "");
    } catch (RuntimeException | Error e) {
      opened.close();
      throw e;
    }
  }

  /** Those of another rank, which does their work. */
  static Modalities of(Checkpoint checkpoint, SenseSet senses, int rank) {
    Opened opened = new Opened();
    opened.vision = senses.vision().orElse(null);
    opened.hearing = senses.hearing().orElse(null);
    opened.voice = senses.voice().orElse(null);
    return new Modalities(checkpoint, opened, " of rank " + rank);
  }

  /** For another rank to use; they stay this one's. */
  SenseSet senses(List<String> warnings) {
    return new SenseSet(
        Optional.ofNullable(vision),
        Optional.ofNullable(hearing),
        Optional.ofNullable(voice),
        warnings);
  }

  Vision vision() {
    if (vision == null) {
      throw absent(checkpointSees, "pictures", "vision/", "io.longcat4j:longcat-vision");
    }
    return vision;
  }

  Hearing hearing() {
    if (hearing == null) {
      throw absent(checkpointHears, "sounds", "audio/", "io.longcat4j:longcat-audio");
    }
    return hearing;
  }

  Voice voice() {
    if (voice == null) {
      throw absent(checkpointSpeaks, "speech", "audio_codec/", "io.longcat4j:longcat-audio");
    }
    return voice;
  }

  /** Loaded when it is asked for first, since most applications have no microphone. */
  VoiceActivity.Factory voiceActivity() {
    synchronized (detecting) {
      if (closed) {
        throw new LongCatException(
            "The engine is closed; keep it open while sessions are to be begun");
      }
      if (detection == null) {
        detection =
            provider(AudioProvider.class).orElseThrow(Modalities::deaf).openSpeechDetection();
      }
      return detection;
    }
  }

  private static RuntimeException deaf() {
    return new MissingModuleException(
        "A session that detects turns needs to tell speech from other sounds, but the module for it"
            + " is not on the class path; add the artifact io.longcat4j:longcat-audio, give a"
            + " VoiceActivity of your own, or use push-to-talk");
  }

  private RuntimeException absent(
      boolean inCheckpoint, String what, String folder, String artifact) {
    if (inCheckpoint) {
      return new MissingModuleException(
          "The request needs "
              + what
              + ", which this checkpoint can do, but the module for it is not on the class path"
              + elsewhere
              + "; add the artifact "
              + artifact);
    }
    return new InvalidRequestException(
        "The request needs "
            + what
            + ", but this checkpoint has no "
            + folder
            + " folder; use an omni checkpoint or send text alone");
  }

  List<String> describe() {
    List<String> lines = new ArrayList<>();
    lines.add("vision: " + (vision == null ? "none" : vision.describe()));
    lines.add("hearing: " + (hearing == null ? "none" : hearing.describe()));
    lines.add("voice: " + (voice == null ? "none" : voice.describe()));
    return lines;
  }

  @Override
  public void close() {
    synchronized (detecting) {
      closed = true;
      if (detection != null) {
        detection.close();
      }
    }
    closeAll(vision, hearing, voice);
  }

  private static void closeAll(
      @Nullable Vision vision, @Nullable Hearing hearing, @Nullable Voice voice) {
    if (vision != null) {
      vision.close();
    }
    if (hearing != null) {
      hearing.close();
    }
    if (voice != null) {
      voice.close();
    }
  }

  private static <P> Optional<P> provider(Class<P> type) {
    return ServiceLoader.load(type, Modalities.class.getClassLoader()).findFirst();
  }

  /** What has been opened so far, so that a failure half-way frees it. */
  private static final class Opened {
    private @Nullable Vision vision;
    private @Nullable Hearing hearing;
    private @Nullable Voice voice;

    void open(Checkpoint checkpoint, SenseDevices devices, ModalityContext context) {
      if (checkpoint.hasVision()) {
        vision =
            provider(VisionProvider.class)
                .map(p -> p.open(context.on(devices.eyes())))
                .orElse(null);
      }
      Optional<AudioProvider> audio = provider(AudioProvider.class);
      if (checkpoint.hasAudio()) {
        hearing = audio.map(p -> p.openHearing(context.on(devices.ears()))).orElse(null);
      }
      if (checkpoint.hasCodec() && checkpoint.hasSpeechHeads()) {
        voice = audio.map(p -> p.openVoice(context.on(devices.voice()))).orElse(null);
      }
    }

    void close() {
      closeAll(vision, hearing, voice);
    }
  }
}
