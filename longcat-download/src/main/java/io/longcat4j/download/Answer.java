package io.longcat4j.download;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server answered, after redirections; whoever asked closes it.
 *
 * @param uri who answered
 * @param status 200, 206 or 416
 * @param headers its headers
 * @param body its content as it comes
 */
record Answer(URI uri, int status, HttpHeaders headers, InputStream body) implements AutoCloseable {
  private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18})");

  /** A strong one: what is only similar to what it was cannot be continued. */
  Optional<String> strongTag() {
    return headers.firstValue("ETag").filter(tag -> !tag.toUpperCase(Locale.ROOT).startsWith("W/"));
  }

  /** Where the content begins in the file. */
  OptionalLong start() {
    return status == 206 ? range(1) : OptionalLong.of(0);
  }

  /** The length of the whole file, where it is told. */
  OptionalLong fileBytes() {
    return status == 206 ? range(2) : headers.firstValueAsLong("Content-Length");
  }

  /** Whether the bytes are those of the file. */
  boolean isPlain() {
    String encoding = headers.firstValue("Content-Encoding").orElse("identity");
    return encoding.isBlank() || encoding.equalsIgnoreCase("identity");
  }

  private OptionalLong range(int group) {
    Matcher matcher = RANGE.matcher(headers.firstValue("Content-Range").orElse(""));
    return matcher.matches()
        ? OptionalLong.of(Long.parseLong(matcher.group(group)))
        : OptionalLong.empty();
  }

  @Override
  public void close() throws IOException {
    body.close();
  }
}
