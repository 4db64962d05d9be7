package io.longcat4j.spi;

import io.longcat4j.Device;
import java.util.Objects;

/**
 * Where a model sees, hears and speaks.
 *
 * @param eyes computes the encoder of pictures and videos
 * @param ears computes the encoder of sounds
 * @param voice computes the vocoder
 */
public record SenseDevices(Device eyes, Device ears, Device voice) {
  /** Checks the components. */
  public SenseDevices {
    Objects.requireNonNull(eyes, "eyes");
    Objects.requireNonNull(ears, "ears");
    Objects.requireNonNull(voice, "voice");
  }

  /**
   * All of them in one place.
   *
   * @param device computes them
   * @return the devices
   */
  public static SenseDevices all(Device device) {
    return new SenseDevices(device, device, device);
  }

  /**
   * The same with another device for pictures and videos.
   *
   * @param device computes their encoder
   * @return the devices
   */
  public SenseDevices withEyes(Device device) {
    return new SenseDevices(device, ears, voice);
  }

  /**
   * The same with another device for sounds.
   *
   * @param device computes their encoder
   * @return the devices
   */
  public SenseDevices withEars(Device device) {
    return new SenseDevices(eyes, device, voice);
  }

  /**
   * The same with another device for speech.
   *
   * @param device computes the vocoder
   * @return the devices
   */
  public SenseDevices withVoice(Device device) {
    return new SenseDevices(eyes, ears, device);
  }
}
