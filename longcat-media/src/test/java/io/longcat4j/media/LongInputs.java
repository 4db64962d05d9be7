package io.longcat4j.media;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Inputs that take a decoder much longer than anybody waits. */
final class LongInputs {
  private static final int IVF_HEADER_BYTES = 32;
  private static final int IVF_FRAME_HEADER_BYTES = 12;

  private LongInputs() {}

  /** Two hours of silence in a file that takes no space on the disk. */
  static Path silence(Path folder, int channels, int sampleRateHz) {
    Path file = folder.resolve("silence.wav");
    byte[] header = new Wav(Wav.PCM, 16, channels, sampleRateHz).of(ByteBuffer.allocate(0));
    ByteBuffer sizes = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    sizes.putInt(4, 0x7fff_fff0).putInt(40, 0x7fff_ff00);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.write(header);
      sparse.setLength(0x7fff_ff00L);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  /** The frames of a clip, again and again. */
  static byte[] clip(int times) {
    byte[] ivf = Corpus.of("clips").bytes("raw.ivf");
    ByteBuffer in = ByteBuffer.wrap(ivf).order(ByteOrder.LITTLE_ENDIAN);
    ByteArrayOutputStream out = new ByteArrayOutputStream(ivf.length * times);
    out.write(ivf, 0, IVF_HEADER_BYTES);
    long frame = 0;
    for (int i = 0; i < times; i++) {
      int at = IVF_HEADER_BYTES;
      while (at < ivf.length) {
        in.putLong(at + 4, frame++);
        int size = IVF_FRAME_HEADER_BYTES + in.getInt(at);
        out.write(ivf, at, size);
        at += size;
      }
    }
    return out.toByteArray();
  }
}
