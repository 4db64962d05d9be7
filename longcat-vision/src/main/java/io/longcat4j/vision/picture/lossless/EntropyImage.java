package io.longcat4j.vision.picture.lossless;

import io.longcat4j.spi.Cancellation;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Pixels as they are coded: single ones, copies of earlier ones, and colours of a cache. The
 * picture itself may change its codes from block to block; pictures that say how to read others may
 * not.
 */
final class EntropyImage {
  private static final int LITERALS = 256;
  private static final int LENGTHS = 24;
  private static final int DISTANCES = 40;
  private static final int CODES = 5;
  private static final int PIXELS_BETWEEN_QUESTIONS = 1 << 16;

  private final BitReader bits;
  private final Cancellation wanted;

  EntropyImage(BitReader bits, Cancellation wanted) {
    this.bits = bits;
    this.wanted = wanted;
  }

  /** The codes of green and lengths, red, blue, alpha, and distances. */
  private record Group(
      PrefixCode green, PrefixCode red, PrefixCode blue, PrefixCode alpha, PrefixCode distance) {}

  /**
   * Which codes hold where.
   *
   * @param blocks of each block its group, or null where there is only one
   * @param blockBits the binary logarithm of a block's size
   * @param blocksAcross blocks in a row
   */
  private record Groups(Group[] groups, int @Nullable [] blocks, int blockBits, int blocksAcross) {
    Group at(int x, int y) {
      return blocks == null
          ? groups[0]
          : groups[blocks[(y >> blockBits) * blocksAcross + (x >> blockBits)] >> 8 & 0xffff];
    }

    /** How far the codes hold to the right. */
    int holdsUpTo(int x, int width) {
      return blocks == null ? width : Math.min(width, ((x >> blockBits) + 1) << blockBits);
    }
  }

  /**
   * Reads a picture.
   *
   * @param width in pixels
   * @param height in pixels
   * @param isPicture whether it is the picture itself
   * @return alpha, red, green and blue of each pixel
   */
  int[] read(int width, int height, boolean isPicture) throws IOException {
    ColourCache cache = null;
    if (bits.readFlag()) {
      int cacheBits = bits.read(4);
      if (cacheBits < 1 || cacheBits > 11) {
        throw new IOException("it has a colour cache of 2^" + cacheBits + " colours");
      }
      cache = new ColourCache(cacheBits);
    }
    Groups groups = readGroups(width, height, isPicture, cache == null ? 0 : cache.size());
    return pixels(width, height, groups, cache);
  }

  private Groups readGroups(int width, int height, boolean isPicture, int cacheSize)
      throws IOException {
    if (!isPicture || !bits.readFlag()) {
      return new Groups(new Group[] {readGroup(cacheSize)}, null, 0, 0);
    }
    int blockBits = 2 + bits.read(3);
    int across = blocks(width, blockBits);
    int[] blocks = read(across, blocks(height, blockBits), false);
    int highest = 0;
    for (int block : blocks) {
      highest = Math.max(highest, block >> 8 & 0xffff);
    }
    Group[] groups = new Group[highest + 1];
    for (int i = 0; i < groups.length; i++) {
      wanted.check();
      groups[i] = readGroup(cacheSize);
    }
    return new Groups(groups, blocks, blockBits, across);
  }

  private Group readGroup(int cacheSize) throws IOException {
    PrefixCodeReader reader = new PrefixCodeReader(bits);
    PrefixCode[] codes = new PrefixCode[CODES];
    for (int i = 0; i < CODES; i++) {
      codes[i] =
          reader.read(i == 0 ? LITERALS + LENGTHS + cacheSize : i == 4 ? DISTANCES : LITERALS);
    }
    return new Group(codes[0], codes[1], codes[2], codes[3], codes[4]);
  }

  /** How many blocks cover a length. */
  static int blocks(int length, int blockBits) {
    return (length + (1 << blockBits) - 1) >> blockBits;
  }

  private int[] pixels(int width, int height, Groups groups, @Nullable ColourCache cache)
      throws IOException {
    int[] pixels = new int[Math.multiplyExact(width, height)];
    int nextQuestion = 0;
    int cached = 0;
    int end = 0;
    Group group = groups.at(0, 0);
    for (int at = 0; at < pixels.length; ) {
      if (at >= nextQuestion) {
        wanted.check();
        nextQuestion = at + PIXELS_BETWEEN_QUESTIONS;
      }
      if (at >= end) {
        int x = at % width;
        group = groups.at(x, at / width);
        end = at - x + groups.holdsUpTo(x, width);
      }
      int code = group.green().read(bits);
      if (code < LITERALS) {
        pixels[at++] = literal(group, code);
      } else if (code < LITERALS + LENGTHS) {
        int length = value(code - LITERALS);
        int distance = distance(value(group.distance().read(bits)), width);
        if (distance > at || length > pixels.length - at) {
          throw new IOException("it copies pixels that it does not have");
        }
        copy(pixels, at, distance, length);
        at += length;
      } else {
        if (cache == null) {
          throw new IOException("it takes colours from a cache that it does not have");
        }
        pixels[at++] = cache.get(code - LITERALS - LENGTHS);
      }
      for (; cache != null && cached < at; cached++) {
        cache.add(pixels[cached]);
      }
    }
    return pixels;
  }

  private int literal(Group group, int green) throws IOException {
    int red = group.red().read(bits);
    int blue = group.blue().read(bits);
    int alpha = group.alpha().read(bits);
    return alpha << 24 | red << 16 | green << 8 | blue;
  }

  /** A length or a distance: small ones by themselves, larger ones with more bits. */
  private int value(int symbol) throws IOException {
    if (symbol < 4) {
      return symbol + 1;
    }
    int more = (symbol - 2) >> 1;
    return ((2 + (symbol & 1)) << more) + bits.read(more) + 1;
  }

  /** Small distances name neighbours, also in the rows above. */
  private static int distance(int code, int width) {
    if (code > Neighbours.COUNT) {
      return code - Neighbours.COUNT;
    }
    return Math.max(1, Neighbours.distance(code - 1, width));
  }

  private static void copy(int[] pixels, int at, int distance, int length) {
    if (distance == 1) {
      Arrays.fill(pixels, at, at + length, pixels[at - 1]);
      return;
    }
    for (int i = at; i < at + length; i++) {
      pixels[i] = pixels[i - distance];
    }
  }
}
