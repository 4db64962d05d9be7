package io.longcat4j.engine;

import io.longcat4j.Generation;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Prompt;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.decode.Sampler;
import io.longcat4j.decode.TokenConstraint;
import io.longcat4j.modality.Embeddings;
import io.longcat4j.prompt.EncodedPrompt;
import io.longcat4j.prompt.MediaLayout;
import io.longcat4j.spi.Cancellation;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes requests ready for the model: media encoded, text tokenised, sizes checked. */
final class Requests {
  private final LoadedCheckpoint loaded;
  private final MediaEncoding encoding;

  Requests(LoadedCheckpoint loaded) {
    this.loaded = loaded;
    this.encoding = new MediaEncoding(loaded.modalities());
  }

  PreparedRequest prepare(Prompt prompt, Generation generation, Cancellation wanted) {
    TokenConstraint constraint = check(generation, wanted);
    long start = System.nanoTime();
    List<EncodedMedia> media = encode(prompt, generation.isStrict(), wanted);
    Duration encode = Duration.ofNanos(System.nanoTime() - start);
    List<MediaLayout> layouts = media.stream().map(EncodedMedia::layout).toList();
    EncodedPrompt text = loaded.prompts().encode(prompt, layouts, generation.isSpeech());
    List<String> warnings = media.stream().flatMap(m -> m.warnings().stream()).toList();
    return sized(
        rows(text, media), generation, constraint, !prompt.tools().isEmpty(), warnings, encode);
  }

  /** A request whose rows are known. */
  PreparedRequest prepare(
      PromptRows rows,
      Generation generation,
      boolean tools,
      List<String> warnings,
      Duration encode,
      Cancellation wanted) {
    return sized(rows, generation, check(generation, wanted), tools, warnings, encode);
  }

  /** What can be refused before anything is computed. */
  private TokenConstraint check(Generation generation, Cancellation wanted) {
    if (generation.isSpeech()) {
      loaded.modalities().voice();
    }
    Sampler.check(generation, loaded.config().vocabSize());
    return generation
        .jsonSchema()
        .map(schema -> loaded.json().begin(schema, wanted))
        .orElse(TokenConstraint.NONE);
  }

  private PreparedRequest sized(
      PromptRows rows,
      Generation generation,
      TokenConstraint constraint,
      boolean tools,
      List<String> warnings,
      Duration encode) {
    int room = requireRoom(rows.rows());
    return new PreparedRequest(
        rows,
        generation,
        constraint,
        tools,
        Math.min(generation.maxNewTokens(), room),
        warnings,
        encode);
  }

  /** The media of a prompt, in order. */
  List<EncodedMedia> encode(Prompt prompt, boolean strict, Cancellation wanted) {
    return encoding.encode(prompt, strict, wanted);
  }

  /** Positions that are left for the reply, at least one. */
  int requireRoom(int promptTokens) {
    int context = loaded.contextLength();
    if (promptTokens >= context) {
      throw new InvalidRequestException(
          "The prompt takes "
              + promptTokens
              + " positions, but the context holds "
              + context
              + " and the reply needs at least one; shorten the prompt, send fewer pictures or"
              + " frames, or raise contextLength or cacheBytes");
    }
    return context - promptTokens;
  }

  /** The rows of text alone. */
  PromptRows rows(EncodedPrompt text) {
    requireEmbeddings(text.ids());
    return PromptRows.of(text.ids());
  }

  /** The rows of text with media, whose placeholders they take. */
  PromptRows rows(EncodedPrompt text, List<EncodedMedia> media) {
    requireEmbeddings(text.ids());
    PromptRows.Builder builder = PromptRows.builder(text.ids(), loaded.config().hiddenSize());
    for (int i = 0; i < media.size(); i++) {
      EncodedPrompt.Placement placement = text.media().get(i);
      splice(builder, placement.image(), media.get(i).images());
      splice(builder, placement.audio(), media.get(i).sounds());
    }
    return builder.build();
  }

  /** One request with an id beyond the table would end the pass of all. */
  private void requireEmbeddings(int[] ids) {
    int known = loaded.config().vocabSize();
    for (int id : ids) {
      if (id >= known) {
        throw new InvalidRequestException(
            "The text of the prompt has a token with the id "
                + id
                + " in tokenizer.json, but the model has embeddings for the first "
                + known
                + " alone; leave out the text that makes it, or use the tokenizer.json published"
                + " with the checkpoint");
      }
    }
  }

  private static void splice(
      PromptRows.Builder builder, List<EncodedPrompt.Run> runs, @Nullable Embeddings rows) {
    int placeholders = runs.stream().mapToInt(EncodedPrompt.Run::length).sum();
    int available = rows == null ? 0 : rows.rows();
    if (placeholders != available) {
      throw new IllegalStateException(
          available + " encoder rows do not fit " + placeholders + " placeholders");
    }
    int row = 0;
    for (EncodedPrompt.Run run : runs) {
      builder.splice(run.start(), run.length(), Objects.requireNonNull(rows).values(), row);
      row += run.length();
    }
  }
}
