package io.longcat4j.remote;

import io.longcat4j.MediaSource;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the sources of a question were called where it came from, for its messages. */
final class SourceNames {
  private final Map<String, String> there = new LinkedHashMap<>();

  void add(MediaSource here, String name) {
    there.putIfAbsent(here.describe(), name);
  }

  String in(String message) {
    String named = message;
    for (Map.Entry<String, String> one : there.entrySet()) {
      named = named.replace(one.getKey(), one.getValue());
    }
    return named;
  }
}
