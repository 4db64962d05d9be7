package io.longcat4j.langchain4j;

import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import io.longcat4j.Generation;
import io.longcat4j.LongCat;
import io.longcat4j.LongCatException;
import io.longcat4j.Prompt;
import io.longcat4j.Tool;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Requests of langchain4j as those of a LongCat. Thread-safe.
 *
 * @param longcat answers
 * @param modelName what the model is called
 * @param parts reads contents
 */
record Requests(LongCat longcat, String modelName, Parts parts) {

  /** Refuses what this model does not have. */
  void check(ChatRequestParameters parameters) {
    String name = parameters.modelName();
    if (name != null && !name.equals(modelName)) {
      throw new UnsupportedFeatureException(
          "The modelName '"
              + name
              + "' is not supported: this model is '"
              + modelName
              + "', and another one needs a LongCat of its own");
    }
  }

  Turn turn(ChatRequest request) {
    ChatRequestParameters parameters = request.parameters();
    check(parameters);
    try {
      List<Tool> tools =
          parameters.toolChoice() == ToolChoice.NONE
              ? List.of()
              : parameters.toolSpecifications().stream().map(Schemas::tool).toList();
      Generation generation = generation(parameters);
      Prompt prompt = new Prompt(Prompts.read(request.messages(), parts), tools);
      Optional<String> schema = schema(parameters.responseFormat());
      if (parameters.toolChoice() == ToolChoice.REQUIRED) {
        return Turn.calling(longcat, prompt, with(generation, required(tools)));
      }
      if (schema.isEmpty()) {
        return Turn.free(longcat, prompt, generation);
      }
      Generation bound = with(generation, schema.get());
      return tools.isEmpty()
          ? Turn.free(longcat, prompt, bound)
          : Turn.callingOrBound(longcat, prompt, generation, bound);
    } catch (LongCatException e) {
      throw Errors.of(e);
    }
  }

  private static String required(List<Tool> tools) {
    if (tools.isEmpty()) {
      throw new UnsupportedFeatureException(
          "ToolChoice.REQUIRED without tools is not supported; give the request a tool");
    }
    return Schemas.callOfOneOf(tools);
  }

  private static Generation with(Generation generation, String schema) {
    return generation.toBuilder().jsonSchema(schema).build();
  }

  private static Optional<String> schema(@Nullable ResponseFormat format) {
    if (format == null || format.type() == ResponseFormatType.TEXT) {
      return Optional.empty();
    }
    return Optional.of(
        format.jsonSchema() == null
            ? "{\"type\":\"object\"}"
            : Schemas.json(format.jsonSchema().rootElement()));
  }

  static Generation generation(ChatRequestParameters parameters) {
    Generation.Builder builder = Generation.builder();
    readSampling(parameters, builder);
    if (parameters.maxOutputTokens() != null) {
      builder.maxNewTokens(parameters.maxOutputTokens());
    }
    builder.stop(parameters.stopSequences().toArray(new String[0]));
    if (parameters.presencePenalty() != null) {
      builder.presencePenalty(parameters.presencePenalty());
    }
    if (parameters.frequencyPenalty() != null) {
      builder.frequencyPenalty(parameters.frequencyPenalty());
    }
    if (parameters instanceof LongCatChatRequestParameters own) {
      readOwn(own, builder);
    }
    return builder.build();
  }

  private static void readSampling(ChatRequestParameters parameters, Generation.Builder builder) {
    Double temperature = parameters.temperature();
    Double topP = parameters.topP();
    boolean sampled = temperature == null ? topP != null : temperature > 0;
    if (sampled) {
      builder.topK(parameters.topK() == null ? 0 : parameters.topK());
      if (temperature != null) {
        builder.temperature(temperature);
      }
      if (topP != null) {
        builder.topP(topP);
      }
    } else if (temperature == null && parameters.topK() != null) {
      builder.topK(parameters.topK());
    }
  }

  private static void readOwn(LongCatChatRequestParameters own, Generation.Builder builder) {
    if (own.speech() != null) {
      builder.speech(own.speech());
    }
    if (own.seed() != null) {
      builder.seed(own.seed());
    }
    if (own.minP() != null) {
      builder.minP(own.minP());
    }
    if (own.repetitionPenalty() != null) {
      builder.repetitionPenalty(own.repetitionPenalty());
    }
    if (own.topLogprobs() != null) {
      builder.topLogprobs(own.topLogprobs());
    }
    if (own.priority() != null) {
      builder.priority(own.priority());
    }
    if (own.timeout() != null) {
      builder.timeout(own.timeout());
    }
  }
}
