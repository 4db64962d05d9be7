package io.longcat4j.langchain4j;

import dev.langchain4j.data.message.AudioContent;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.VideoContent;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import io.longcat4j.Audio;
import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.MediaSource;
import io.longcat4j.Part;
import io.longcat4j.Text;
import io.longcat4j.Video;
import io.longcat4j.VideoSampling;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Contents of messages as parts of a prompt. Thread-safe.
 *
 * @param fetcher gets media from elsewhere, or null where nothing may
 * @param videoSound whether a video is heard as well as seen
 */
record Parts(@Nullable MediaFetcher fetcher, boolean videoSound) {
  private static final int SHOWN = 80;

  Part read(Content content) {
    if (content instanceof TextContent text) {
      return Text.of(text.text());
    }
    if (content instanceof ImageContent image) {
      return new Image(
          new Image.Encoded(
              source("image", image.image().url(), null, image.image().base64Data())));
    }
    if (content instanceof AudioContent audio) {
      return sound(audio.audio());
    }
    if (content instanceof VideoContent video) {
      return clip(source("video", video.video().url(), null, video.video().base64Data()));
    }
    throw new UnsupportedFeatureException(
        "Content of type "
            + content.type()
            + " is not supported; this model takes text, images, audio and video");
  }

  Audio sound(dev.langchain4j.data.audio.Audio audio) {
    return new Audio(
        new Audio.Encoded(source("audio", audio.url(), audio.binaryData(), audio.base64Data())));
  }

  private Part clip(MediaSource file) {
    Video video = new Video(new Video.Encoded(file), VideoSampling.defaults());
    return videoSound ? Interleaved.of(video, new Audio(new Audio.Encoded(file))) : video;
  }

  private MediaSource source(
      String kind, @Nullable URI url, byte @Nullable [] binary, @Nullable String base64) {
    if (binary != null) {
      return MediaSource.of(binary);
    }
    if (base64 != null) {
      return MediaSource.of(decode(kind, base64));
    }
    if (url == null) {
      throw new InvalidRequestException(
          "The " + kind + " of a message has neither data nor an address; give it one of them");
    }
    return switch (String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT)) {
      case "file" -> MediaSource.of(path(kind, url));
      case "data" -> MediaSource.of(dataUrl(kind, url.toString()));
      default -> MediaSource.of(fetch(kind, url));
    };
  }

  private byte[] fetch(String kind, URI url) {
    if (fetcher == null) {
      throw new UnsupportedFeatureException(
          "The "
              + kind
              + " at "
              + shortened(url)
              + " is not supported: this model opens no connection; send its bytes, name a file:"
              + " address, or build the model with a mediaFetcher that may get it");
    }
    return fetcher.fetch(url);
  }

  private static Path path(String kind, URI url) {
    try {
      return Path.of(url);
    } catch (IllegalArgumentException | FileSystemNotFoundException e) {
      throw new InvalidRequestException(
          "The "
              + kind
              + " at "
              + shortened(url)
              + " is no file of this machine: "
              + e.getMessage(),
          e);
    }
  }

  private static byte[] dataUrl(String kind, String url) {
    int comma = url.indexOf(',');
    if (comma < 0 || !url.substring(0, comma).endsWith(";base64")) {
      throw new InvalidRequestException(
          "The " + kind + " is a data: address without base64; write data:TYPE;base64,BYTES");
    }
    return decode(kind, url.substring(comma + 1));
  }

  private static byte[] decode(String kind, String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new InvalidRequestException(
          "The " + kind + " of a message is not base64: " + e.getMessage(), e);
    }
  }

  private static String shortened(URI url) {
    String text = url.toString();
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }
}
