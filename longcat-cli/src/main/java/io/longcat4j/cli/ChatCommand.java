package io.longcat4j.cli;

import io.longcat4j.AudioDelta;
import io.longcat4j.ConversationOptions;
import io.longcat4j.LongCat;
import io.longcat4j.cli.chat.CancelKey;
import io.longcat4j.cli.chat.Chat;
import io.longcat4j.cli.chat.ChatScreen;
import io.longcat4j.cli.chat.ChatSound;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A conversation in the terminal. */
@Command(
    name = "chat",
    mixinStandardHelpOptions = true,
    versionProvider = LongCatCommand.Version.class,
    header = "Holds a conversation: a line for each turn, with pictures, sounds and videos.",
    description = {
      "",
      "Lines that begin with a slash are commands; /help tells them. Replies go to standard output,"
          + " all else to standard error, so that lines can also come from a file or a pipe.",
      "",
      "Ctrl-C ends a reply; pressed twice it ends the program.",
      ""
    },
    sortOptions = false)
final class ChatCommand implements Callable<Integer> {
  /** What shells report for programs that SIGINT ends. */
  private static final int INTERRUPTED = 130;

  private final Terminal terminal;

  @Option(names = "--system", paramLabel = "TEXT", description = "How the model should behave.")
  private Optional<String> system = Optional.empty();

  @Option(names = "--speak", description = "Begin with spoken replies, as /speak on does.")
  private boolean speak;

  @Mixin private final GenerationOptions generation = new GenerationOptions();
  @Mixin private final ModelOptions options = new ModelOptions();

  ChatCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (options.willFollow()) {
      options.follow(terminal);
      return LongCatCommand.OK;
    }
    options.use(terminal, this::chat);
    return LongCatCommand.OK;
  }

  private Integer chat(LongCat longcat) {
    CancelKey key = key();
    Chat.Settings settings =
        new Chat.Settings(
            new ConversationOptions(system, List.of(), /* sliding= */ true),
            generation::toGeneration,
            speak,
            SoundDevice.find().map(ChatCommand::playing));
    try (Chat chat = new Chat(longcat, settings, screen(), key)) {
      key.listen();
      chat.run();
    }
    return LongCatCommand.OK;
  }

  private CancelKey key() {
    return new CancelKey(
        () -> Runtime.getRuntime().halt(INTERRUPTED),
        () -> {
          terminal.err().println();
          terminal.err().println("(Ctrl-C again ends, and so does /quit)");
        });
  }

  private ChatScreen screen() {
    return new ChatScreen(
        terminal.in(),
        terminal.out(),
        terminal.err(),
        terminal.interactive(),
        options.isQuiet(),
        ReplyPrinter::harmless);
  }

  private static ChatSound playing(SoundDevice device) {
    return new ChatSound() {
      @Override
      public void play(AudioDelta sound) {
        device.play(sound);
      }

      @Override
      public void finish() {
        device.close();
      }

      @Override
      public void stop() {
        device.stop();
      }
    };
  }
}
