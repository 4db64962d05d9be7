package io.longcat4j.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Long questions in short frames. */
class PiecesTest {
  private static ByteBuffer piece(long id, int left, int bytes) {
    return ByteBuffer.allocate(Pieces.HEADER_BYTES + bytes).putLong(id).putInt(left).rewind();
  }

  @Test
  void pieces_of_several_questions_may_come_between_each_other() throws Exception {
    Pieces pieces = new Pieces();
    assertThat(pieces.add(piece(1, 5, 10))).isNull();
    assertThat(pieces.add(piece(2, 0, 7)).remaining()).isEqualTo(7);
    assertThat(pieces.add(piece(3, 1, 1))).isNull();
    assertThat(pieces.add(piece(1, 2, 3))).isNull();
    assertThat(pieces.add(piece(3, 0, 1)).remaining()).isEqualTo(2);
    assertThat(pieces.add(piece(1, 0, 2)).remaining()).isEqualTo(15);
    assertThat(pieces.add(piece(1, 0, 0)).remaining()).isZero();
  }

  @Test
  void pieces_that_do_not_follow_each_other_are_refused() throws Exception {
    for (int left : new int[] {0, 4, 6, Integer.MAX_VALUE}) {
      Pieces pieces = new Pieces();
      assertThat(pieces.add(piece(1, 10, 10))).isNull();
      assertThatThrownBy(() -> pieces.add(piece(1, left, 5)))
          .isInstanceOf(MalformedFrameException.class);
    }
  }

  @Test
  void pieces_of_nothing_and_of_too_much_are_refused() {
    for (ByteBuffer bad :
        new ByteBuffer[] {
          piece(1, 5, 0),
          piece(1, -1, 5),
          piece(-1, 0, 5),
          piece(1, Ranks.MAX_QUESTION_BYTES, 1),
          piece(1, 0, 0).limit(9),
          ByteBuffer.allocate(0)
        }) {
      assertThatThrownBy(() -> new Pieces().add(bad)).isInstanceOf(MalformedFrameException.class);
    }
  }

  @Test
  void a_question_that_is_forgotten_may_begin_again() throws Exception {
    Pieces pieces = new Pieces();
    assertThat(pieces.add(piece(1, 10, 10))).isNull();
    pieces.forget(1);
    assertThat(pieces.add(piece(1, 0, 4)).remaining()).isEqualTo(4);
  }
}
