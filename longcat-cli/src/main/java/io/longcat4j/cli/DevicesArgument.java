package io.longcat4j.cli;

import io.longcat4j.Device;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.spi.SenseDevices;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * One device for encoders and voice, or {@code eyes=}, {@code ears=} and {@code voice=} of each.
 */
final class DevicesArgument implements ITypeConverter<SenseDevices> {
  @Override
  public SenseDevices convert(String text) {
    try {
      return text.contains("=") ? each(text) : SenseDevices.all(Device.of(text));
    } catch (InvalidRequestException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  private static SenseDevices each(String text) {
    SenseDevices devices = SenseDevices.all(Device.cpu());
    for (String part : text.split(",", -1)) {
      int sign = part.indexOf('=');
      String sense = part.substring(0, Math.max(0, sign));
      String device = part.substring(sign + 1);
      devices =
          switch (sense) {
            case "eyes" -> devices.withEyes(Device.of(device));
            case "ears" -> devices.withEars(Device.of(device));
            case "voice" -> devices.withVoice(Device.of(device));
            default ->
                throw new InvalidRequestException(
                    "'" + part + "' is not eyes=DEVICE, ears=DEVICE or voice=DEVICE");
          };
    }
    return devices;
  }
}
