package io.longcat4j.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.AudioDelta;
import io.longcat4j.Interrupted;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.SessionClosed;
import io.longcat4j.SessionEvent;
import io.longcat4j.SessionOptions;
import io.longcat4j.SessionStatistics;
import io.longcat4j.SoundPaused;
import io.longcat4j.SoundResumed;
import io.longcat4j.SpeechStarted;
import io.longcat4j.SpeechStopped;
import io.longcat4j.Text;
import io.longcat4j.TextDelta;
import io.longcat4j.ToolCall;
import io.longcat4j.TurnDetection;
import io.longcat4j.TurnDone;
import io.longcat4j.TurnStarted;
import io.longcat4j.Warning;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;

/** Whatever happens in whatever order, a session tells a sensible story and forgets nothing. */
@Tag("once")
class SessionProperties {

  /** Reads events as somebody does who plays them, and refuses what makes no sense. */
  private static final class Listener {
    private boolean speaking;
    private int turn;
    private boolean replying;
    private boolean sounding;
    private boolean held;
    private boolean over;
    private double given;

    void hear(SessionEvent event) {
      assertThat(over).as("an event after the last one: %s", event).isFalse();
      if (event instanceof SpeechStarted) {
        assertThat(speaking).as("speech begins once").isFalse();
        speaking = true;
      } else if (event instanceof SpeechStopped) {
        assertThat(speaking).as("speech ends once").isTrue();
        speaking = false;
      } else if (event instanceof TurnStarted started) {
        assertThat(replying).as("one reply at a time").isFalse();
        assertThat(speaking).as("nobody answers who listens").isFalse();
        assertThat(started.turn()).isEqualTo(++turn);
        replying = true;
        sounding = true;
        held = false;
        given = 0;
      } else if (event instanceof TextDelta || event instanceof ToolCall) {
        assertThat(replying).as("%s belongs to a reply", event).isTrue();
      } else if (event instanceof AudioDelta sound) {
        assertThat(replying && sounding).as("sound belongs to a reply that goes on").isTrue();
        given += sound.durationSeconds();
      } else if (event instanceof SoundPaused paused) {
        assertThat(held).isFalse();
        assertThat(paused.turn()).isEqualTo(turn);
        held = true;
      } else if (event instanceof SoundResumed) {
        assertThat(held).isTrue();
        held = false;
      } else if (event instanceof Interrupted cut) {
        assertThat(cut.turn()).isEqualTo(turn);
        assertThat(sounding).as("a reply is interrupted once").isTrue();
        assertThat(cut.heard().toNanos() / 1e9).isBetween(0.0, given + 1e-6);
        sounding = false;
      } else if (event instanceof TurnDone done) {
        assertThat(replying).as("a reply ends once").isTrue();
        assertThat(done.turn()).isEqualTo(turn);
        assertThat(done.end() == TurnDone.End.INTERRUPTED).isEqualTo(!sounding || over);
        replying = false;
      } else if (event instanceof SessionClosed) {
        over = true;
      } else {
        assertThat(event).isInstanceOf(Warning.class);
      }
    }
  }

  private static SessionOptions options(Random random) {
    SessionOptions.Builder builder =
        SessionOptions.builder()
            .resume(random.nextBoolean())
            .interruptible(random.nextInt(4) > 0)
            .respondsItself(random.nextInt(4) > 0)
            .keptFrames(random.nextInt(5));
    if (random.nextInt(6) == 0) {
      builder.pushToTalk();
    } else if (random.nextInt(3) == 0) {
      builder.detection(TurnDetection.normal().withoutSpeculation());
    } else if (random.nextInt(3) == 0) {
      builder.detection(TurnDetection.eager());
    }
    return builder.build();
  }

  @Property(tries = 200)
  void a_session_tells_a_sensible_story(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 120) int steps) {
    Random random = new Random(seed);
    Stage stage = new Stage(options(random));
    Listener listener = new Listener();
    for (int i = 0; i < steps; i++) {
      step(stage, random);
      assertThat(stage.world.open).as("conversations").isBetween(1, 2);
      for (int reads = random.nextInt(4) == 0 ? 0 : 50; reads > 0; reads--) {
        SessionEvent event = stage.readOne();
        if (event == null) {
          break;
        }
        listener.hear(event);
      }
    }
    // Whoever was speaking falls silent, so that nothing is begun and not ended.
    stage.silence(2000);
    SessionStatistics statistics = stage.session.statistics();
    assertThat(statistics.speculationsBegun())
        .isEqualTo(statistics.speculationsKept() + statistics.speculationsDiscarded());
    assertThat(stage.world.open).as("conversations").isEqualTo(1);
    stage.close();
    List<SessionEvent> rest = stage.read();
    for (SessionEvent event : rest) {
      boolean closing = event instanceof TurnDone done && done.end() == TurnDone.End.INTERRUPTED;
      if (closing && listener.sounding) {
        listener.replying = false;
      } else {
        listener.hear(event);
      }
    }
    assertThat(listener.over).isTrue();
    assertThat(listener.replying).isFalse();
    assertThat(stage.world.open).as("conversations").isZero();
    assertThat(stage.world.replies).allMatch(reply -> reply.closed || reply.isTold());
  }

  private static void step(Stage stage, Random random) {
    switch (random.nextInt(20)) {
      case 0, 1, 2 -> stage.speech(20 * random.nextInt(40));
      case 3, 4, 5 -> stage.silence(20 * random.nextInt(60));
      case 6 -> stage.speech(60).silence(200);
      case 7 -> stage.frame((int) stage.session.statistics().heard().toMillis() + 60_000);
      case 8 -> stage.session.interrupt();
      case 9 -> stage.session.say("words");
      case 10 -> stage.session.add(Text.of("more"));
      case 11 -> stage.session.commit();
      case 12 -> stage.session.respond();
      case 13 -> stage.session.clear();
      case 14 -> stage.session.played(Duration.ofMillis(random.nextInt(3000)));
      case 15 -> answer(stage, random);
      default -> reply(stage, random);
    }
  }

  private static void answer(Stage stage, Random random) {
    try {
      stage.session.toolResult("" + random.nextInt(3), "result");
    } catch (InvalidRequestException noneWaits) {
      // Nobody knows from outside.
    }
  }

  /** The model goes on, if it was asked. */
  private static void reply(Stage stage, Random random) {
    if (stage.world.replies.isEmpty() || stage.reply().isTold()) {
      return;
    }
    switch (random.nextInt(5)) {
      case 0 -> stage.text("word. ");
      case 1, 2 -> stage.audio(20 * (1 + random.nextInt(50)));
      case 3 -> stage.tell(new ToolCall("" + random.nextInt(3), "f", "{}"));
      default -> stage.done();
    }
  }

  /** Simulated two hours with a turn every 20 seconds: nothing grows, no turn is lost. */
  @Property(tries = 1)
  void two_hours_lose_no_turn_and_keep_nothing() {
    try (Stage stage = new Stage(SessionOptions.defaults())) {
      int turns = 360;
      for (int i = 0; i < turns; i++) {
        stage.speech(2000).silence(620);
        stage.text("Yes.").audio(1000).done();
        assertThat(stage.read()).hasSize(6);
        stage.silence(20_000 - 2620);
        stage.read.clear();
        stage.world.replies.clear();
      }
      assertThat(stage.session.statistics().turns()).isEqualTo(turns);
      assertThat(stage.session.statistics().heard()).isEqualTo(Duration.ofHours(2));
      assertThat(stage.world.open).isEqualTo(1);
    }
  }
}
