package io.longcat4j.cli.codec;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The command that holds both directions. */
@Command(
    name = "codec",
    mixinStandardHelpOptions = true,
    header = "Turns speech into the codec's tokens, and tokens into speech.",
    description = {
      "",
      "  longcat codec encode voice.wav --codec DIR -o codes.json",
      "  longcat codec decode codes.json --codec DIR -o voice.wav",
      "",
      "It needs no language model. DIR holds an encoder (config.json, encoder.pt, encoder_cmvn.npy),"
          + " a decoder (config.yaml and the file that it names) or both, or is a checkpoint with a"
          + " folder audio_codec that does.",
      ""
    })
public final class CodecCommand implements Callable<Integer> {
  private final CommandSpec spec;

  private CodecCommand() {
    spec = CommandSpec.forAnnotatedObject(this);
  }

  /**
   * The command with both directions.
   *
   * @param out for results
   * @param err for figures
   * @return a picocli command line
   */
  public static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    return new CommandLine(new CodecCommand().spec)
        .addSubcommand(new EncodeCommand(out, err))
        .addSubcommand(new DecodeCommand(err));
  }

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "Nothing to do was given; there are encode and decode");
  }
}
