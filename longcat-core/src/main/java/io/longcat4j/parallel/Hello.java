package io.longcat4j.parallel;

import java.nio.ByteBuffer;

/**
 * How a rank introduces itself to rank 0.
 *
 * @param isBulk whether this connection is for partials
 * @param size how many ranks it believes there are
 * @param rank which one it is
 * @param host where it runs
 * @param transport what it moves partials with
 * @param patienceMillis how long it waits for others
 * @param introduction what it tells of itself
 */
record Hello(
    boolean isBulk,
    int size,
    int rank,
    String host,
    String transport,
    long patienceMillis,
    Introduction introduction) {
  static final int MOST_BYTES = 4_096;
  private static final int MOST_TEXT = 512;

  Frame frame() {
    ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES);
    bytes.putInt(isBulk ? 1 : 0).putInt(size).putInt(rank).putLong(patienceMillis);
    Texts.put(bytes, shortened(host));
    Texts.put(bytes, shortened(transport));
    Texts.put(bytes, shortened(introduction.build()));
    Texts.putBytes(bytes, introduction.fingerprint());
    bytes.putLong(introduction.bytesNeeded()).putLong(introduction.bytesAvailable());
    return new Frame(FrameKind.HELLO, bytes.flip());
  }

  /** In bytes of UTF-8, so many characters fit with all others. */
  private static String shortened(String text) {
    return text.length() <= MOST_TEXT / 2 ? text : text.substring(0, MOST_TEXT / 2);
  }

  static Hello of(ByteBuffer bytes) throws MalformedFrameException {
    boolean isBulk = Texts.number(bytes, 0, 1) == 1;
    int size = Texts.number(bytes, 1, Integer.MAX_VALUE);
    int rank = Texts.number(bytes, 0, size - 1);
    long patience = Texts.size(bytes);
    String host = Texts.get(bytes);
    String transport = Texts.get(bytes);
    String build = Texts.get(bytes);
    byte[] fingerprint = Texts.getBytes(bytes);
    if (fingerprint.length > Introduction.MOST_FINGERPRINT_BYTES) {
      throw new MalformedFrameException("a fingerprint of " + fingerprint.length + " bytes");
    }
    Introduction introduction =
        new Introduction(build, fingerprint, Texts.size(bytes), Texts.size(bytes));
    Texts.requireEnd(bytes);
    return new Hello(isBulk, size, rank, host, transport, patience, introduction);
  }
}
