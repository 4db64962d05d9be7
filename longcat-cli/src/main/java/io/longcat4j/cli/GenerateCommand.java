package io.longcat4j.cli;

import io.longcat4j.Audio;
import io.longcat4j.Generation;
import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCat;
import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import io.longcat4j.ReplyStream;
import io.longcat4j.Text;
import io.longcat4j.Video;
import io.longcat4j.cli.codec.CodesFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Answers one question. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    versionProvider = LongCatCommand.Version.class,
    header = "Answers a question about text, images, sounds and videos.",
    description = {
      "",
      "Media are shown to the model in the order they are given, the question last.",
      "",
      "  longcat generate \"What can you do?\"",
      "  longcat generate --model DIR --image cat.png \"What is on the picture?\"",
      "  longcat generate --model DIR --audio question.wav --speech answer.wav",
      "  longcat generate --model DIR --play \"Tell me a story.\"",
      "  longcat generate --model DIR --json-schema animal.json \"Describe a lynx.\"",
      "  cat question.txt | longcat generate",
      "",
      "Words and sound come as the model makes them.",
      ""
    },
    sortOptions = false)
final class GenerateCommand implements Callable<Integer> {
  private final Terminal terminal;

  @ArgGroup(multiplicity = "0..*")
  private List<MediaArgument> media = new ArrayList<>();

  @Option(
      names = "--upright",
      description =
          "Turn pictures as their files note (Exif orientation); without it they are seen as they"
              + " are stored.")
  private boolean upright;

  @Option(
      names = "--speech",
      paramLabel = "FILE.wav",
      description = "Speak the reply too, into this file.")
  private Optional<Path> speechFile = Optional.empty();

  @Option(
      names = "--codes",
      paramLabel = "FILE.json",
      description =
          "Speak the reply too, as the codec's tokens in this file; 'codec decode' makes them sound.")
  private Optional<Path> codesFile = Optional.empty();

  @Option(names = "--play", description = "Speak the reply too, through the sound device.")
  private boolean play;

  @Option(names = "--system", paramLabel = "TEXT", description = "How the model should behave.")
  private Optional<String> system = Optional.empty();

  @Mixin private final StructureOptions structure = new StructureOptions();
  @Mixin private final GenerationOptions generation = new GenerationOptions();
  @Mixin private final ModelOptions options = new ModelOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "QUESTION",
      description =
          "The question; - reads it from standard input, as does leaving it out where something is"
              + " piped in. May be left out where a sound asks it.")
  private Optional<String> question = Optional.empty();

  GenerateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** One file for the model to see or hear. */
  static final class MediaArgument {
    @Option(names = "--image", paramLabel = "FILE", description = "A picture; may be repeated.")
    private @Nullable Path image;

    @Option(names = "--audio", paramLabel = "FILE", description = "A sound; may be repeated.")
    private @Nullable Path audio;

    @Option(
        names = "--video",
        paramLabel = "FILE",
        description = "A video, its sound left out; may be repeated.")
    private @Nullable Path video;

    @Option(
        names = "--interleaved",
        paramLabel = "FILE",
        description = "A video with its sound; may be repeated.")
    private @Nullable Path interleaved;

    Part toPart(boolean upright) {
      if (image != null) {
        return upright ? Image.of(image).upright() : Image.of(image);
      }
      if (audio != null) {
        return Audio.of(audio);
      }
      return video != null
          ? Video.of(video)
          : Interleaved.of(Objects.requireNonNull(interleaved, "one of the four is given"));
    }
  }

  @Override
  public Integer call() {
    if (options.willFollow()) {
      options.follow(terminal);
      return LongCatCommand.OK;
    }
    Prompt prompt = prompt();
    Generation wanted =
        structure.applyTo(
            generation.toGeneration(
                /* speech= */ play || speechFile.isPresent() || codesFile.isPresent()));
    speechFile.ifPresent(file -> requireFolder("--speech", file));
    codesFile.ifPresent(file -> requireFolder("--codes", file));
    SoundDevice device = play ? SoundDevice.require() : null;
    if (generation.isSamplingWithoutEffect() && !options.isQuiet()) {
      terminal
          .err()
          .println("note: --top-k is 1 (greedy), so nothing is sampled; pass --top-k 0 or more");
    }
    options.use(terminal, longcat -> answer(longcat, prompt, wanted, device));
    return LongCatCommand.OK;
  }

  private Prompt prompt() {
    List<Part> parts = new ArrayList<>();
    media.forEach(argument -> parts.add(argument.toPart(upright)));
    QuestionInput.read(terminal, question, !media.isEmpty())
        .ifPresent(text -> parts.add(Text.of(text)));
    if (parts.isEmpty()) {
      throw new InvalidRequestException(
          "Nothing was asked; pass a question in quotation marks, or a file with --image, --audio,"
              + " --video or --interleaved");
    }
    Prompt.Builder builder = Prompt.builder();
    system.ifPresent(builder::system);
    return builder.tools(structure.tools()).add(Message.user(parts.toArray(new Part[0]))).build();
  }

  private Reply answer(
      LongCat longcat, Prompt prompt, Generation wanted, @Nullable SoundDevice device) {
    try (ReplyStream stream = longcat.stream(prompt, wanted);
        SoundOutput sound = new SoundOutput(speechFile, device)) {
      Reply reply = new ReplyPrinter(terminal, options.isQuiet()).print(stream, sound);
      codesFile.ifPresent(file -> CodesFile.write(file, reply.codecFrames()));
      sound.requireWritten();
      return reply;
    }
  }

  private static void requireFolder(String option, Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new InvalidRequestException(
          option
              + " "
              + file
              + ": its folder does not exist; create it, or name a file in another folder");
    }
  }
}
