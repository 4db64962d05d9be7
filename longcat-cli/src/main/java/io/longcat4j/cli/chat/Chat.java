package io.longcat4j.cli.chat;

import io.longcat4j.AudioDelta;
import io.longcat4j.Conversation;
import io.longcat4j.ConversationOptions;
import io.longcat4j.Event;
import io.longcat4j.Generation;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.LongCat;
import io.longcat4j.LongCatException;
import io.longcat4j.Part;
import io.longcat4j.ReplyStream;
import io.longcat4j.Text;
import io.longcat4j.TextDelta;
import io.longcat4j.ToolCall;
import io.longcat4j.Warning;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A conversation in writing, a line for each turn. A turn that fails is forgotten with what was
 * attached to it; one that is ended keeps the words that came. Not thread-safe, but for the key.
 */
public final class Chat implements AutoCloseable {
  private final LongCat longcat;
  private final Settings settings;
  private final ChatScreen screen;
  private final CancelKey key;
  private final ChatLog log = new ChatLog();
  private final List<ChatLine.Attach> attached = new ArrayList<>();
  private List<AudioDelta> lastSound = new ArrayList<>();
  private Conversation conversation;
  private Conversation.Checkpoint settled;
  private boolean speaking;

  /**
   * How it is held.
   *
   * @param options instructions
   * @param generation how replies are made, for whether they are spoken
   * @param speaking whether they are at first
   * @param sound plays them, or empty where there is no device
   */
  public record Settings(
      ConversationOptions options,
      Function<Boolean, Generation> generation,
      boolean speaking,
      Optional<ChatSound> sound) {}

  /**
   * Begins.
   *
   * @param longcat answers; stays the caller's
   * @param settings how
   * @param screen what is typed and shown
   * @param key ends a reply
   */
  public Chat(LongCat longcat, Settings settings, ChatScreen screen, CancelKey key) {
    this.longcat = longcat;
    this.settings = settings;
    this.screen = screen;
    this.key = key;
    this.conversation = longcat.conversation(settings.options());
    this.settled = conversation.checkpoint();
    settings.options().system().ifPresent(log::system);
    if (settings.speaking()) {
      speak(true);
    }
  }

  /** Answers line by line, until the end of input or {@code /quit}. */
  public void run() {
    screen.greet();
    while (true) {
      Optional<String> line = screen.read();
      key.typed();
      if (line.isEmpty()) {
        return;
      }
      try {
        ChatLine typed = ChatLine.parse(line.get());
        if (typed instanceof ChatLine.Quit) {
          return;
        }
        key.during(() -> obey(typed));
      } catch (LongCatException e) {
        screen.error(e);
      }
    }
  }

  private void obey(ChatLine typed) {
    if (typed instanceof ChatLine.Say say) {
      if (!say.text().isEmpty() || !attached.isEmpty()) {
        turn(say.text());
      }
    } else if (typed instanceof ChatLine.Attach file) {
      conversation.append(file.kind().part(file.file()));
      attached.add(file);
      screen.note("attached " + file.file() + "; ask about it, or press Enter to have it answered");
    } else if (typed instanceof ChatLine.Speak speak) {
      speak(speak.on());
    } else if (typed instanceof ChatLine.Reset) {
      reset();
    } else if (typed instanceof ChatLine.Save save) {
      log.save(save.file(), lastSound, screen);
    } else {
      screen.help();
    }
  }

  private void speak(boolean on) {
    speaking = on;
    screen.note(
        !on
            ? "replies are written"
            : settings.sound().isPresent()
                ? "replies are spoken, too"
                : "replies are spoken, too; there is no sound device here, but /save FILE keeps the"
                    + " sound of the last one");
  }

  private void reset() {
    conversation.close();
    conversation = longcat.conversation(settings.options());
    settled = conversation.checkpoint();
    attached.clear();
    lastSound = new ArrayList<>();
    log.clear();
    settings.options().system().ifPresent(log::system);
    screen.note("the conversation begins anew");
  }

  private void turn(String text) {
    StringBuilder words = new StringBuilder();
    List<AudioDelta> sound = new ArrayList<>();
    boolean whole = false;
    try {
      ask(text, words, sound);
      whole = true;
    } catch (GenerationCancelledException e) {
      stop(sound);
      if (!key.isPressed() || words.isEmpty()) {
        forget();
        throw e;
      }
    } catch (LongCatException e) {
      stop(sound);
      if (!words.isEmpty()) {
        screen.endReply();
      }
      forget();
      throw e;
    }
    screen.endReply();
    if (!whole) {
      screen.note("the reply was ended; what came of it is remembered");
    }
    log.user(attached, text);
    log.assistant(words.toString());
    attached.clear();
    lastSound = sound;
    settled = conversation.checkpoint();
  }

  private void ask(String text, StringBuilder words, List<AudioDelta> sound) {
    Part[] parts = text.isEmpty() ? new Part[0] : new Part[] {Text.of(text)};
    Generation generation = settings.generation().apply(speaking);
    try (ReplyStream stream = conversation.stream(generation, parts)) {
      for (Event event : stream) {
        if (event instanceof TextDelta more) {
          words.append(more.text());
          screen.words(more.text());
        } else if (event instanceof AudioDelta more) {
          sound.add(more);
          settings.sound().ifPresent(device -> device.play(more));
        } else if (event instanceof ToolCall call) {
          screen.words("call " + call.name() + " " + call.arguments());
        } else if (event instanceof Warning warning) {
          screen.warning(warning.message());
        }
      }
    }
    if (!sound.isEmpty()) {
      settings.sound().ifPresent(ChatSound::finish);
    }
  }

  private void stop(List<AudioDelta> sound) {
    if (!sound.isEmpty()) {
      settings.sound().ifPresent(ChatSound::stop);
    }
  }

  /** What was attached is forgotten, too: it may be what cannot be answered. */
  private void forget() {
    Thread.interrupted();
    conversation.rollback(settled);
    attached.clear();
  }

  @Override
  public void close() {
    conversation.close();
  }
}
