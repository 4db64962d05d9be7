package io.longcat4j;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Spoken words: one channel of samples between -1 and 1. Immutable and thread-safe. */
public final class Speech {
  private static final int WAV_HEADER_BYTES = 44;

  private final Samples samples;

  /**
   * Wraps samples.
   *
   * @param samples one channel
   */
  public Speech(Samples samples) {
    this.samples = samples;
  }

  /**
   * The samples.
   *
   * @return one channel between -1 and 1
   */
  public Samples samples() {
    return samples;
  }

  /**
   * Samples a second.
   *
   * @return 24000 or 16000 for the published codecs
   */
  public int sampleRateHz() {
    return samples.sampleRateHz();
  }

  /**
   * How long the words last.
   *
   * @return seconds
   */
  public double durationSeconds() {
    return (double) samples.count() / samples.sampleRateHz();
  }

  /**
   * The samples as 16-bit numbers, little-endian, rounded to nearest and clipped.
   *
   * @return two bytes a sample
   */
  public byte[] toPcm16() {
    float[] values = samples.values();
    ByteBuffer pcm = ByteBuffer.allocate(values.length * 2).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      int scaled = Math.round(value * 32767f);
      pcm.putShort((short) Math.max(-32768, Math.min(32767, scaled)));
    }
    return pcm.array();
  }

  /**
   * Writes a WAV file, 16 bits a sample, one channel; an existing file is replaced.
   *
   * @param file where to
   * @throws MediaException if the file cannot be written
   */
  public void writeTo(Path file) {
    byte[] pcm = toPcm16();
    ByteBuffer wav =
        ByteBuffer.allocate(WAV_HEADER_BYTES + pcm.length).order(ByteOrder.LITTLE_ENDIAN);
    putTag(wav, 'R', 'I', 'F', 'F').putInt(WAV_HEADER_BYTES - 8 + pcm.length);
    putTag(wav, 'W', 'A', 'V', 'E');
    putTag(wav, 'f', 'm', 't', ' ').putInt(16).putShort((short) 1).putShort((short) 1);
    wav.putInt(sampleRateHz()).putInt(sampleRateHz() * 2).putShort((short) 2).putShort((short) 16);
    putTag(wav, 'd', 'a', 't', 'a').putInt(pcm.length).put(pcm).flip();
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      while (wav.hasRemaining()) {
        channel.write(wav);
      }
    } catch (IOException e) {
      throw new MediaException(
          "Cannot write the speech to " + file + " (" + e + "); check that its folder exists", e);
    }
  }

  private static ByteBuffer putTag(ByteBuffer wav, char a, char b, char c, char d) {
    return wav.put((byte) a).put((byte) b).put((byte) c).put((byte) d);
  }
}
