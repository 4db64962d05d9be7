package io.longcat4j.audio;

import io.longcat4j.audio.CarriedTime.Axes;

/** Layers of the codec's second half over one order of the axes. */
interface SoundLayers {
  /** The order of the axes. */
  Axes axes(int channels);

  /**
   * A convolution over what is given alone: the time gets shorter by the reach of the taps.
   *
   * @param name of a layer whose weight is {@code [out, in, taps]}
   */
  String conv(String x, String name, Sizes sizes, int dilation);

  /**
   * {@code ratio} steps for each step, from {@code ratio} taps.
   *
   * @param name of a layer whose weight is {@code [in, out, taps]}
   */
  String upsample(String x, String name, Sizes sizes);

  /**
   * {@code ratio} steps for each step but the first, from {@code 2 ratio} taps: those that all taps
   * have reached.
   *
   * @param name of a layer whose weight is {@code [in, out, taps]}
   */
  String upsampleOverlapping(String x, String name, Sizes sizes);

  /** {@code x + sin(alpha x)^2 / alpha}, with an alpha for every channel. */
  String snake(String x, String name, int channels);

  /**
   * Sizes of a convolution.
   *
   * @param out channels
   * @param in channels
   * @param taps steps that it joins
   */
  record Sizes(int out, int in, int taps) {}
}
