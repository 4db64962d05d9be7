package io.longcat4j.vision.picture;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * The parts of a JPEG file that make up its pixels. Colour profiles, thumbnails and comments are
 * left out, because readers refuse files for damage in them; so are bytes that lie between the
 * segments.
 *
 * @param frame what its frame says
 * @param orientation of its Exif segment
 * @param content a file of the same samples for a reader that is to leave them as they are stored
 */
record JpegFile(JpegFrame frame, Orientation orientation, byte[] content) {

  static JpegFile read(byte[] jpeg) throws IOException {
    return new Reader(jpeg).read();
  }

  /** Reads segment by segment up to the first scan. */
  private static final class Reader {
    private static final int FIRST_MARKER = 0xc0;
    private static final int HUFFMAN_TABLES = 0xc4;
    private static final int EXTENSION = 0xc8;
    private static final int ARITHMETIC_TABLES = 0xcc;
    private static final int FIRST_RESTART = 0xd0;
    private static final int START_OF_IMAGE = 0xd8;
    private static final int END_OF_IMAGE = 0xd9;
    private static final int START_OF_SCAN = 0xda;
    private static final int QUANTIZATION = 0xdb;
    private static final int RESTART_INTERVAL = 0xdd;
    private static final int APP0 = 0xe0;
    private static final int APP1 = 0xe1;
    private static final int APP14 = 0xee;

    /** Adobe's segment as it stands in files whose samples need no conversion. */
    private static final byte[] NO_CONVERSION = {
      (byte) 0xff, (byte) APP14, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0
    };

    private final byte[] jpeg;
    private final FileBytes file;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final ByteArrayOutputStream exif = new ByteArrayOutputStream();
    private final JpegFrame.Builder frame = new JpegFrame.Builder();

    Reader(byte[] jpeg) {
      this.jpeg = jpeg;
      this.file = new FileBytes(jpeg);
    }

    JpegFile read() throws IOException {
      file.skip(2);
      kept.write(jpeg, 0, 2);
      kept.writeBytes(NO_CONVERSION);
      kept.writeBytes(JpegStandardTables.segment());
      for (int marker = nextMarker(); marker != START_OF_SCAN; marker = nextMarker()) {
        if (marker < FIRST_MARKER || marker == START_OF_IMAGE || marker == END_OF_IMAGE) {
          throw new IOException(
              "its header has the marker " + Integer.toHexString(marker) + ", which is none there");
        }
        if (marker < FIRST_RESTART || marker > START_OF_IMAGE) {
          readSegment(marker);
        }
      }
      kept.write(jpeg, file.position() - 2, jpeg.length - file.position() + 2);
      return new JpegFile(
          frame.build(), ExifOrientation.of(exif.toByteArray()), kept.toByteArray());
    }

    /** As the usual decoder does it: what is no marker is passed over, and so are filling bytes. */
    private int nextMarker() throws IOException {
      while (true) {
        while (file.unsigned8() != 0xff) {}
        int marker = 0xff;
        while (marker == 0xff) {
          marker = file.unsigned8();
        }
        if (marker != 0) {
          return marker;
        }
      }
    }

    private void readSegment(int marker) throws IOException {
      int start = file.position();
      int length = file.big16();
      if (length < 2 && marker < APP0) {
        throw new IOException("it has a segment of " + length + " bytes");
      }
      FileBytes body = file.part(Math.max(0, length - 2));
      switch (marker) {
        case HUFFMAN_TABLES, QUANTIZATION, RESTART_INTERVAL -> keep(marker, start);
        case APP0 -> frame.readJfif(body);
        case APP1 -> readExif(body);
        case APP14 -> frame.readAdobe(body);
        default -> {
          if (marker < FIRST_RESTART && marker != EXTENSION && marker != ARITHMETIC_TABLES) {
            frame.readFrame(marker, body);
            keep(marker, start);
          }
        }
      }
    }

    private void keep(int marker, int start) {
      kept.write(0xff);
      kept.write(marker);
      kept.write(jpeg, start, file.position() - start);
    }

    /** Long blocks are parted; each part has the heading. */
    private void readExif(FileBytes body) throws IOException {
      byte[] block = body.bytes(body.remaining());
      if (ExifOrientation.startsWithHeading(block)) {
        int from = exif.size() == 0 ? 0 : ExifOrientation.HEADING_BYTES;
        exif.writeBytes(Arrays.copyOfRange(block, from, block.length));
      }
    }
  }
}
