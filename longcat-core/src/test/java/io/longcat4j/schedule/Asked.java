package io.longcat4j.schedule;

import io.longcat4j.Generation;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.checkpoint.EndOfText;
import io.longcat4j.decode.Decoding;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.decode.RunningSequence;
import io.longcat4j.decode.Sampler;
import io.longcat4j.decode.SpeechDecoding;
import io.longcat4j.decode.SpeechStep;
import io.longcat4j.decode.TextDecoding;
import io.longcat4j.decode.TokenConstraint;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.SpeechHeads;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Something to ask for, as often as wanted.
 *
 * @param prompt what to feed
 * @param speech whether to speak
 * @param limit upper bound of the steps
 * @param style seed of the options of text; 0 for none
 */
record Asked(PromptRows prompt, boolean speech, int limit, long style) {
  private static final int PAUSE = 137;

  Asked(PromptRows prompt, boolean speech, int limit) {
    this(prompt, speech, limit, 0);
  }

  /** Prompts share beginnings; some hold rows of an encoder. */
  static Asked random(Random random, LanguageModel model) {
    int[] ids = new Random(random.nextInt(3)).ints(90, 5, 600).toArray();
    int length = 1 + random.nextInt(80);
    int[] own = random.ints(length, 5, 600).toArray();
    System.arraycopy(ids, 0, own, 0, random.nextInt(length + 1));
    int hidden = model.config().hiddenSize();
    PromptRows.Builder rows = PromptRows.builder(own, hidden);
    if (length > 4 && random.nextBoolean()) {
      float[] values = new float[3 * hidden];
      Random picture = new Random(random.nextInt(2));
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) picture.nextGaussian();
      }
      rows.splice(random.nextInt(length - 3), 3, values, 0);
    }
    long style = random.nextInt(3) == 0 ? 0 : random.nextLong();
    return new Asked(rows.build(), random.nextInt(3) == 0, 1 + random.nextInt(14), style);
  }

  Decoding decoding() {
    if (speech) {
      Sampler sampler = new Sampler(Generation.text());
      return new SpeechDecoding(sampler, id -> false, EndOfText.of(2), PAUSE, 4, limit);
    }
    Random random = new Random(style);
    Generation generation = style == 0 ? Generation.text() : sampled(random);
    TokenConstraint constraint =
        style == 0 || random.nextBoolean() ? TokenConstraint.NONE : new Alternating();
    int stop = style == 0 ? -1 : random.nextInt(640);
    Sampler sampler = new Sampler(generation, constraint);
    return new TextDecoding(sampler, id -> id == stop, EndOfText.of(2, 77), limit);
  }

  private static Generation sampled(Random random) {
    return Generation.builder()
        .seed(random.nextLong())
        .temperature(0.2 + random.nextDouble())
        .topK(List.of(0, 1, 3, 50).get(random.nextInt(4)))
        .topP(0.5 + 0.5 * random.nextDouble())
        .minP(0.1 * random.nextDouble())
        .repetitionPenalty(1 + 0.3 * random.nextDouble())
        .presencePenalty(random.nextDouble())
        .frequencyPenalty(random.nextDouble())
        .logitBias(Map.of(random.nextInt(640), 3 * random.nextFloat()))
        .topLogprobs(random.nextInt(3))
        .build();
  }

  /** Rules out every fifth id, others after each choice. */
  private static final class Alternating implements TokenConstraint {
    private int accepted;

    @Override
    public void mask(float[] logits) {
      for (int id = accepted % 5; id < logits.length; id += 5) {
        logits[id] = Float.NEGATIVE_INFINITY;
      }
    }

    @Override
    public void accept(int id) {
      accepted += 1 + id % 2;
    }
  }

  /** What the steps choose where nothing else runs and nothing is cached. */
  List<List<Integer>> alone(LanguageModel model, SpeechHeads heads, AttentionPolicy policy) {
    List<List<Integer>> chosen = new ArrayList<>();
    Decoding decoding = decoding();
    try (RunningSequence sequence =
        new RunningSequence(model, heads, prompt, prompt.rows() + limit, policy)) {
      sequence.prefill();
      sequence.generate(decoding, () -> chosen.add(last(decoding)));
    }
    return chosen;
  }

  static List<Integer> last(Decoding decoding) {
    return decoding instanceof SpeechDecoding speech
        ? ids(speech.lastStep())
        : List.of(((TextDecoding) decoding).lastId());
  }

  static List<Integer> ids(SpeechStep step) {
    return IntStream.concat(
            IntStream.of(step.textId()), step.audioIds().stream().mapToInt(Integer::intValue))
        .boxed()
        .toList();
  }
}
