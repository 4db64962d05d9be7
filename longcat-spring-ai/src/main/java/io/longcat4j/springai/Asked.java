package io.longcat4j.springai;

import io.longcat4j.Event;
import io.longcat4j.Generation;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import io.longcat4j.Tool;
import io.longcat4j.ToolCall;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.tool.definition.ToolDefinition;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;

/**
 * A request of a LongCat.
 *
 * <p>A reply that is bound to a schema cannot call tools. Where both are wanted the model answers
 * freely first: if it calls, that is the reply, else it is asked once more, bound. What it had
 * computed of the prompt is found again.
 *
 * @param prompt what is asked
 * @param generation how it is answered
 * @param bound how it is answered where the first answer is no call; null if the first one holds
 */
record Asked(Prompt prompt, Generation generation, @Nullable Generation bound) {

  static Asked read(
      org.springframework.ai.chat.prompt.Prompt asked, LongCatChatOptions options, Parts parts) {
    List<Tool> tools =
        options.getToolCallbacks() == null
            ? List.of()
            : options.getToolCallbacks().stream()
                .map(callback -> tool(callback.getToolDefinition()))
                .toList();
    Prompt prompt = new Prompt(Prompts.read(asked.getInstructions(), parts), tools);
    Generation free = generation(options);
    String schema = options.getOutputSchema();
    if (schema == null) {
      return new Asked(prompt, free, null);
    }
    Generation bound = free.toBuilder().jsonSchema(schema).build();
    return tools.isEmpty() ? new Asked(prompt, bound, null) : new Asked(prompt, free, bound);
  }

  private static Tool tool(ToolDefinition tool) {
    String description = Objects.requireNonNullElse(tool.description(), "");
    String schema = tool.inputSchema();
    return schema == null || schema.isBlank()
        ? Tool.of(tool.name(), description)
        : new Tool(tool.name(), description, schema);
  }

  private static Generation generation(LongCatChatOptions options) {
    Generation.Builder builder = Generation.builder();
    readSampling(options, builder);
    set(options.getMaxTokens(), builder::maxNewTokens);
    set(options.getPresencePenalty(), builder::presencePenalty);
    set(options.getFrequencyPenalty(), builder::frequencyPenalty);
    set(options.getStopSequences(), stops -> builder.stop(stops.toArray(new String[0])));
    set(options.getSpeech(), builder::speech);
    set(options.getSeed(), builder::seed);
    set(options.getMinP(), builder::minP);
    set(options.getRepetitionPenalty(), builder::repetitionPenalty);
    set(options.getTopLogprobs(), builder::topLogprobs);
    set(options.getPriority(), builder::priority);
    set(options.getTimeout(), builder::timeout);
    return builder.build();
  }

  private static <T> void set(@Nullable T value, java.util.function.Consumer<T> setter) {
    if (value != null) {
      setter.accept(value);
    }
  }

  private static void readSampling(LongCatChatOptions options, Generation.Builder builder) {
    Double temperature = options.getTemperature();
    Double topP = options.getTopP();
    boolean sampled = temperature == null ? topP != null : temperature > 0;
    if (sampled) {
      builder.topK(options.getTopK() == null ? 0 : options.getTopK());
      set(temperature, builder::temperature);
      set(topP, builder::topP);
    } else if (temperature == null) {
      set(options.getTopK(), builder::topK);
    }
  }

  /** The model's name as this adapter has it, or a refusal. */
  static void check(LongCatChatOptions options, String modelName) {
    if (options.getModel() != null && !options.getModel().equals(modelName)) {
      throw new InvalidRequestException(
          "The model '"
              + options.getModel()
              + "' is not supported: this one is '"
              + modelName
              + "', and another needs a LongCat of its own");
    }
  }

  Reply whole(LongCat longcat) {
    Reply first = longcat.generate(prompt, generation);
    return bound == null || !first.toolCalls().isEmpty() ? first : longcat.generate(prompt, bound);
  }

  Flux<Event> events(LongCat longcat, Executor executor) {
    Generation second = bound;
    if (second == null) {
      return events(longcat, executor, generation);
    }
    return events(longcat, executor, generation)
        .collectList()
        .flatMapMany(
            first ->
                first.stream().anyMatch(ToolCall.class::isInstance)
                    ? Flux.fromIterable(first)
                    : events(longcat, executor, second));
  }

  private Flux<Event> events(LongCat longcat, Executor executor, Generation how) {
    return Flux.defer(
        () -> JdkFlowAdapter.flowPublisherToFlux(longcat.stream(prompt, how).publisher(executor)));
  }
}
