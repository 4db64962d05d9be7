package io.longcat4j.scripted;

import io.longcat4j.Conversation;
import io.longcat4j.ConversationOptions;
import io.longcat4j.Event;
import io.longcat4j.Generation;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.spi.Engine;
import io.longcat4j.spi.EngineOptions;
import io.longcat4j.spi.EventSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/**
 * An engine that does what a test says, and remembers what it was asked. A test that uses it names
 * {@link ScriptedEngineProvider} in its services.
 */
public final class ScriptedEngine implements Engine {
  private static final Map<Path, ScriptedEngine> ALL = new ConcurrentHashMap<>();
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final BiFunction<Prompt, Generation, ScriptedReply> script;
  private final Path directory = Path.of("scripted", Integer.toString(NUMBERS.getAndIncrement()));
  private final List<Prompt> prompts = new CopyOnWriteArrayList<>();
  private final List<Generation> generations = new CopyOnWriteArrayList<>();
  private final List<ScriptedReply> replies = new CopyOnWriteArrayList<>();
  private final AtomicInteger closings = new AtomicInteger();
  private volatile EngineOptions options;

  public ScriptedEngine(BiFunction<Prompt, Generation, ScriptedReply> script) {
    this.script = script;
    ALL.put(directory, this);
  }

  /** An engine that always says the same. */
  public static ScriptedEngine saying(String text) {
    return new ScriptedEngine((prompt, generation) -> ScriptedReply.saying(text, generation));
  }

  static ScriptedEngine at(Path directory) {
    return ALL.get(directory);
  }

  Engine opened(EngineOptions asked) {
    options = asked;
    return this;
  }

  /** The model that this engine computes. */
  public LongCat open() {
    return LongCat.builder().model(directory).build();
  }

  /** What to name as the model's directory to get this engine. */
  public Path directory() {
    return directory;
  }

  /** What the application asked for when it built the model. */
  public EngineOptions options() {
    return options;
  }

  public List<Prompt> prompts() {
    return prompts;
  }

  public Prompt lastPrompt() {
    return prompts.get(prompts.size() - 1);
  }

  public Generation lastGeneration() {
    return generations.get(generations.size() - 1);
  }

  public List<ScriptedReply> replies() {
    return replies;
  }

  public int closings() {
    return closings.get();
  }

  @Override
  public EventSource<Event> stream(Prompt prompt, Generation generation) {
    prompts.add(prompt);
    generations.add(generation);
    ScriptedReply reply = script.apply(prompt, generation);
    replies.add(reply);
    return reply;
  }

  @Override
  public Conversation conversation(ConversationOptions conversationOptions) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String describe() {
    return "a script";
  }

  @Override
  public void close() {
    closings.incrementAndGet();
  }
}
