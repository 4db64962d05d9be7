package io.longcat4j.cli.codec;

import io.longcat4j.CodecWindow;
import io.longcat4j.InvalidRequestException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A window as it is typed: {@code 400/50/50}, frames before, encoded and after. */
public final class WindowArgument implements ITypeConverter<CodecWindow> {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,6})/([0-9]{1,6})/([0-9]{1,6})");

  /** For picocli. */
  public WindowArgument() {}

  @Override
  public CodecWindow convert(String text) {
    Matcher sizes = FORM.matcher(text);
    if (!sizes.matches()) {
      throw new TypeConversionException(
          "'" + text + "' is no window; pass frames before, encoded and after, such as 400/50/50");
    }
    try {
      return new CodecWindow(
          Integer.parseInt(sizes.group(1)),
          Integer.parseInt(sizes.group(2)),
          Integer.parseInt(sizes.group(3)));
    } catch (InvalidRequestException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
