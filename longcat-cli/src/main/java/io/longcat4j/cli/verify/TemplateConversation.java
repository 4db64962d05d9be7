package io.longcat4j.cli.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.longcat4j.Audio;
import io.longcat4j.CheckpointException;
import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Role;
import io.longcat4j.Text;
import io.longcat4j.Video;
import io.longcat4j.VideoSampling.Strategy;
import io.longcat4j.prompt.MediaLayout;
import io.longcat4j.prompt.MediaLayout.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntUnaryOperator;

/**
 * A conversation of a golden folder. Its media are counts, of frames, images or samples, so that
 * parts are empty and only their layouts matter. Not thread-safe.
 */
final class TemplateConversation {
  private static final byte[] NOTHING = new byte[0];

  private final IntUnaryOperator audioTokens;
  private final List<MediaLayout> layouts = new ArrayList<>();

  /**
   * Starts a conversation.
   *
   * @param audioTokens from samples to placeholders
   */
  TemplateConversation(IntUnaryOperator audioTokens) {
    this.audioTokens = audioTokens;
  }

  /** The layouts of all media parts so far, in order. */
  List<MediaLayout> layouts() {
    return layouts;
  }

  Message message(JsonNode node) {
    Role role = Role.valueOf(node.path("role").asText().toUpperCase(Locale.ROOT));
    List<Part> parts = new ArrayList<>();
    node.path("content").forEach(part -> parts.add(part(part)));
    return new Message(role, parts);
  }

  private Part part(JsonNode node) {
    String type = node.path("type").asText();
    JsonNode meta = node.path("meta");
    switch (type) {
      case "text" -> {
        return Text.of(node.path("text").asText());
      }
      case "image" -> {
        layouts.add(new MediaLayout.OfImage(meta.path("image_token_num").path(0).asInt()));
        return Image.of(NOTHING);
      }
      case "audio" -> {
        layouts.add(new MediaLayout.OfAudio(audioTokens.applyAsInt(node.path("audio").asInt())));
        return Audio.of(NOTHING);
      }
      case "video" -> {
        layouts.add(new MediaLayout.OfVideo(pairs(meta)));
        return Video.of(NOTHING);
      }
      case "multimodal_interleaved" -> {
        layouts.add(interleaved(node.path(type), meta));
        return Interleaved.of(Video.of(NOTHING), Audio.of(NOTHING));
      }
      default ->
          throw new CheckpointException(
              "golden.json: a template holds a part of the unknown type '" + type + "'");
    }
  }

  private MediaLayout interleaved(JsonNode tracks, JsonNode meta) {
    Strategy strategy =
        meta.path("frame_sample_strategy").asText("sequential").equals("sequential")
            ? Strategy.SEQUENTIAL
            : Strategy.AVERAGE;
    return new MediaLayout.OfInterleaved(
        pairs(meta),
        audioTokens.applyAsInt(tracks.path("audio").asInt()),
        strategy,
        meta.path("sequential_sample_num_frame_per_sec").asInt(1));
  }

  private static List<Pair> pairs(JsonNode meta) {
    List<Pair> pairs = new ArrayList<>();
    JsonNode tokens = meta.path("image_token_num");
    for (int i = 0; i < tokens.size(); i++) {
      pairs.add(new Pair(meta.path("frame_secs").path(i).asText(""), tokens.get(i).asInt()));
    }
    return pairs;
  }
}
