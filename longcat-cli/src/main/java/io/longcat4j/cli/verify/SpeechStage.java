package io.longcat4j.cli.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.longcat4j.FinishReason;
import io.longcat4j.Generation;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.checkpoint.EndOfText;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.decode.CodecFrames;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.decode.RunningSequence;
import io.longcat4j.decode.Sampler;
import io.longcat4j.decode.SpeechDecoding;
import io.longcat4j.decode.SpeechStep;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.SpeechHeads;
import io.longcat4j.prompt.SpecialTokens;
import io.longcat4j.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/** A whole generation of text and speech: states, ids, frames ({@code speech_generation}). */
final class SpeechStage implements Stage {
  private static final String PREFIX = "speech_generation.";
  private static final String TEXT_LOGITS = "speech.first_text_logits";
  private static final String AUDIO_LOGITS = "speech.first_audio_logits_unpenalised";

  /** How the golden folder writes that a step had no text, and that an audio id was dropped. */
  private static final int NO_TEXT = -5_000_000;

  private static final int DROPPED = -1_000_013;

  private final SharedModel model;

  SpeechStage(SharedModel model) {
    this.model = model;
  }

  @Override
  public String name() {
    return "text and speech";
  }

  @Override
  public boolean covers(String entry) {
    boolean generation = entry.startsWith(PREFIX) && !entry.endsWith(".wave_samples");
    return generation || entry.equals(TEXT_LOGITS) || entry.equals(AUDIO_LOGITS);
  }

  @Override
  public void run(Comparison comparison) {
    comparison.inputValue(PREFIX + "prompt");
    int[] prompt =
        StreamSupport.stream(comparison.inputValue(PREFIX + "prompt_ids").spliterator(), false)
            .mapToInt(JsonNode::asInt)
            .toArray();
    boolean finished = comparison.golden().value(PREFIX + "finished").asBoolean();
    int steps = comparison.golden().value(PREFIX + "text_ids").size();
    int limit = finished ? 2 * steps : steps;
    LoadedModel loaded = model.get();
    LanguageModel model = loaded.model();
    SpeechHeads heads = loaded.speechHeads();
    try (RunningSequence sequence =
        new RunningSequence(
            model, heads, PromptRows.of(prompt), prompt.length + limit, AttentionPolicy.dense())) {
      sequence.prefill();
      compareFirstLogits(sequence, model.config(), comparison);
      EndOfText end = loaded.endOfText();
      compare(generate(sequence, model.config(), end, limit), end, comparison);
    }
  }

  private Outcome generate(RunningSequence sequence, ModelConfig config, EndOfText end, int limit) {
    SpecialTokens special = SpecialTokens.of(Tokenizer.open(model.checkpoint()));
    SpeechDecoding decoding =
        new SpeechDecoding(
            new Sampler(Generation.text()),
            id -> false,
            end,
            special.pause(),
            config.audioHeadNum(),
            limit);
    List<SpeechStep> steps = new ArrayList<>();
    FinishReason reason = sequence.generate(decoding, () -> steps.add(decoding.lastStep()));
    return new Outcome(steps, reason);
  }

  private record Outcome(List<SpeechStep> steps, FinishReason finishReason) {}

  private static void compareFirstLogits(
      RunningSequence sequence, ModelConfig config, Comparison comparison) {
    float[] text = new float[config.vocabSize()];
    sequence.textLogits(text);
    comparison.logits(TEXT_LOGITS, text, text.length);
    int vocab = config.audioVocabSize();
    float[] audio = new float[config.audioHeadNum() * vocab];
    float[] row = new float[vocab];
    int previous = SpeechStep.NONE;
    for (int head = 0; head < config.audioHeadNum(); head++) {
      sequence.audioLogits(head, previous, row);
      System.arraycopy(row, 0, audio, head * vocab, vocab);
      previous = Logits.largest(row);
    }
    comparison.logits(AUDIO_LOGITS, audio, vocab);
  }

  private static void compare(Outcome outcome, EndOfText end, Comparison comparison) {
    List<SpeechStep> steps = outcome.steps();
    List<List<Integer>> frames = CodecFrames.of(steps).raw();
    value(comparison, "text_ids", steps, step -> text(step, NO_TEXT));
    value(comparison, "output_ids", steps, step -> text(step, end.ids()[0]));
    value(comparison, "audio_codes", steps, step -> ids(step.audioIds()));
    value(
        comparison,
        "states",
        steps,
        step ->
            JsonNodeFactory.instance.textNode(step.speaking() ? "ST1_AUDIO" : "ST0_AUDIO_TEXT"));
    value(comparison, "shifted_codes", frames, SpeechStage::ids);
    comparison.choice(
        PREFIX + "finished", BooleanNode.valueOf(outcome.finishReason() == FinishReason.END));
    int least = frames.stream().flatMap(List::stream).mapToInt(Integer::intValue).min().orElse(0);
    if (comparison.golden().has(PREFIX + "min_code")) {
      comparison.choice(PREFIX + "min_code", IntNode.valueOf(least));
    }
  }

  private static <T> void value(
      Comparison comparison, String entry, List<T> items, Function<T, JsonNode> node) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    items.forEach(item -> array.add(node.apply(item)));
    comparison.choice(PREFIX + entry, array);
  }

  private static JsonNode text(SpeechStep step, int none) {
    return IntNode.valueOf(step.textId() == SpeechStep.NONE ? none : step.textId());
  }

  private static JsonNode ids(List<Integer> ids) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    ids.forEach(id -> array.add(id == SpeechStep.NONE ? DROPPED : id));
    return array;
  }

  @Override
  public void close() {
    model.close();
  }
}
