package io.longcat4j.server.chat;

import io.longcat4j.Audio;
import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.Part;
import io.longcat4j.Text;
import io.longcat4j.Video;
import io.longcat4j.server.wire.ApiException;
import io.longcat4j.server.wire.DataUrl;
import io.longcat4j.server.wire.Fields;

/** Reads one part of a message. */
final class Parts {
  private static final String[] SOUNDS = {
    "wav", "mp3", "flac", "ogg", "opus", "aac", "m4a", "mp4", "webm"
  };

  private Parts() {}

  static Part read(Fields part) {
    String type = part.requireText("type");
    return switch (type) {
      case "text" -> Text.of(part.requireText("text"));
      case "refusal" -> Text.of(part.requireText("refusal"));
      case "image_url" -> Image.of(url(part.requireObject(type)));
      case "input_audio" -> sound(part.requireObject(type));
      case "video_url" -> clip(part.requireObject(type));
      default ->
          throw ApiException.unsupported(
              part.at("type"),
              "Content of type '"
                  + type
                  + "' is not known; there are text, image_url, input_audio and video_url");
    };
  }

  private static Audio sound(Fields sound) {
    if (sound.word("format", SOUNDS).isEmpty()) {
      throw sound.missing("format");
    }
    return Audio.of(DataUrl.base64(sound.requireText("data"), sound.at("data")));
  }

  private static Part clip(Fields clip) {
    byte[] file = url(clip);
    return clip.flag("with_audio").orElse(false)
        ? Interleaved.of(Video.of(file), Audio.of(file))
        : Video.of(file);
  }

  private static byte[] url(Fields media) {
    return DataUrl.decode(media.requireText("url"), media.at("url"));
  }
}
