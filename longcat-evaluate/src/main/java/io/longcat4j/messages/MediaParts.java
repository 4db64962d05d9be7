package io.longcat4j.messages;

import com.fasterxml.jackson.databind.JsonNode;
import io.longcat4j.Audio;
import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Part;
import io.longcat4j.Video;
import io.longcat4j.VideoSampling;
import io.longcat4j.VideoSampling.Strategy;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Media parts and what their {@code meta} fields mean. Fields that the published code reads over
 * are accepted and have no effect here either.
 */
record MediaParts(MediaFiles files) {
  private static final int SAMPLE_RATE_HZ = 16000;
  private static final Set<String> IMAGE_META = Set.of("upright");
  private static final Set<String> AUDIO_META = Set.of("sample_rate");
  private static final Set<String> VIDEO_META =
      Set.of(
          "bound",
          "time_offset",
          "read_image_fps",
          "frame_sample_strategy",
          "average_sample_num_frame_per_video",
          "sequential_sample_num_frame_per_sec",
          "sequential_max_num_sample_frame");
  private static final Set<String> INTERLEAVED_META =
      Set.of(
          "bound",
          "time_offset",
          "use_audio_track",
          "frame_sample_strategy",
          "average_sample_num_frame_per_video",
          "sequential_sample_num_frame_per_sec",
          "sequential_max_num_sample_frame",
          "video_frame_pre_resize",
          "video_max_resolution");
  private static final Set<String> TRACKS = Set.of("video", "audio");

  Part image(Fields fields) {
    Optional<Fields> meta = fields.findObject("meta");
    meta.ifPresent(found -> found.allowOnly(IMAGE_META));
    Image image = Image.of(file(fields, "image"));
    return meta.isPresent() && meta.get().isTrue("upright") ? image.upright() : image;
  }

  Part audio(Fields fields) {
    fields.findObject("meta").ifPresent(MediaParts::checkAudioMeta);
    return Audio.of(file(fields, "audio"));
  }

  Part video(Fields fields) {
    VideoSampling.Builder sampling = VideoSampling.builder();
    fields
        .findObject("meta")
        .ifPresent(
            meta -> {
              meta.allowOnly(VIDEO_META);
              bound(meta, sampling);
              // The published code applies an offset to this type only if it is positive.
              meta.number("time_offset").filter(s -> s > 0).ifPresent(sampling::timeOffsetSeconds);
            });
    return Video.of(file(fields, "video")).with(sampling.build());
  }

  Part interleaved(Fields fields) {
    Fields tracks = fields.object("multimodal_interleaved").allowOnly(TRACKS);
    Optional<Fields> meta = fields.findObject("meta");
    meta.ifPresent(found -> found.allowOnly(INTERLEAVED_META));
    Path video = file(tracks, "video");
    boolean ownSound = meta.isPresent() && meta.get().isTrue("use_audio_track");
    Interleaved part = Interleaved.of(Video.of(video), sound(tracks, video, ownSound));
    return part.with(meta.map(MediaParts::sampling).orElseGet(VideoSampling::defaults));
  }

  private Audio sound(Fields tracks, Path video, boolean ownSound) {
    boolean separate = tracks.find("audio").isPresent();
    if (ownSound == separate) {
      throw new InvalidRequestException(
          tracks.place()
              + (separate
                  ? ": both 'audio' and use_audio_track = true name a sound; keep one of them"
                  : ": there is no sound; add 'audio', or set use_audio_track to true in 'meta'"));
    }
    return Audio.of(ownSound ? video : file(tracks, "audio"));
  }

  private static VideoSampling sampling(Fields meta) {
    VideoSampling.Builder sampling = VideoSampling.builder();
    strategy(meta).ifPresent(sampling::strategy);
    meta.integer("sequential_sample_num_frame_per_sec").ifPresent(sampling::framesPerSecond);
    meta.integer("average_sample_num_frame_per_video").ifPresent(sampling::averageFrames);
    meta.integer("sequential_max_num_sample_frame")
        .ifPresent(frames -> sampling.maxFrames(frames > 0 ? frames : -1));
    meta.number("time_offset").ifPresent(sampling::timeOffsetSeconds);
    bound(meta, sampling);
    return sampling.build();
  }

  private static Optional<Strategy> strategy(Fields meta) {
    // The published code takes whatever is not 'sequential', null too, for 'average'.
    if (meta.isNull("frame_sample_strategy")) {
      return Optional.of(Strategy.AVERAGE);
    }
    return meta.find("frame_sample_strategy")
        .map(
            value ->
                switch (value.asText()) {
                  case "sequential" -> Strategy.SEQUENTIAL;
                  case "average" -> Strategy.AVERAGE;
                  default ->
                      throw meta.wrong(
                          "frame_sample_strategy", "\"sequential\" or \"average\"", value);
                });
  }

  private static void bound(Fields meta, VideoSampling.Builder sampling) {
    meta.find("bound")
        .ifPresent(
            bound -> {
              if (!bound.isArray() || bound.size() != 2 || !allNumbers(bound)) {
                throw meta.wrong("bound", "[start, end] in seconds", bound);
              }
              sampling.bound(bound.get(0).doubleValue(), bound.get(1).doubleValue());
            });
  }

  private static boolean allNumbers(JsonNode list) {
    return list.get(0).isNumber() && list.get(1).isNumber();
  }

  private static void checkAudioMeta(Fields meta) {
    meta.allowOnly(AUDIO_META);
    int rate = meta.integer("sample_rate").orElse(SAMPLE_RATE_HZ);
    if (rate != SAMPLE_RATE_HZ) {
      throw new InvalidRequestException(
          meta.place()
              + ": sample_rate is "
              + rate
              + ", but the audio encoder hears "
              + SAMPLE_RATE_HZ
              + " Hz; leave the key out, files of any rate are converted");
    }
  }

  private Path file(Fields fields, String key) {
    return files.find(fields.place(), fields.text(key));
  }
}
