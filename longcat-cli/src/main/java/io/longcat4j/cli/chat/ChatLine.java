package io.longcat4j.cli.chat;

import io.longcat4j.Audio;
import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Part;
import io.longcat4j.Video;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/** A line that was typed, understood. */
sealed interface ChatLine {

  /** Words for the model; empty to have answered what is attached. */
  record Say(String text) implements ChatLine {}

  /** A file for the next question. */
  record Attach(Kind kind, Path file) implements ChatLine {}

  /** Whether replies are spoken. */
  record Speak(boolean on) implements ChatLine {}

  /** Forget everything. */
  record Reset() implements ChatLine {}

  /** Keep the conversation. */
  record Save(Path file) implements ChatLine {}

  /** Tell the commands. */
  record Help() implements ChatLine {}

  /** End. */
  record Quit() implements ChatLine {}

  /** What a file is looked at as. */
  enum Kind {
    IMAGE,
    AUDIO,
    VIDEO,
    INTERLEAVED;

    /** As the command and the saved conversation name it. */
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    Part part(Path file) {
      return switch (this) {
        case IMAGE -> Image.of(file);
        case AUDIO -> Audio.of(file);
        case VIDEO -> Video.of(file);
        case INTERLEAVED -> Interleaved.of(file);
      };
    }
  }

  /** The commands, for people. */
  String HELP =
      """
      /image FILE        show a picture with the next question
      /audio FILE        let a sound be heard; an empty line asks with it alone
      /video FILE        show a video, its sound left out
      /interleaved FILE  show a video with its sound
      /speak on|off      have replies spoken, too
      /reset             forget the conversation
      /save FILE         keep it as text, or as JSON where FILE ends with .json; the sound of the
                         last reply goes beside it as WAV
      /help              this
      /quit              end, as the end of input does; Ctrl-C ends a reply, twice the program
      """;

  /**
   * Understands a line. What begins with a slash is a command; a question that does begins with
   * two.
   *
   * @throws InvalidRequestException if it is no command, or lacks what the command needs
   */
  static ChatLine parse(String line) {
    String text = line.strip();
    if (!text.startsWith("/")) {
      return new Say(text);
    }
    if (text.startsWith("//")) {
      return new Say(text.substring(1));
    }
    String[] words = text.split("\\s+", 2);
    String argument = words.length == 1 ? "" : words[1];
    return switch (words[0]) {
      case "/image" -> new Attach(Kind.IMAGE, file(words[0], argument));
      case "/audio" -> new Attach(Kind.AUDIO, file(words[0], argument));
      case "/video" -> new Attach(Kind.VIDEO, file(words[0], argument));
      case "/interleaved" -> new Attach(Kind.INTERLEAVED, file(words[0], argument));
      case "/speak" -> new Speak(isOn(argument));
      case "/reset" -> new Reset();
      case "/save" -> new Save(file(words[0], argument));
      case "/help" -> new Help();
      case "/quit" -> new Quit();
      default ->
          throw new InvalidRequestException(
              "there is no command "
                  + words[0]
                  + "; /help tells them, and a question that begins with a slash begins with two");
    };
  }

  private static boolean isOn(String argument) {
    return switch (argument) {
      case "on" -> true;
      case "off" -> false;
      default -> throw new InvalidRequestException("type /speak on or /speak off");
    };
  }

  /** People paste file names in quotation marks. */
  private static Path file(String command, String argument) {
    String name = argument.replaceFirst("^([\"'])(.*)\\1$", "$2");
    if (name.isEmpty()) {
      throw new InvalidRequestException("type " + command + " and the name of a file");
    }
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new InvalidRequestException(
          "'" + name + "' cannot be a file name here; rename the file, or set LC_ALL=C.UTF-8", e);
    }
  }
}
