package io.longcat4j;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes a WAV file while its sound comes: 16 bits a sample, one channel. The file can be played
 * from the beginning once it is closed, because its header tells how long it is. Not thread-safe;
 * the caller closes it.
 */
public final class WavWriter implements AutoCloseable {
  private static final int HEADER_BYTES = 44;
  private static final long MAX_BYTES = 0xffff_ffffL - HEADER_BYTES;

  private final Path file;
  private final int sampleRateHz;
  private final FileChannel channel;
  private long bytes;

  private WavWriter(Path file, int sampleRateHz, FileChannel channel) {
    this.file = file;
    this.sampleRateHz = sampleRateHz;
    this.channel = channel;
  }

  /**
   * Begins a file; an existing one is replaced.
   *
   * @param file where to
   * @param sampleRateHz samples a second
   * @return the writer, to be closed by the caller
   * @throws MediaException if the file cannot be written
   */
  public static WavWriter create(Path file, int sampleRateHz) {
    try {
      WavWriter writer =
          new WavWriter(
              file,
              sampleRateHz,
              FileChannel.open(
                  file,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.TRUNCATE_EXISTING,
                  StandardOpenOption.WRITE));
      writer.writeHeader();
      writer.channel.position(HEADER_BYTES);
      return writer;
    } catch (IOException e) {
      throw failure(file, e);
    }
  }

  /**
   * Appends sound.
   *
   * @param samples at the rate of the file
   * @throws MediaException if the file cannot be written or would exceed 4 GB
   */
  public void write(Samples samples) {
    if (samples.sampleRateHz() != sampleRateHz) {
      throw new InvalidRequestException(
          samples + " cannot be appended to " + file + ", which has " + sampleRateHz + " Hz");
    }
    byte[] pcm = new Speech(samples).toPcm16();
    if (bytes + pcm.length > MAX_BYTES) {
      throw new MediaException(file + ": a WAV file ends at 4 GB; begin another file");
    }
    try {
      writeFully(ByteBuffer.wrap(pcm));
      bytes += pcm.length;
    } catch (IOException e) {
      throw failure(file, e);
    }
  }

  /**
   * Completes the header and closes the file; idempotent.
   *
   * @throws MediaException if the file cannot be written
   */
  @Override
  public void close() {
    if (!channel.isOpen()) {
      return;
    }
    try (channel) {
      writeHeader();
    } catch (IOException e) {
      throw failure(file, e);
    }
  }

  private void writeHeader() throws IOException {
    channel.position(0);
    writeFully(ByteBuffer.wrap(header(bytes, sampleRateHz)));
  }

  /** What stands before so many bytes of samples. */
  static byte[] header(long bytes, int sampleRateHz) {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    putTag(header, 'R', 'I', 'F', 'F').putInt((int) (HEADER_BYTES - 8 + bytes));
    putTag(header, 'W', 'A', 'V', 'E');
    putTag(header, 'f', 'm', 't', ' ').putInt(16).putShort((short) 1).putShort((short) 1);
    header.putInt(sampleRateHz).putInt(sampleRateHz * 2).putShort((short) 2).putShort((short) 16);
    putTag(header, 'd', 'a', 't', 'a').putInt((int) bytes);
    return header.array();
  }

  private void writeFully(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private static MediaException failure(Path file, IOException cause) {
    return new MediaException(
        "Cannot write the speech to " + file + " (" + cause + "); check that its folder exists",
        cause);
  }

  private static ByteBuffer putTag(ByteBuffer header, char a, char b, char c, char d) {
    return header.put((byte) a).put((byte) b).put((byte) c).put((byte) d);
  }
}
