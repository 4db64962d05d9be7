package io.longcat4j.cli.pull;

import io.longcat4j.download.Hub;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The name of a hub as people write it. */
public final class HubArgument implements ITypeConverter<Hub> {
  @Override
  public Hub convert(String value) {
    String name = value.toLowerCase(Locale.ROOT).replaceAll("[ _-]", "");
    return Arrays.stream(Hub.values())
        .filter(hub -> hub.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'"
                        + value
                        + "' is no hub that is known; use "
                        + Arrays.stream(Hub.values())
                            .map(Hub::toString)
                            .collect(Collectors.joining(" or "))));
  }
}
