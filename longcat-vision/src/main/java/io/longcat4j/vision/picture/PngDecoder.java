package io.longcat4j.vision.picture;

import io.longcat4j.Pixels;
import io.longcat4j.spi.Cancellation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * PNG to RGB. Of an animation the picture that other programs show is taken. Only what makes up the
 * stored colours is looked at: transparency, gamma and colour profiles are skipped, damaged or not.
 * Grey of 16 bits is scaled to 8, where Pillow's {@code convert("RGB")} clips it, so that nearly
 * all of it is white there.
 */
final class PngDecoder {
  private static final int SIGNATURE_BYTES = 8;
  private static final int PALETTE_BYTES = 3 * 256;
  private static final int INFLATED_AT_MOST = 1032;
  private static final Pattern NAME = Pattern.compile("\\w{4}");

  private final FileBytes file;
  private final List<FileBytes> data = new ArrayList<>();
  private @Nullable PngHeader header;
  private byte[] palette = new byte[0];
  private Orientation orientation = Orientation.UPRIGHT;

  private PngDecoder(byte[] content) {
    this.file = new FileBytes(content);
  }

  static Picture decode(byte[] content, String name, Cancellation wanted) throws IOException {
    PngDecoder decoder = new PngDecoder(content);
    decoder.readChunks();
    PngHeader header = decoder.header;
    if (header == null || decoder.data.isEmpty()) {
      throw FileBytes.cutOff();
    }
    ImageDecoder.requireSaneSize(header.width(), header.height(), name);
    decoder.requireEnough(header);
    byte[] rgb;
    try (PngRows rows = new PngRows(header, decoder.data, wanted)) {
      rgb = new PngCanvas(header, decoder.palette).fill(rows, wanted);
    }
    Pixels pixels = new Pixels((int) header.width(), (int) header.height(), rgb);
    return new Picture(pixels, decoder.orientation);
  }

  /** Checks all that stands before the data; behind it only an orientation is looked for. */
  private void readChunks() throws IOException {
    file.moveTo(SIGNATURE_BYTES);
    boolean inData = false;
    while (data.isEmpty() || file.remaining() >= 12) {
      long length = file.big32();
      int start = file.position();
      String chunk = file.name(4);
      if (chunk.equals("IEND")) {
        return;
      }
      if (chunk.equals("IDAT") && (data.isEmpty() || inData)) {
        inData = true;
        data.add(file.part(Math.min(length, file.remaining())));
        file.skip(Math.min(4, file.remaining()));
        continue;
      }
      inData = false;
      if (data.isEmpty()) {
        readBefore(chunk, start, length);
      } else if (length > file.remaining()) {
        return;
      } else {
        noteOrientation(chunk, file.part(length));
        file.skip(Math.min(4, file.remaining()));
      }
    }
  }

  private void readBefore(String chunk, int start, long length) throws IOException {
    byte[] body = file.bytes(length);
    requireChecksum(chunk, start, body.length);
    switch (chunk) {
      case "IHDR" -> header = PngHeader.read(new FileBytes(body));
      case "PLTE" -> {
        if (header != null && header.colour() == PngHeader.PALETTE) {
          palette = body.length > PALETTE_BYTES ? new FileBytes(body).bytes(PALETTE_BYTES) : body;
        }
      }
      default -> noteOrientation(chunk, new FileBytes(body));
    }
  }

  private void requireChecksum(String chunk, int start, int length) throws IOException {
    if (!NAME.matcher(chunk).matches()) {
      throw new IOException("it has bytes between its chunks");
    }
    file.moveTo(start);
    CRC32 checksum = new CRC32();
    checksum.update(file.bytes(4L + length));
    if (checksum.getValue() != file.big32()) {
      throw new IOException("the checksum of its chunk " + chunk + " is wrong");
    }
  }

  private void noteOrientation(String chunk, FileBytes body) throws IOException {
    if (chunk.equals("eXIf")) {
      orientation = ExifOrientation.of(body.bytes(body.remaining()));
    }
  }

  /** So that a few bytes that promise many pixels take no memory. */
  private void requireEnough(PngHeader header) throws IOException {
    long stored = 0;
    for (FileBytes piece : data) {
      stored += piece.remaining();
    }
    if (header.rowBytes(header.width()) * header.height() / INFLATED_AT_MOST > stored) {
      throw FileBytes.cutOff();
    }
  }
}
