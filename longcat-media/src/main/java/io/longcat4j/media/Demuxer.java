package io.longcat4j.media;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.presets.avutil.AVERROR_EAGAIN;

import io.longcat4j.MediaException;
import io.longcat4j.MediaSource;
import io.longcat4j.spi.Cancellation;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/**
 * An opened container that hands out packets. Owns the native context and the memory it reads from;
 * {@link #close} is idempotent. Not thread-safe.
 *
 * <p>Hostile files: only containers on a positive list are opened, so that a playlist cannot name
 * other files, and FFmpeg's protocols are cut down to {@code file} (to none for bytes in memory),
 * so that nothing reaches a network.
 */
final class Demuxer implements AutoCloseable {
  private static final String CONTAINERS =
      String.join(
          ",",
          "mov",
          "mp4",
          "matroska",
          "webm",
          "avi",
          "mpegts",
          "mpeg",
          "mpegvideo",
          "flv",
          "asf",
          "ogg",
          "wav",
          "w64",
          "mp3",
          "flac",
          "aac",
          "aiff",
          "au",
          "caf",
          "ac3",
          "eac3",
          "amr",
          "amrnb",
          "amrwb",
          "ape",
          "wv",
          "tta",
          "gif",
          "ivf",
          "h264",
          "hevc",
          "m4v",
          "mxf",
          "dts");

  private static final int MAX_RETRIES = 100;

  private final String name;
  private final Cancellation wanted;
  private final @Nullable MemoryInput memory;
  private @Nullable AVFormatContext context;

  private Demuxer(
      String name, Cancellation wanted, @Nullable MemoryInput memory, AVFormatContext context) {
    this.name = name;
    this.wanted = wanted;
    this.memory = memory;
    this.context = context;
  }

  /**
   * Opens a container.
   *
   * @param source a file or bytes
   * @param wanted asked during every call, also by whoever decodes the packets
   * @return the container, owned by the caller
   * @throws MediaException if it cannot be read or is none of the known containers
   */
  static Demuxer open(MediaSource source, Cancellation wanted) {
    Ffmpeg.require();
    SourceCheck.requireContent(source);
    wanted.check();
    boolean inMemory = !SourceCheck.isPlainFile(source);
    MemoryInput memory = inMemory ? inMemory(source, wanted) : null;
    if (!inMemory) {
      Mp4Tables.require(source.describe(), SourceCheck.absolutePath(source), wanted);
    }
    AVFormatContext context = avformat_alloc_context();
    if (memory != null) {
      context.pb(memory.io());
    }
    ReadInterrupt.install(context);
    try {
      openInput(context, source, inMemory, wanted);
      WavContainer.correct(context);
      Demuxer demuxer = new Demuxer(source.describe(), wanted, memory, context);
      demuxer.findStreams();
      return demuxer;
    } catch (RuntimeException | Error e) {
      release(context, memory);
      throw e;
    }
  }

  private static MemoryInput inMemory(MediaSource source, Cancellation wanted) {
    byte[] content = SourceCheck.bytes(source);
    Mp4Tables.require(source.describe(), content, wanted);
    return MemoryInput.of(content);
  }

  private static void openInput(
      AVFormatContext context, MediaSource source, boolean inMemory, Cancellation wanted) {
    AVDictionary options = new AVDictionary(null);
    BytePointer url =
        Ffmpeg.fileName(inMemory ? "memory" : "file:" + SourceCheck.absolutePath(source));
    try {
      av_dict_set(options, "protocol_whitelist", inMemory ? "none" : "file", 0);
      av_dict_set(options, "format_whitelist", CONTAINERS, 0);
      int status =
          ReadInterrupt.during(wanted, () -> avformat_open_input(context, url, null, options));
      if (status < 0) {
        throw unreadable(source.describe(), status);
      }
    } finally {
      av_dict_free(options);
      Ffmpeg.free(url);
    }
  }

  private void findStreams() {
    AVFormatContext open = context();
    int status =
        ReadInterrupt.during(wanted, () -> avformat_find_stream_info(open, (AVDictionary) null));
    if (status < 0) {
      throw unreadable(name, status);
    }
  }

  private static MediaException unreadable(String name, int status) {
    return new MediaException(
        name
            + " is not a sound or video file that can be read ("
            + Ffmpeg.describe(status)
            + "): it is damaged, cut off or of an unknown container, or a playlist, which is"
            + " refused; pass a complete WAV, MP3, FLAC, OGG, M4A, MP4, MOV, MKV or WebM file");
  }

  /**
   * The stream of a kind that a player would choose; packets of all others are dropped from now on.
   *
   * @param mediaType {@code AVMEDIA_TYPE_AUDIO} or {@code AVMEDIA_TYPE_VIDEO}
   * @return the stream, or null if there is none; a cover picture is no video
   */
  @Nullable AVStream select(int mediaType) {
    AVFormatContext open = context();
    int index =
        av_find_best_stream(open, mediaType, -1, -1, (org.bytedeco.ffmpeg.avcodec.AVCodec) null, 0);
    if (index < 0) {
      return null;
    }
    AVStream chosen = open.streams(index);
    if ((chosen.disposition() & avformat.AV_DISPOSITION_ATTACHED_PIC) != 0) {
      return null;
    }
    for (int i = 0; i < open.nb_streams(); i++) {
      open.streams(i).discard(i == index ? avcodec.AVDISCARD_DEFAULT : avcodec.AVDISCARD_ALL);
    }
    return chosen;
  }

  /**
   * The moving pictures that a player would choose.
   *
   * @return the stream
   * @throws MediaException if there are none
   */
  AVStream selectVideo() {
    AVStream stream = select(avutil.AVMEDIA_TYPE_VIDEO);
    if (stream == null) {
      throw new MediaException(
          name + " has no moving pictures; pass a video file, or the sound as audio");
    }
    return stream;
  }

  /** Reads all packets of a stream; each is the consumer's for the call alone. */
  void forEachPacket(AVStream stream, Consumer<AVPacket> consumer) {
    AVPacket packet = av_packet_alloc();
    try {
      while (read(packet)) {
        if (packet.stream_index() == stream.index()) {
          consumer.accept(packet);
        }
        av_packet_unref(packet);
      }
    } finally {
      av_packet_free(packet);
    }
  }

  /**
   * Reads the next packet.
   *
   * @param packet overwritten; unreferenced by the caller
   * @return false at the end, also at a premature one
   */
  boolean read(AVPacket packet) {
    AVFormatContext open = context();
    int status = ReadInterrupt.during(wanted, () -> av_read_frame(open, packet));
    for (int i = 0; i < MAX_RETRIES && status == AVERROR_EAGAIN(); i++) {
      status = ReadInterrupt.during(wanted, () -> av_read_frame(open, packet));
    }
    return status >= 0;
  }

  /** Asks whether what is read is still wanted. */
  void requireWanted() {
    wanted.check();
  }

  /** How messages name the source. */
  String name() {
    return name;
  }

  private AVFormatContext context() {
    if (context == null) {
      throw new IllegalStateException(name + " has been closed");
    }
    return context;
  }

  @Override
  public void close() {
    AVFormatContext open = context;
    context = null;
    if (open != null) {
      release(open, memory);
    }
  }

  private static void release(AVFormatContext context, @Nullable MemoryInput memory) {
    if (!context.isNull()) {
      avformat_close_input(context);
    }
    if (memory != null) {
      memory.close();
    }
  }
}
