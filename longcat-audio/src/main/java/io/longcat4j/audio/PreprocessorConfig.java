package io.longcat4j.audio;

import io.longcat4j.checkpoint.ConfigFile;

/**
 * How samples become features, from {@code audio/preprocessor_config.json}.
 *
 * @param fbank spectrum and mel filters
 * @param delta derivatives over time
 * @param splice neighbours joined into one vector
 */
record PreprocessorConfig(FbankConfig fbank, DeltaConfig delta, SpliceConfig splice) {

  static PreprocessorConfig of(ConfigFile config) {
    return new PreprocessorConfig(
        FbankConfig.of(config.child("fbank")),
        DeltaConfig.of(config.child("delta")),
        SpliceConfig.of(config.child("splice")));
  }

  /** Numbers in one frame before splicing. */
  int frameWidth() {
    return fbank.width() * (delta.order() + 1);
  }

  /** Numbers in one spliced vector. */
  int width() {
    return frameWidth() * (splice.left() + 1 + splice.right());
  }

  /**
   * Spectrum and mel filters.
   *
   * @param sampleRateHz samples a second
   * @param windowSamples length of a frame
   * @param shiftSamples from frame to frame
   * @param preemphasis share of the sample before that is taken off
   * @param lowHz lower end of the first filter
   * @param highHz upper end of the last filter
   * @param melBins filters
   * @param padding zeros after the filters
   */
  record FbankConfig(
      int sampleRateHz,
      int windowSamples,
      int shiftSamples,
      double preemphasis,
      double lowHz,
      double highHz,
      int melBins,
      int padding) {

    static FbankConfig of(ConfigFile config) {
      int rate = config.requireInt("freq");
      if (rate != 8000 && rate != 16000) {
        throw config.refuse("freq", "the features are defined for 8000 and 16000 Hz");
      }
      if (config.doubleOr("dither", 0) != 0) {
        throw config.refuse("dither", "noise is for training; set it to 0");
      }
      int window = samples(config, "frame_length", rate, 2);
      int shift = samples(config, "frame_shift", rate, 1);
      double low = config.requireDouble("low_freq");
      double high = config.requireDouble("high_freq");
      double upper = high < 0 ? high + rate / 2.0 : high;
      if (low < 0 || low >= upper || upper > rate / 2.0) {
        throw config.refuse(
            "high_freq", "it must lie between low_freq and half of freq, or be below 0");
      }
      int bins = config.requireInt("num_mel_bins");
      if (bins < 1 || bins > 4096) {
        throw config.refuse("num_mel_bins", "there must be 1 to 4096 filters");
      }
      int padded = config.intOr("padded_num_mel_bins", bins);
      if (padded < bins || padded > 4096) {
        throw config.refuse("padded_num_mel_bins", "it must be num_mel_bins to 4096");
      }
      return new FbankConfig(
          rate,
          window,
          shift,
          config.requireDouble("preemphasis"),
          low,
          upper,
          bins,
          padded - bins);
    }

    int width() {
      return melBins + padding;
    }

    int fftSize() {
      return 1 << (Integer.SIZE - Integer.numberOfLeadingZeros(windowSamples - 1));
    }

    private static int samples(ConfigFile config, String key, int rate, int atLeast) {
      double samples = rate * config.requireDouble(key) / 1000;
      if (samples < atLeast || samples > rate) {
        throw config.refuse(key, "it must be milliseconds, at most 1000");
      }
      return (int) samples;
    }
  }

  /**
   * Derivatives over time.
   *
   * @param order how many are added, 0 for none
   * @param reach frames on each side that one derivative looks at
   */
  record DeltaConfig(int order, int reach) {

    static DeltaConfig of(ConfigFile config) {
      int order = config.requireInt("delta_order");
      if (order < 0 || order > 8) {
        throw config.refuse("delta_order", "it must be 0 to 8");
      }
      int reach = config.intOr("window_size", 1);
      if (order > 0 && (reach < 1 || reach > 100)) {
        throw config.refuse("window_size", "it must be 1 to 100");
      }
      return new DeltaConfig(order, reach);
    }
  }

  /**
   * Neighbours joined into one vector.
   *
   * @param left frames before
   * @param right frames after
   * @param stride frames from vector to vector
   */
  record SpliceConfig(int left, int right, int stride) {

    static SpliceConfig of(ConfigFile config) {
      if (config.booleanOr("random_start", false)) {
        throw config.refuse("random_start", "a random start is for training; set it to false");
      }
      return new SpliceConfig(
          within(config, "left", 0), within(config, "right", 0), within(config, "stride", 1));
    }

    int vectors(int frames) {
      return (frames + stride - 1) / stride;
    }

    private static int within(ConfigFile config, String key, int atLeast) {
      int value = config.requireInt(key);
      if (value < atLeast || value > 1000) {
        throw config.refuse(key, "it must be " + atLeast + " to 1000 frames");
      }
      return value;
    }
  }
}
