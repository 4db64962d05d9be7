package io.longcat4j.download;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Answers of a hub in JSON, of bounded size, asked for again where that may help. Thread-safe. */
final class JsonPages {
  private static final int MOST_BYTES = 64 << 20;
  private static final Pattern NEXT = Pattern.compile("<([^>]{1,8000})>\\s*;\\s*rel=\"?next\"?");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Web web;
  private final int retries;
  private final Pace pace;

  JsonPages(Web web, int retries, Pace pace) {
    this.web = web;
    this.retries = retries;
    this.pace = pace;
  }

  /**
   * A page.
   *
   * @param content what it says
   * @param next where the list goes on, at the same hub
   */
  record Page(JsonNode content, Optional<URI> next) {}

  Page get(URI uri) throws InterruptedException {
    Patience patience = new Patience("Asking " + uri, retries, pace);
    while (true) {
      try (Answer answer = web.get(uri, Map.of("Accept", "application/json"))) {
        return new Page(read(uri, answer), next(uri, answer));
      } catch (IOException e) {
        patience.failed(e);
      }
    }
  }

  private static JsonNode read(URI uri, Answer answer) throws IOException {
    byte[] bytes = answer.body().readNBytes(MOST_BYTES + 1);
    if (bytes.length > MOST_BYTES) {
      throw new DownloadException(uri + " answered more than 64 MiB of JSON; check the endpoint");
    }
    try {
      return JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new TryAgainException(
          uri + " answered what is no JSON (" + bytes.length + " bytes); check the endpoint",
          Optional.empty());
    }
  }

  private Optional<URI> next(URI uri, Answer answer) {
    for (String link : answer.headers().allValues("Link")) {
      Matcher matcher = NEXT.matcher(link);
      if (matcher.find()) {
        URI next;
        try {
          next = uri.resolve(matcher.group(1));
        } catch (IllegalArgumentException e) {
          throw new DownloadException(uri + " refers to a next page that is no address", e);
        }
        if (!web.isHub(next)) {
          throw new DownloadException(
              uri + " refers to a next page at another host; its listing cannot be used");
        }
        return Optional.of(next);
      }
    }
    return Optional.empty();
  }
}
