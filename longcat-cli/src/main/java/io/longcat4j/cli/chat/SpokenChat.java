package io.longcat4j.cli.chat;

import io.longcat4j.AudioDelta;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.Interrupted;
import io.longcat4j.LongCat;
import io.longcat4j.LongCatException;
import io.longcat4j.Session;
import io.longcat4j.SessionEvent;
import io.longcat4j.SessionOptions;
import io.longcat4j.SpeechStarted;
import io.longcat4j.SpeechStopped;
import io.longcat4j.TextDelta;
import io.longcat4j.TurnDone;
import io.longcat4j.TurnStarted;
import io.longcat4j.Warning;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A conversation through a microphone and a loudspeaker: whoever speaks while a reply is spoken
 * interrupts it. Lines that are typed meanwhile are said, too, or are commands. One run.
 */
public final class SpokenChat {
  private final LongCat longcat;
  private final Function<Boolean, SessionOptions> options;
  private final ChatScreen screen;
  private final CancelKey key;
  private final SpokenDevice device;
  private final SpokenLog log = new SpokenLog();

  /**
   * Prepares it.
   *
   * @param longcat answers; stays the caller's
   * @param options how the session is held, for whether replies are spoken
   * @param screen what is typed and shown
   * @param key ends a reply
   * @param device microphone and loudspeaker; stays the caller's
   */
  public SpokenChat(
      LongCat longcat,
      Function<Boolean, SessionOptions> options,
      ChatScreen screen,
      CancelKey key,
      SpokenDevice device) {
    this.longcat = longcat;
    this.options = options;
    this.screen = screen;
    this.key = key;
    this.device = device;
  }

  /**
   * Listens and answers until the end of input, {@code /quit}, or the end of the microphone.
   *
   * @throws LongCatException if this model or class path has no ears or no voice
   */
  public void run() {
    try (Session session = longcat.session(options.apply(true))) {
      key.does(session::interrupt);
      device.start(session::played);
      start("longcat-microphone", () -> listen(session));
      start("longcat-typed", () -> type(session));
      screen.note("speak, or type; /quit ends");
      for (SessionEvent event : session.events()) {
        tell(event);
      }
    } finally {
      device.stop();
    }
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void listen(Session session) {
    try (session) {
      for (Optional<short[]> heard = device.hear(); heard.isPresent(); heard = device.hear()) {
        session.write(heard.get());
      }
      screen.warning("the microphone has ended");
    } catch (GenerationCancelledException e) {
      // The session was closed by the one who types.
    } catch (LongCatException e) {
      screen.error(e);
    }
  }

  private void type(Session session) {
    try (session) {
      for (Optional<String> line = screen.read(); line.isPresent(); line = screen.read()) {
        key.typed();
        if (!obey(session, line.get())) {
          return;
        }
      }
    } catch (GenerationCancelledException e) {
      // The session was closed by the microphone.
    } catch (LongCatException e) {
      screen.error(e);
    }
  }

  /** Does what a line says; false where that is to end. */
  private boolean obey(Session session, String line) {
    try {
      ChatLine typed = ChatLine.parse(line);
      if (typed instanceof ChatLine.Quit) {
        return false;
      } else if (typed instanceof ChatLine.Say say) {
        say(session, say.text());
      } else if (typed instanceof ChatLine.Attach file) {
        session.add(file.kind().part(file.file()));
        log.attached(file);
        screen.note("attached " + file.file());
      } else if (typed instanceof ChatLine.Speak speak) {
        session.update(options.apply(speak.on()));
        screen.note(speak.on() ? "replies are spoken" : "replies are written");
      } else if (typed instanceof ChatLine.Reset) {
        session.restore(List.of());
        log.clear();
        screen.note("the conversation begins anew");
      } else if (typed instanceof ChatLine.Save save) {
        log.save(save.file(), screen);
      } else {
        screen.help();
      }
    } catch (GenerationCancelledException e) {
      throw e;
    } catch (LongCatException e) {
      screen.error(e);
    }
    return true;
  }

  private void say(Session session, String text) {
    if (text.isEmpty()) {
      session.respond();
    } else {
      log.said(text);
      session.say(text);
    }
  }

  private void tell(SessionEvent event) {
    if (event instanceof SpeechStarted) {
      key.typed();
      screen.note("listening");
    } else if (event instanceof SpeechStopped stopped) {
      if (!stopped.cleared()) {
        log.said("(spoken)");
      }
    } else if (event instanceof TurnStarted) {
      log.replyBegins();
    } else if (event instanceof TextDelta words) {
      log.words(words.text());
      screen.words(words.text());
    } else if (event instanceof AudioDelta sound) {
      log.sound(sound);
      device.play(sound);
    } else if (event instanceof Interrupted cut) {
      device.stop();
      log.cut(cut.text());
      screen.interrupted();
    } else if (event instanceof Warning warning) {
      screen.warning(warning.message());
    } else if (event instanceof TurnDone done) {
      // Kept before it is shown, so that whoever has seen its end can save it.
      log.replyEnds(done.failure().isEmpty());
      if (done.end() == TurnDone.End.COMPLETE) {
        screen.endReply();
      }
      done.failure().ifPresent(screen::error);
    }
  }
}
