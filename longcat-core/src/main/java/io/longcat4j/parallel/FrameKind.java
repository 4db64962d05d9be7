package io.longcat4j.parallel;

/** What ranks say to each other beside partials, and how long each may be. */
enum FrameKind {
  /** Rank 0 to whoever connects: see {@link Handshake}. */
  CHALLENGE(1, Handshake.CHALLENGE_BYTES, Handshake.CHALLENGE_BYTES),
  /** The answer. */
  PROOF(2, Handshake.PROOF_BYTES, Handshake.PROOF_BYTES),
  /** And the answer to that. */
  COUNTERPROOF(3, Handshake.MAC_BYTES, Handshake.MAC_BYTES),
  /** A rank introduces itself: see {@link Hello}. */
  HELLO(4, 1, Hello.MOST_BYTES),
  /** Rank 0: all have come, and these are their hosts. */
  WELCOME(5, 1, 1 << 20),
  /** Rank 0: it will not do, and why. */
  REFUSED(6, 1, Failed.MOST_BYTES),
  /** A sign of life: see {@link Pulse}. */
  PULSE(7, Pulse.BYTES, Pulse.BYTES),
  /** Rank 0: an order. */
  ORDER(8, 0, Ranks.MAX_ORDER_BYTES),
  /** Other ranks: the order is obeyed; a sign of life too. */
  DONE(9, Pulse.BYTES, Pulse.BYTES),
  /** A rank failed, and why. */
  FAILED(10, 1, Failed.MOST_BYTES),
  /** Rank 0: there are no more orders. */
  END(11, 0, 0),
  /** Other ranks: they have ended. */
  BYE(12, 0, 0),
  /** Rank 0: all have. */
  FAREWELL(13, 0, 0),
  /** Rank 0: a piece of a question: see {@link Pieces}. */
  QUESTION(14, Pieces.HEADER_BYTES, Pieces.HEADER_BYTES + Pieces.MOST_BYTES),
  /** Other ranks: a piece of an answer. */
  ANSWER(15, Pieces.HEADER_BYTES, Pieces.HEADER_BYTES + Pieces.MOST_BYTES),
  /** Rank 0: nobody waits for an answer any more. */
  FORGET(16, Long.BYTES, Long.BYTES);

  private static final FrameKind[] ALL = values();

  private final int code;
  private final int fewestBytes;
  private final int mostBytes;

  FrameKind(int code, int fewestBytes, int mostBytes) {
    this.code = code;
    this.fewestBytes = fewestBytes;
    this.mostBytes = mostBytes;
  }

  /** What frames of this kind begin with: its place here, from 1. */
  int code() {
    return code;
  }

  /** The kind that a frame begins with, if it may be as long as it says. */
  static FrameKind of(int code, int bytes) throws MalformedFrameException {
    if (code < 1 || code > ALL.length) {
      throw new MalformedFrameException("a frame of unknown kind " + code);
    }
    FrameKind kind = ALL[code - 1];
    if (bytes < kind.fewestBytes || bytes > kind.mostBytes) {
      throw new MalformedFrameException(
          "a frame %s of %d bytes, which has %d to %d"
              .formatted(kind, bytes, kind.fewestBytes, kind.mostBytes));
    }
    return kind;
  }
}
