package io.longcat4j.parallel;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Questions and answers as frames of at most {@value #MOST_BYTES} bytes, so that orders and signs
 * of life come between them: a number that tells whose piece it is, how many bytes follow in later
 * ones, then its own. Puts those of one connection together; used by the thread that reads it.
 */
final class Pieces {
  static final int HEADER_BYTES = Long.BYTES + Integer.BYTES;
  static final int MOST_BYTES = 1 << 18;

  private final Map<Long, Begun> begun = new HashMap<>();

  /** What has come so far, and how much is to come. */
  private static final class Begun {
    private final List<ByteBuffer> pieces = new ArrayList<>();
    private int bytes;
    private int left;

    private Begun(int left) {
      this.left = left;
    }

    private ByteBuffer whole() {
      if (pieces.size() == 1) {
        return pieces.get(0);
      }
      ByteBuffer whole = ByteBuffer.allocate(bytes);
      pieces.forEach(whole::put);
      return whole.flip();
    }
  }

  /** The next piece of what remains, whose position goes on by it. */
  static Frame next(FrameKind kind, long id, ByteBuffer remaining) {
    int bytes = Math.min(MOST_BYTES, remaining.remaining());
    ByteBuffer payload = ByteBuffer.allocate(HEADER_BYTES + bytes);
    payload.putLong(id).putInt(remaining.remaining() - bytes);
    payload.put(remaining.slice(remaining.position(), bytes));
    remaining.position(remaining.position() + bytes);
    return new Frame(kind, payload.flip());
  }

  /** Whose piece it is. */
  static long id(ByteBuffer piece) throws MalformedFrameException {
    return Texts.size(piece.duplicate());
  }

  /** All of it with its last piece, nothing before. */
  @Nullable ByteBuffer add(ByteBuffer piece) throws MalformedFrameException {
    long id = Texts.size(piece);
    int left = Texts.number(piece, 0, Ranks.MAX_QUESTION_BYTES);
    int bytes = piece.remaining();
    Begun one = begun.get(id);
    if (one == null) {
      one = new Begun(Texts.within((long) left + bytes, 0, Ranks.MAX_QUESTION_BYTES));
      begun.put(id, one);
    }
    if (one.left != left + bytes || (bytes == 0 && left > 0)) {
      throw new MalformedFrameException(
          "a piece of %d bytes before %d others, where %d were to come"
              .formatted(bytes, left, one.left));
    }
    one.pieces.add(piece);
    one.bytes += bytes;
    one.left = left;
    if (left > 0) {
      return null;
    }
    begun.remove(id);
    return one.whole();
  }

  /** The rest will not come. */
  void forget(long id) {
    begun.remove(id);
  }
}
