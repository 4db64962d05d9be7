package io.longcat4j.springai;

import io.longcat4j.Audio;
import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.MediaSource;
import io.longcat4j.Part;
import io.longcat4j.Video;
import io.longcat4j.VideoSampling;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.content.Media;

/**
 * Media of messages as parts of a prompt. Thread-safe.
 *
 * @param fetcher gets media from elsewhere, or null where nothing may
 * @param videoSound whether a video is heard as well as seen
 */
record Parts(@Nullable MediaFetcher fetcher, boolean videoSound) {
  private static final int SHOWN = 80;

  Part read(Media media) {
    String kind = media.getMimeType().getType().toLowerCase(Locale.ROOT);
    return switch (kind) {
      case "image" -> new Image(new Image.Encoded(source(media)));
      case "audio" -> new Audio(new Audio.Encoded(source(media)));
      case "video" -> clip(source(media));
      default ->
          throw new InvalidRequestException(
              "Media of type "
                  + media.getMimeType()
                  + " is not supported; this model takes image, audio and video");
    };
  }

  private Part clip(MediaSource file) {
    Video video = new Video(new Video.Encoded(file), VideoSampling.defaults());
    return videoSound ? Interleaved.of(video, new Audio(new Audio.Encoded(file))) : video;
  }

  private MediaSource source(Media media) {
    if (media.getData() instanceof byte[] bytes) {
      return MediaSource.of(bytes);
    }
    String data = media.getData().toString();
    String scheme = data.substring(0, Math.max(0, data.indexOf(':'))).toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "" -> MediaSource.of(decode(media, data));
      case "file" -> MediaSource.of(path(data));
      case "data" -> MediaSource.of(dataUrl(media, data));
      default -> MediaSource.of(fetch(data));
    };
  }

  private byte[] fetch(String address) {
    if (fetcher == null) {
      throw new InvalidRequestException(
          "The media at "
              + shortened(address)
              + " are not supported: this model opens no connection; send their bytes, name a"
              + " file: address, or build the model with a mediaFetcher that may get them");
    }
    return fetcher.fetch(uri(address));
  }

  private static URI uri(String address) {
    try {
      return URI.create(address);
    } catch (IllegalArgumentException e) {
      throw new InvalidRequestException(shortened(address) + " is no address", e);
    }
  }

  private static Path path(String address) {
    try {
      return Path.of(uri(address));
    } catch (IllegalArgumentException | FileSystemNotFoundException e) {
      throw new InvalidRequestException(
          shortened(address) + " is no file of this machine: " + e.getMessage(), e);
    }
  }

  private static byte[] dataUrl(Media media, String url) {
    int comma = url.indexOf(',');
    if (comma < 0 || !url.substring(0, comma).endsWith(";base64")) {
      throw new InvalidRequestException(
          media.getMimeType() + " is a data: address without base64; write data:TYPE;base64,BYTES");
    }
    return decode(media, url.substring(comma + 1));
  }

  private static byte[] decode(Media media, String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new InvalidRequestException(
          "The data of " + media.getMimeType() + " are no base64: " + e.getMessage(), e);
    }
  }

  private static String shortened(String address) {
    return address.length() <= SHOWN ? address : address.substring(0, SHOWN) + "...";
  }
}
