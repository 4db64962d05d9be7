package io.longcat4j.cli.verify;

import io.longcat4j.audio.AudioEncoder;
import io.longcat4j.media.AudioFile;

/** Sounds to features and embeddings: {@code audio.NAME.*}. */
record AudioStage(Target target) implements Stage {
  private static final String PREFIX = "audio.";
  private static final double MAX_SECONDS = 120;

  @Override
  public String name() {
    return "audio";
  }

  @Override
  public boolean covers(String entry) {
    return entry.startsWith(PREFIX);
  }

  @Override
  public void run(Comparison comparison) {
    try (AudioEncoder encoder = AudioEncoder.open(target.context())) {
      for (String name : comparison.golden().namesIn("audio")) {
        compare(comparison, encoder, PREFIX + name + ".");
      }
    }
  }

  private void compare(Comparison comparison, AudioEncoder encoder, String prefix) {
    String file = comparison.inputValue(prefix + "file").asText();
    float[] samples =
        AudioFile.decode(target.mediaSource(file), encoder.sampleRateHz(), MAX_SECONDS)
            .samples()
            .values();
    Expectations expected = new Expectations(comparison, prefix);
    expected.description("name");
    expected.count("samples", () -> samples.length);
    expected.count("sample_rate", encoder::sampleRateHz);
    expected.count("frames", () -> encoder.fbank(samples).count());
    expected.count("tokens", () -> encoder.embeddings(samples).count());
    expected.count("token_count_formula", () -> encoder.rows(samples.length));
    expected.features("fbank", () -> encoder.fbank(samples).values());
    expected.features("features", () -> encoder.features(samples).values());
    expected.values("encoder", () -> encoder.encoded(samples).values());
    expected.values("embeddings", () -> encoder.embeddings(samples).values());
  }
}
