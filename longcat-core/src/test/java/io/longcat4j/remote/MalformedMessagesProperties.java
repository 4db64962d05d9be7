package io.longcat4j.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Audio;
import io.longcat4j.CodecFrame;
import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.Part;
import io.longcat4j.Pixels;
import io.longcat4j.Samples;
import io.longcat4j.Video;
import io.longcat4j.VideoFrames;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Questions and answers that were changed on their way. */
class MalformedMessagesProperties {
  private static final boolean NIGHTLY = Boolean.getBoolean("longcat.nightly");
  private static final Pixels PIXELS = new Pixels(2, 2, new byte[12]);

  private static byte[] question(Ask ask, Consumer<MessageWriter> body) {
    MessageWriter writer = new MessageWriter().text(ask.name());
    body.accept(writer);
    return array(writer.done());
  }

  private static byte[] array(ByteBuffer bytes) {
    byte[] all = new byte[bytes.remaining()];
    bytes.get(all);
    return all;
  }

  private static List<byte[]> questions() {
    VideoFrames frames = new VideoFrames(List.of(PIXELS, PIXELS), List.of(0.5));
    List<Part> parts =
        List.of(
            Image.of(PIXELS),
            Image.of(new byte[30]),
            Video.of(frames),
            Interleaved.of(Video.of(new byte[20]), Audio.of(new byte[1])));
    List<CodecFrame> codes = List.of(new CodecFrame(1, List.of(2, 3)));
    return List.of(
        question(Ask.DESCRIBE, into -> {}),
        question(Ask.SEE, into -> writer(into.flag(true)).pictures(parts)),
        question(Ask.SEE_PAIR, into -> writer(into.number(3)).frames(frames)),
        question(Ask.DECODE, into -> writer(into).image(Image.of(PIXELS))),
        question(
            Ask.HEAR,
            into -> writer(into.flag(false)).audio(Audio.of(new Samples(new float[9], 16_000)))),
        question(Ask.EARS_OPEN, into -> into.number(8_000)),
        question(Ask.EARS_PUSH, into -> into.large(1).floats(new float[7])),
        question(Ask.EARS_FORK, into -> into.large(1)),
        question(Ask.SPEAK, into -> Results.writeFrames(into, codes)),
        question(Ask.VOICE_PUSH, into -> Results.writeFrames(into.large(1), codes)));
  }

  private static PartWriter writer(MessageWriter into) {
    return new PartWriter(into, 1000);
  }

  private static byte[] changed(byte[] bytes, SplittableRandom random) {
    byte[] changed = bytes.clone();
    for (int left = 1 + random.nextInt(3); left > 0; left--) {
      int at = random.nextInt(changed.length);
      changed[at] =
          switch (random.nextInt(4)) {
            case 0 -> (byte) 0xff;
            case 1 -> 0x7f;
            case 2 -> (byte) (changed[at] ^ (1 << random.nextInt(8)));
            default -> (byte) random.nextInt(256);
          };
    }
    int length = random.nextInt(3) == 0 ? random.nextInt(2 * changed.length) : changed.length;
    return Arrays.copyOf(changed, length);
  }

  @Test
  void changed_questions_are_answered_or_refused_and_take_no_memory() {
    SplittableRandom random = new SplittableRandom(3);
    SenseHost host = new SenseHost(new FakeSenses().all(), "here", 1000);
    List<byte[]> questions = questions();
    int refused = 0;
    for (byte[] question : questions) {
      assertThat(answer(host, question)).as("unchanged").isTrue();
    }
    long before = allocated();
    int rounds = NIGHTLY ? 200_000 : 5_000;
    for (int i = 0; i < rounds; i++) {
      refused += answer(host, changed(questions.get(i % questions.size()), random)) ? 0 : 1;
    }
    assertThat(allocated() - before).isLessThan(rounds * 100_000L);
    assertThat(refused).isBetween(rounds / 10, rounds - 1);
  }

  private static boolean answer(SenseHost host, byte[] question) {
    try {
      ByteBuffer answer = host.answer(ByteBuffer.wrap(question).asReadOnlyBuffer(), () -> {});
      assertThat(answer.hasRemaining()).isTrue();
      return true;
    } catch (MalformedMessageException e) {
      assertThat(e.getMessage()).isNotEmpty();
      return false;
    }
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean)
            java.lang.management.ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  @Test
  void changed_results_are_read_or_refused() {
    SplittableRandom random = new SplittableRandom(4);
    FakeSenses fake = new FakeSenses();
    List<byte[]> results = new ArrayList<>();
    List<Consumer<MessageReader>> readers = new ArrayList<>();
    MessageWriter seen = new MessageWriter();
    Results.write(
        seen,
        fake.all().vision().orElseThrow().encode(List.of(Image.of(PIXELS)), true, () -> {}).get(0));
    results.add(array(seen.done()));
    readers.add(Results::seen);
    MessageWriter sound = new MessageWriter();
    Results.writeChunk(
        sound, fake.all().voice().orElseThrow().open().push(List.of(new CodecFrame(1, List.of()))));
    results.add(array(sound.done()));
    readers.add(Results::chunk);
    for (int i = 0; i < (NIGHTLY ? 200_000 : 5_000); i++) {
      int which = i % results.size();
      try {
        byte[] bytes = changed(results.get(which), random);
        readers.get(which).accept(new MessageReader(ByteBuffer.wrap(bytes)));
      } catch (MalformedMessageException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
  }

  @Test
  void lengths_beyond_what_is_there_are_refused_before_memory_is_taken() {
    for (int length : new int[] {-1, Integer.MIN_VALUE, 5, Integer.MAX_VALUE}) {
      byte[] bytes = array(new MessageWriter().number(length).number(0).done());
      assertThatThrownBy(() -> new MessageReader(ByteBuffer.wrap(bytes)).bytes("content"))
          .isInstanceOf(MalformedMessageException.class)
          .hasMessageContaining("content");
      assertThatThrownBy(() -> new MessageReader(ByteBuffer.wrap(bytes)).floats("samples"))
          .isInstanceOf(MalformedMessageException.class);
    }
  }
}
