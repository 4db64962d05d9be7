package io.longcat4j.langchain4j;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longcat4j.Generation;
import io.longcat4j.Message;
import io.longcat4j.Prompt;
import io.longcat4j.Role;
import io.longcat4j.Text;
import io.longcat4j.Tool;
import io.longcat4j.ToolCall;
import io.longcat4j.scripted.ScriptedEngine;
import io.longcat4j.scripted.ScriptedReply;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Knows the answers to what langchain4j's own tests ask. It sees a request as the engine does, so
 * that what the adapter loses on the way there is missing in its answers.
 */
final class KnowingScript {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final AtomicInteger calls = new AtomicInteger();

  static ScriptedEngine engine() {
    KnowingScript script = new KnowingScript();
    return new ScriptedEngine(script::reply);
  }

  private ScriptedReply reply(Prompt prompt, Generation generation) {
    List<Message> messages = prompt.messages();
    int asked = messages.size() - 1;
    while (messages.get(asked).role() != Role.USER) {
      asked--;
    }
    String question = words(messages.get(asked));
    List<String> results =
        messages.subList(asked + 1, messages.size()).stream()
            .filter(message -> message.role() == Role.TOOL)
            .map(KnowingScript::words)
            .toList();
    if (generation.jsonSchema().isPresent()) {
      String schema = generation.jsonSchema().get();
      return ScriptedReply.saying(
          KnownDocuments.answer(question, schema).orElseGet(() -> bound(schema, results)),
          generation);
    }
    if (!prompt.tools().isEmpty()) {
      List<ToolCall> wanted = wanted(question, results, prompt);
      if (!wanted.isEmpty()) {
        return ScriptedReply.calling(wanted.toArray(ToolCall[]::new));
      }
    }
    return ScriptedReply.saying(
        results.isEmpty() ? answer(prompt, question) : "The result is: " + results + ".",
        generation);
  }

  private static String bound(String schema, List<String> results) {
    if (schema.contains("\"const\":\"getWeather\"")) {
      return "{\"name\": \"getWeather\", \"arguments\": {\"city\": \"Munich\"}}";
    }
    if (schema.contains("RAINY")) {
      return "{\"city\": \"Munich\", \"weather\": \""
          + results.get(0).toUpperCase(Locale.ROOT)
          + "\"}";
    }
    return schema.contains("rainy")
        ? "{\"weather\": \"" + results.get(0) + "\"}"
        : "{\"city\": \"Berlin\"}";
  }

  private static String answer(Prompt prompt, String question) {
    Message first = prompt.messages().get(0);
    long pictures =
        prompt.messages().get(prompt.messages().size() - 1).parts().stream()
            .filter(io.longcat4j.Image.class::isInstance)
            .count();
    if (pictures > 0) {
      return pictures == 1 ? "I see a cat in the grass." : "I see a cat and two dice.";
    }
    if (first.role() == Role.SYSTEM && words(first).contains("German")) {
      return "Ich liebe dich.";
    }
    if (question.contains("favorite color")) {
      return words(first).contains("green") ? "It is green." : "I do not know.";
    }
    if (question.contains("Hello World")) {
      return "Hello World!";
    }
    if (question.contains("story")) {
      return "Once upon a time there was a cat who met a dog and a bird in the woods.";
    }
    return question.contains("capital of Germany")
        ? "The capital of Germany is Berlin, and 2 + 2 is 4."
        : "Hello there, how are you?";
  }

  private List<ToolCall> wanted(String question, List<String> results, Prompt prompt) {
    List<ToolCall> all = new ArrayList<>();
    if (question.startsWith("First add 2 and 3")) {
      if (results.isEmpty()) {
        all.add(call(prompt, "add", "2", "3"));
      } else if (results.size() == 1) {
        all.add(call(prompt, "multiply", results.get(0), "4"));
      }
    } else if (results.isEmpty()) {
      first(question, prompt, all);
    }
    return all;
  }

  private void first(String question, Prompt prompt, List<ToolCall> all) {
    if (question.contains("weather in Munich")) {
      all.add(call(prompt, "getWeather", "\"Munich\""));
    }
    if (question.contains("time in France")) {
      all.add(call(prompt, "getTime", "\"France\""));
    }
    if (question.contains("What is the time now") || question.contains("date today")) {
      all.add(call(prompt, prompt.tools().get(0).name()));
    }
    if (question.contains("37 plus 87")) {
      all.add(call(prompt, "add", "37", "87"));
    }
    if (question.contains("73 plus 78")) {
      all.add(call(prompt, "add", "73", "78"));
    }
    if (question.contains("Now add 47")) {
      String before =
          prompt.messages().stream()
              .filter(message -> message.role() == Role.TOOL)
              .map(KnowingScript::words)
              .findFirst()
              .orElseThrow();
      all.add(call(prompt, "add", before, "47"));
    }
    if (question.contains("celsius")) {
      all.add(call(prompt, "currentTemperature", "\"Munich\"", "\"CELSIUS\""));
    }
    if (question.contains("argument '7'")) {
      all.add(call(prompt, "modify", "7"));
    }
    if (question.contains("Take a photo")) {
      all.add(call(prompt, "takePhoto"));
    }
    if (question.contains("username with ID")) {
      String id = question.replaceAll(".*ID ([0-9a-f-]+).*", "$1");
      all.add(call(prompt, "getUsernameFromId", '"' + id + '"'));
    }
    if (question.contains("rocess the following")) {
      process(question, prompt, all);
    }
  }

  private void process(String question, Prompt prompt, List<ToolCall> all) {
    if (question.contains("1.78m")) {
      String klaus = "{\"name\":\"Klaus\",\"age\":37,\"height\":1.78,\"married\":false}";
      all.add(call(prompt, "process", klaus));
    } else if (question.contains("Langley")) {
      String klaus = "{\"name\":\"Klaus\",\"address\":{\"city\":\"Langley Falls\"}}";
      all.add(call(prompt, "process", klaus));
    } else if (question.contains("Francine has")) {
      String steve = "{\"name\":\"Steve\",\"children\":[]}";
      String hayley = "{\"name\":\"Hayley\",\"children\":[]}";
      all.add(
          call(
              prompt,
              "process",
              "{\"name\":\"Francine\",\"children\":[" + steve + "," + hayley + "]}"));
    } else if (question.contains("42 years")) {
      all.add(call(prompt, "process", "{\"Klaus\":42,\"Francine\":47}"));
    } else if (question.contains("names:")) {
      all.add(call(prompt, "processNames", "[\"Klaus\",\"Franny\"]"));
    } else if (question.contains("colors:")) {
      all.add(call(prompt, "process", "[\"RED\",\"GREEN\"]"));
    } else if (question.contains("integers:")) {
      all.add(call(prompt, "processNumbers", "[37,73]"));
    } else if (question.contains("people:")) {
      all.add(call(prompt, "process", "[{\"name\":\"Klaus\"},{\"name\":\"Franny\"}]"));
    }
  }

  /** A call whose arguments have the names of the tool's schema, in its order. */
  private ToolCall call(Prompt prompt, String name, String... values) {
    Tool tool =
        prompt.tools().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
    try {
      Iterator<String> names = JSON.readTree(tool.parameters()).path("properties").fieldNames();
      String arguments =
          List.of(values).stream()
              .map(value -> '"' + names.next() + "\":" + value)
              .collect(Collectors.joining(",", "{", "}"));
      return new ToolCall("call-" + calls.incrementAndGet(), name, arguments);
    } catch (JsonProcessingException e) {
      throw new AssertionError("the schema of " + name, e);
    }
  }

  private static String words(Message message) {
    return message.parts().stream()
        .filter(Text.class::isInstance)
        .map(part -> ((Text) part).text())
        .collect(Collectors.joining(" "));
  }
}
