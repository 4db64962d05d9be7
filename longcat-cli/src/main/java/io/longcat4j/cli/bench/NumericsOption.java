package io.longcat4j.cli.bench;

import io.longcat4j.Numerics;
import java.util.Locale;
import picocli.CommandLine.Option;

/** How exactly a measured model computes. */
final class NumericsOption {
  @Option(
      names = "--numerics",
      paramLabel = "NAME",
      defaultValue = "exact",
      description = {
        "How exactly it computes: exact, bf16 (activations rounded to BF16, with whatever product is"
            + " fastest here) or fp8. Default: ${DEFAULT-VALUE}."
      })
  private Numerics numerics = Numerics.EXACT;

  Numerics value() {
    return numerics;
  }

  /** As typed; nothing for the default. */
  String words() {
    return numerics == Numerics.EXACT
        ? ""
        : " --numerics " + numerics.name().toLowerCase(Locale.ROOT);
  }
}
