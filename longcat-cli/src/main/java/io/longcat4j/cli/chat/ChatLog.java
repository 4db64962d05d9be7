package io.longcat4j.cli.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.AudioDelta;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.WavWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What was said, to be saved: as text, or as JSON with the messages of {@code longcat demo}. Not
 * thread-safe.
 */
final class ChatLog {
  private final List<Entry> entries = new ArrayList<>();

  /**
   * One message.
   *
   * @param role {@code system}, {@code user} or {@code assistant}
   * @param attached files that came with it
   * @param text the words, may be empty
   */
  record Entry(String role, List<ChatLine.Attach> attached, String text) {
    Entry {
      attached = List.copyOf(attached);
    }
  }

  void clear() {
    entries.clear();
  }

  void system(String text) {
    entries.add(new Entry("system", List.of(), text));
  }

  void user(List<ChatLine.Attach> attached, String text) {
    entries.add(new Entry("user", attached, text));
  }

  void assistant(String text) {
    entries.add(new Entry("assistant", List.of(), text));
  }

  /** Puts other words into the last message, if it is a reply. */
  void replaceLastReply(String text) {
    int last = entries.size() - 1;
    if (last >= 0 && entries.get(last).role().equals("assistant")) {
      entries.set(last, new Entry("assistant", List.of(), text));
    }
  }

  /** Takes the last message back, if there is one. */
  void forgetLast() {
    if (!entries.isEmpty()) {
      entries.remove(entries.size() - 1);
    }
  }

  /**
   * Writes everything.
   *
   * @param file a name that ends with {@code .json} asks for JSON
   * @param sound of the last reply, written beside it; may be empty
   * @param screen is told what was written
   * @throws InvalidRequestException if it cannot be written, or nothing was said
   */
  void save(Path file, List<AudioDelta> sound, ChatScreen screen) {
    if (entries.stream().noneMatch(entry -> entry.role().equals("user"))) {
      throw new InvalidRequestException("nothing was said yet that could be saved");
    }
    write(file);
    screen.note("saved " + file);
    if (!sound.isEmpty()) {
      Path beside = soundBeside(file);
      try (WavWriter wav = WavWriter.create(beside, sound.get(0).sampleRateHz())) {
        sound.forEach(one -> wav.write(one.samples()));
      }
      screen.note("saved " + beside);
    }
  }

  private void write(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    try {
      Files.writeString(file, name.endsWith(".json") ? json() : text());
    } catch (IOException e) {
      throw new InvalidRequestException(
          file + ": cannot be written (" + e + "); check that its folder exists", e);
    }
  }

  /** Where the sound of the last reply goes. */
  private static Path soundBeside(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return file.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ".wav");
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (Entry entry : entries) {
      text.append(entry.role()).append(":\n");
      entry
          .attached()
          .forEach(
              one ->
                  text.append('[')
                      .append(one.kind().word())
                      .append(' ')
                      .append(one.file())
                      .append("]\n"));
      if (!entry.text().isEmpty()) {
        text.append(entry.text()).append('\n');
      }
      text.append('\n');
    }
    return text.toString();
  }

  private String json() throws JsonProcessingException {
    ArrayNode messages = JsonNodeFactory.instance.arrayNode();
    for (Entry entry : entries) {
      ObjectNode message = messages.addObject().put("role", entry.role());
      ArrayNode content = message.putArray("content");
      for (ChatLine.Attach one : entry.attached()) {
        content(content.addObject(), one);
      }
      if (!entry.text().isEmpty() || entry.attached().isEmpty()) {
        content.addObject().put("type", "text").put("text", entry.text());
      }
    }
    ObjectNode named = JsonNodeFactory.instance.objectNode();
    named.set("chat", messages);
    return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(named)
        + "\n";
  }

  private static void content(ObjectNode part, ChatLine.Attach one) {
    String file = one.file().toAbsolutePath().toString();
    if (one.kind() == ChatLine.Kind.INTERLEAVED) {
      part.put("type", "multimodal_interleaved");
      part.putObject("multimodal_interleaved").put("video", file);
      part.putObject("meta").put("use_audio_track", true);
    } else {
      part.put("type", one.kind().word()).put(one.kind().word(), file);
    }
  }
}
