package io.longcat4j.cli.verify;

import io.longcat4j.CheckpointException;
import io.longcat4j.MediaException;
import io.longcat4j.MediaSource;
import io.longcat4j.audio.CodecEncoder;
import io.longcat4j.audio.CodecFolder;
import io.longcat4j.audio.Frames;
import io.longcat4j.media.AudioFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Sounds to the codec's tokens: {@code NAME.acoustic_latent}, {@code NAME.acoustic_codes}, {@code
 * NAME.semantic_features} and {@code NAME.semantic_codes}. The sound is {@code NAME.samples}, the
 * file that {@code golden.json} gives as {@code NAME.file}, or the one file of media whose name
 * begins with NAME and is of the codec's rate.
 */
record CodecEncoderStage(Target target) implements Stage {
  private static final String LATENT = ".acoustic_latent";
  private static final String ACOUSTIC = ".acoustic_codes";
  private static final String FEATURES = ".semantic_features";
  private static final String SEMANTIC = ".semantic_codes";
  private static final String SAMPLES = ".samples";
  private static final String FILE = ".file";
  private static final List<String> RESULTS = List.of(LATENT, ACOUSTIC, FEATURES, SEMANTIC);
  private static final double MAX_SECONDS = 600;

  @Override
  public String name() {
    return "codec encoder";
  }

  @Override
  public boolean covers(String entry) {
    return isResult(entry) || entry.endsWith(SAMPLES) || entry.endsWith(FILE);
  }

  /** Whether an entry is what the encoder gives, so that it needs no {@code golden.json}. */
  static boolean isResult(String entry) {
    return RESULTS.stream().anyMatch(entry::endsWith);
  }

  @Override
  public void run(Comparison comparison) {
    Set<String> names = names(comparison.golden());
    if (names.isEmpty()) {
      return; // Files and samples here are another stage's.
    }
    Path folder =
        new CodecFolder(target.checkpoint())
            .encoder()
            .orElseThrow(
                () ->
                    new CheckpointException(
                        target.checkpoint().resolve("encoder.pt")
                            + ": does not exist, but golden.safetensors expects a codec encoder;"
                            + " pass the directory that holds it"));
    try (CodecEncoder encoder = CodecEncoder.open(folder, target.encoders(), target.threads())) {
      for (String name : names) {
        compare(comparison, encoder, name);
      }
    }
  }

  private static Set<String> names(Golden golden) {
    Set<String> names = new LinkedHashSet<>();
    for (String entry : golden.tensors().names()) {
      RESULTS.stream()
          .filter(entry::endsWith)
          .forEach(suffix -> names.add(entry.substring(0, entry.length() - suffix.length())));
    }
    return names;
  }

  private void compare(Comparison comparison, CodecEncoder encoder, String name) {
    float[] samples = encoder.padded(samples(comparison, encoder.sampleRateHz(), name));
    Golden golden = comparison.golden();
    if (golden.has(name + LATENT) || golden.has(name + ACOUSTIC)) {
      Frames latent = encoder.latent(samples);
      if (golden.has(name + LATENT)) {
        comparison.values(name + LATENT, byColumns(latent));
      }
      if (golden.has(name + ACOUSTIC)) {
        comparison.codes(name + ACOUSTIC, byCodebooks(encoder.acousticCodes(latent)));
      }
    }
    if (golden.has(name + FEATURES) || golden.has(name + SEMANTIC)) {
      CodecEncoder.Semantic semantic = encoder.semantic(samples);
      if (golden.has(name + FEATURES)) {
        comparison.values(name + FEATURES, semantic.features().values());
      }
      if (golden.has(name + SEMANTIC)) {
        comparison.codes(name + SEMANTIC, semantic.codes());
      }
    }
  }

  private float[] samples(Comparison comparison, int rate, String name) {
    Golden golden = comparison.golden();
    if (golden.has(name + SAMPLES)) {
      return comparison.input(name + SAMPLES).toFloats();
    }
    MediaSource source =
        golden.has(name + FILE)
            ? target.mediaSource(comparison.inputValue(name + FILE).asText())
            : MediaSource.of(found(name, rate));
    return AudioFile.decode(source, rate, MAX_SECONDS).samples().values();
  }

  /** A file of the wanted rate is named so; one of another rate would have to be resampled. */
  private Path found(String name, int rate) {
    String ending = "_" + rate / 1000 + "k.wav";
    try (Stream<Path> files = Files.list(target.media())) {
      List<Path> named =
          files
              .filter(file -> fileName(file).startsWith(name))
              .filter(file -> fileName(file).endsWith(".wav"))
              .sorted(Comparator.comparingInt((Path file) -> fileName(file).length()))
              .toList();
      Optional<Path> exact = first(named, file -> fileName(file).equals(name + ending));
      return exact
          .or(() -> first(named, file -> fileName(file).endsWith(ending)))
          .or(() -> named.stream().findFirst())
          .orElseThrow(
              () ->
                  new MediaException(
                      target.media().resolve(name + ending)
                          + " does not exist, nor another .wav whose name begins with "
                          + name
                          + ", whose codes golden.safetensors has; pass its directory with"
                          + " --media"));
    } catch (IOException e) {
      throw new MediaException(
          target.media() + ": cannot be listed (" + e + "); pass another one with --media", e);
    }
  }

  private static Optional<Path> first(List<Path> files, Predicate<Path> wanted) {
    return files.stream().filter(wanted).findFirst();
  }

  private static String fileName(Path file) {
    return String.valueOf(file.getFileName());
  }

  private static float[] byColumns(Frames rows) {
    float[] columns = new float[rows.values().length];
    for (int frame = 0, at = 0; frame < rows.count(); frame++) {
      for (int column = 0; column < rows.width(); column++) {
        columns[column * rows.count() + frame] = rows.values()[at++];
      }
    }
    return columns;
  }

  private static int[] byCodebooks(int[][] frames) {
    int codebooks = frames.length == 0 ? 0 : frames[0].length;
    int[] codes = new int[frames.length * codebooks];
    for (int frame = 0; frame < frames.length; frame++) {
      for (int codebook = 0; codebook < codebooks; codebook++) {
        codes[codebook * frames.length + frame] = frames[frame][codebook];
      }
    }
    return codes;
  }
}
