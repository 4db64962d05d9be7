package io.longcat4j.cli;

import io.longcat4j.AudioDelta;
import io.longcat4j.ConversationOptions;
import io.longcat4j.LongCat;
import io.longcat4j.SessionOptions;
import io.longcat4j.TurnDetection;
import io.longcat4j.cli.chat.CancelKey;
import io.longcat4j.cli.chat.Chat;
import io.longcat4j.cli.chat.ChatScreen;
import io.longcat4j.cli.chat.ChatSound;
import io.longcat4j.cli.chat.SpokenChat;
import io.longcat4j.cli.chat.SpokenDevice;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
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

  @Option(
      names = "--mic",
      description =
          "Speak with it through microphone and loudspeaker; whoever speaks interrupts a reply.")
  private boolean microphone;

  @Option(
      names = "--no-barge-in",
      description =
          "With --mic: hear nothing while a reply is played, for loudspeakers that the microphone"
              + " hears. With headphones it is not needed.")
  private boolean noBargeIn;

  @Option(
      names = "--turns",
      paramLabel = "NAME",
      defaultValue = "normal",
      description =
          "With --mic: how long a pause ends a turn: eager (300 ms), normal (600 ms) or patient (1 s)."
              + " Default: ${DEFAULT-VALUE}.")
  private Turns turns = Turns.NORMAL;

  @Mixin private final GenerationOptions generation = new GenerationOptions();
  @Mixin private final ModelOptions options = new ModelOptions();

  private final Supplier<SpokenDevice> devices;

  ChatCommand(Terminal terminal) {
    this(terminal, JavaSoundDevice::open);
  }

  ChatCommand(Terminal terminal, Supplier<SpokenDevice> devices) {
    this.terminal = terminal;
    this.devices = devices;
  }

  /** How long a pause ends a turn. */
  enum Turns {
    EAGER,
    NORMAL,
    PATIENT;

    TurnDetection detection() {
      return switch (this) {
        case EAGER -> TurnDetection.eager();
        case NORMAL -> TurnDetection.normal();
        case PATIENT -> TurnDetection.patient();
      };
    }
  }

  @Override
  public Integer call() {
    if (options.willFollow()) {
      options.follow(terminal);
      return LongCatCommand.OK;
    }
    if (!microphone) {
      options.use(terminal, this::chat);
      return LongCatCommand.OK;
    }
    try (SpokenDevice device = devices.get()) {
      options.use(terminal, longcat -> speakWith(longcat, device));
    }
    return LongCatCommand.OK;
  }

  private Integer speakWith(LongCat longcat, SpokenDevice device) {
    CancelKey key = key();
    key.listen();
    new SpokenChat(longcat, spoken -> session(spoken, device), screen(), key, device).run();
    return LongCatCommand.OK;
  }

  private SessionOptions session(boolean spoken, SpokenDevice device) {
    SessionOptions.Builder builder =
        SessionOptions.builder()
            .generation(generation.toGeneration(spoken))
            .sampleRateHz(device.sampleRateHz())
            .detection(turns.detection())
            .interruptible(!noBargeIn);
    system.ifPresent(builder::system);
    return builder.build();
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
        () -> System.exit(INTERRUPTED),
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
