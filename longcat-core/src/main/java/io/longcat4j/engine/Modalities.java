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
import java.util.function.Consumer;
import java.util.function.Function;
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
  private final @Nullable Sense<Vision> vision;
  private final @Nullable Sense<Hearing> hearing;
  private final @Nullable Sense<Voice> voice;
  private final Object detecting = new Object();
  private @Nullable SpeechDetection detection;
  private boolean closed;

  private Modalities(
      Checkpoint checkpoint,
      @Nullable Sense<Vision> vision,
      @Nullable Sense<Hearing> hearing,
      @Nullable Sense<Voice> voice,
      String elsewhere) {
    this.elsewhere = elsewhere;
    this.checkpointSees = checkpoint.hasVision();
    this.checkpointHears = checkpoint.hasAudio();
    this.checkpointSpeaks = checkpoint.hasCodec() && checkpoint.hasSpeechHeads();
    this.vision = vision;
    this.hearing = hearing;
    this.voice = voice;
  }

  /**
   * All that there is, each opened when it is asked for first.
   *
   * @throws io.longcat4j.CheckpointException if one of their files is missing
   */
  static Modalities of(Checkpoint checkpoint, SenseDevices devices, ModalityContext context) {
    Optional<VisionProvider> eyes = provider(VisionProvider.class);
    Optional<AudioProvider> audio = provider(AudioProvider.class);
    boolean speaks = checkpoint.hasCodec() && checkpoint.hasSpeechHeads();
    if (checkpoint.hasVision()) {
      eyes.ifPresent(p -> p.files().forEach(checkpoint::file));
    }
    if (checkpoint.hasAudio()) {
      audio.ifPresent(p -> p.hearingFiles().forEach(checkpoint::file));
    }
    return new Modalities(
        checkpoint,
        sense(checkpoint.hasVision(), eyes, p -> p.open(context.on(devices.eyes())), Vision::close),
        sense(
            checkpoint.hasAudio(),
            audio,
            p -> p.openHearing(context.on(devices.ears())),
            Hearing::close),
        sense(speaks, audio, p -> p.openVoice(context.on(devices.voice())), Voice::close),
        "");
  }

  private static <P, S> @Nullable Sense<S> sense(
      boolean held, Optional<P> provider, Function<P, S> opening, Consumer<S> closing) {
    return held && provider.isPresent()
        ? new Sense<>(() -> opening.apply(provider.get()), closing)
        : null;
  }

  /** All that there is, opened. */
  static Modalities open(Checkpoint checkpoint, SenseDevices devices, ModalityContext context) {
    Modalities modalities = of(checkpoint, devices, context);
    try {
      modalities.open();
      return modalities;
    } catch (RuntimeException | Error e) {
      modalities.close();
      throw e;
    }
  }

  /** Those of another rank, which does their work. */
  static Modalities of(Checkpoint checkpoint, SenseSet senses, int rank) {
    return new Modalities(
        checkpoint,
        senses.vision().map(v -> Sense.of(v, Vision::close)).orElse(null),
        senses.hearing().map(h -> Sense.of(h, Hearing::close)).orElse(null),
        senses.voice().map(v -> Sense.of(v, Voice::close)).orElse(null),
        " of rank " + rank);
  }

  /** Opens what is not open yet. */
  void open() {
    for (Sense<?> sense : all()) {
      var unused = sense.get();
    }
  }

  private List<Sense<?>> all() {
    List<Sense<?>> all = new ArrayList<>();
    if (vision != null) {
      all.add(vision);
    }
    if (hearing != null) {
      all.add(hearing);
    }
    if (voice != null) {
      all.add(voice);
    }
    return all;
  }

  /** For another rank to use; they stay this one's. */
  SenseSet senses(List<String> warnings) {
    return new SenseSet(
        Optional.ofNullable(vision).map(Sense::get),
        Optional.ofNullable(hearing).map(Sense::get),
        Optional.ofNullable(voice).map(Sense::get),
        warnings);
  }

  Vision vision() {
    if (vision == null) {
      throw absent(checkpointSees, "pictures", "vision/", "io.longcat4j:longcat-vision");
    }
    return vision.get();
  }

  Hearing hearing() {
    if (hearing == null) {
      throw absent(checkpointHears, "sounds", "audio/", "io.longcat4j:longcat-audio");
    }
    return hearing.get();
  }

  Voice voice() {
    if (voice == null) {
      throw absent(checkpointSpeaks, "speech", "audio_codec/", "io.longcat4j:longcat-audio");
    }
    return voice.get();
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
    lines.add("vision: " + (vision == null ? "none" : vision.describe(Vision::describe)));
    lines.add("hearing: " + (hearing == null ? "none" : hearing.describe(Hearing::describe)));
    lines.add("voice: " + (voice == null ? "none" : voice.describe(Voice::describe)));
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
    all().forEach(Sense::close);
  }

  private static <P> Optional<P> provider(Class<P> type) {
    return ServiceLoader.load(type, Modalities.class.getClassLoader()).findFirst();
  }
}
