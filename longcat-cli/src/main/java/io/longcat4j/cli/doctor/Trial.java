package io.longcat4j.cli.doctor;

import io.longcat4j.Audio;
import io.longcat4j.Backend;
import io.longcat4j.Generation;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import io.longcat4j.Samples;
import io.longcat4j.Speech;
import io.longcat4j.WeightMemory;
import java.nio.file.Path;
import java.util.Optional;

/** Asks LongCat-Tiny, and tells what computed the answer or why there was none. */
public final class Trial {
  private static final Generation FEW = Generation.builder().maxNewTokens(8).speech(true).build();

  private final Optional<Path> cacheDirectory;

  /**
   * Prepares.
   *
   * @param cacheDirectory where to unpack, or empty for the usual place
   */
  public Trial(Optional<Path> cacheDirectory) {
    this.cacheDirectory = cacheDirectory;
  }

  /**
   * A sound goes in as a file, words and sound come out.
   *
   * @return whether all went well
   */
  public boolean describe(Findings findings) {
    boolean isFine;
    try (LongCat longcat = builder().weights(WeightMemory.preloaded()).build()) {
      try {
        byte[] sound = new Speech(new Samples(new float[16_000], 16_000)).toWav();
        Reply reply = longcat.generate(Prompt.user(Audio.of(sound)), FEW);
        findings.add(
            "trial",
            "sound in, words and speech out",
            "works: "
                + reply.textIds().size()
                + " tokens, "
                + reply.speech().map(Speech::durationSeconds).orElse(0.0)
                + " s of speech");
        isFine = true;
      } catch (RuntimeException | LinkageError e) {
        findings.add("trial", "sound in, words and speech out", told(e));
        isFine = false;
      }
      for (String line : longcat.describe().lines().toList()) {
        String[] parts = line.split(": ", 2);
        findings.add("engine", parts[0], parts.length > 1 ? parts[1] : "");
      }
    } catch (RuntimeException | LinkageError e) {
      findings.add("trial", "LongCat-Tiny", told(e));
      isFine = false;
    }
    describeGpu(findings);
    return isFine;
  }

  private void describeGpu(Findings findings) {
    try (LongCat longcat = builder().backend(new Backend("cuda")).build()) {
      findings.add(
          "engine",
          "GPU",
          longcat
              .describe()
              .lines()
              .filter(line -> line.contains("cuda"))
              .findFirst()
              .orElse("yes"));
    } catch (RuntimeException | LinkageError e) {
      findings.add("engine", "GPU", "not used: " + told(e));
    }
  }

  private LongCat.Builder builder() {
    LongCat.Builder builder = LongCat.builder().tiny();
    cacheDirectory.ifPresent(builder::cacheDirectory);
    return builder;
  }

  private static String told(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure + (cause == null ? "" : "; " + cause);
  }
}
