package io.longcat4j.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.longcat4j.Generation;
import io.longcat4j.decode.Sampler;
import io.longcat4j.decode.TokenConstraint;
import io.longcat4j.prompt.ReplyText;
import io.longcat4j.prompt.SpecialTokens;
import io.longcat4j.spi.Cancellation;
import io.longcat4j.testing.TestData;
import io.longcat4j.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;

/** Whatever the logits, the reply is a document that the validator of another project passes. */
@Tag("once")
class JsonConstraintProperties {
  private static final int EOS = 2;
  private static final int BUDGET = 50_000;
  private static final Tokenizer TOKENIZER = Tokenizer.open(TestData.bf16());
  private static final int[] CONTROL = SpecialTokens.of(TOKENIZER).controlIds();
  private static final JsonConstraints CONSTRAINTS = new JsonConstraints(TOKENIZER, EOS, CONTROL);
  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .build();

  private static void fill(float[] logits, Random random) {
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) random.nextGaussian();
    }
  }

  private static String reply(String schema, Generation generation, long seed, int steps) {
    return reply(CONSTRAINTS.begin(schema, Cancellation.BY_INTERRUPTION), generation, seed, steps);
  }

  private static String reply(
      TokenConstraint constraint, Generation generation, long seed, int steps) {
    Sampler sampler = new Sampler(generation, constraint);
    ReplyText text = ReplyText.verbatim(TOKENIZER, EOS);
    StringBuilder reply = new StringBuilder();
    Random random = new Random(seed);
    float[] logits = new float[TOKENIZER.idBound() + 7];
    for (int step = 0; step < steps; step++) {
      fill(logits, random);
      int id = sampler.sample(logits);
      sampler.remember(id);
      reply.append(text.feed(id));
      if (id == EOS) {
        return reply.append(text.finish()).toString();
      }
    }
    throw new AssertionError("not complete after " + steps + " tokens: " + reply);
  }

  @Property(tries = 300)
  void randomLogitsWriteDocumentsThatSatisfyRandomSchemas(
      @ForAll long schemaSeed, @ForAll long seed, @ForAll @IntRange(min = 0, max = 2) int topK)
      throws IOException {
    ObjectNode schema = RandomSchemas.schema(schemaSeed);
    Generation generation = Generation.builder().topK(topK).temperature(0.7).seed(seed).build();
    String reply = reply(schema.toString(), generation, seed, BUDGET);
    JsonNode document = JSON.readTree(reply);
    Schema validator = REGISTRY.getSchema(schema);
    assertThat(validator.validate(document)).as("%s for %s", reply, schema).isEmpty();
  }

  @Property(tries = 30)
  void forgettingWhatIsKnownChangesNothing(@ForAll long schemaSeed, @ForAll long seed) {
    String schema = RandomSchemas.schema(schemaSeed).toString();
    TokenConstraint forgetful =
        new JsonConstraint(
            SchemaCompiler.compile(schema, Cancellation.BY_INTERRUPTION),
            new Vocabulary(TOKENIZER, new Work(Cancellation.BY_INTERRUPTION), EOS, CONTROL),
            /* keptCells= */ 1);
    Generation generation = Generation.builder().topK(2).seed(seed).build();
    assertThat(reply(forgetful, generation, seed, BUDGET))
        .isEqualTo(reply(schema, generation, seed, BUDGET));
  }

  @Property(tries = 30)
  void plainJsonIsJson(@ForAll long seed) throws IOException {
    String reply = reply("true", Generation.builder().topK(0).seed(seed).build(), seed, BUDGET);
    assertThat(JSON.readTree(reply)).isNotNull();
  }

  @Property(tries = 60)
  void theMaskAllowsExactlyTheTokensThatADocumentGoesOnWith(
      @ForAll long schemaSeed, @ForAll long seed, @ForAll @IntRange(min = 0, max = 40) int steps) {
    String schema = RandomSchemas.schema(schemaSeed).toString();
    TokenConstraint constraint = CONSTRAINTS.begin(schema, Cancellation.BY_INTERRUPTION);
    Configurations automaton =
        new Configurations(SchemaCompiler.compile(schema, Cancellation.BY_INTERRUPTION));
    int state = automaton.start();
    Random random = new Random(seed);
    float[] logits = new float[TOKENIZER.idBound()];
    for (int step = 0; ; step++) {
      fill(logits, random);
      constraint.mask(logits);
      int from = state;
      for (int id = 0; id < logits.length; id++) {
        assertThat(logits[id] > Float.NEGATIVE_INFINITY)
            .as("id %s", id)
            .isEqualTo(
                id == EOS
                    ? automaton.isComplete(from)
                    : isText(id) && follows(automaton, from, id));
      }
      int best = best(logits);
      if (step == steps || best == EOS) {
        return;
      }
      constraint.accept(best);
      for (byte b : TOKENIZER.bytesOf(best)) {
        state = automaton.next(state, b & 0xff);
      }
    }
  }

  private static boolean isText(int id) {
    return !TOKENIZER.isAdded(id)
        && IntStream.of(CONTROL).noneMatch(control -> control == id)
        && TOKENIZER.bytesOf(id).length > 0;
  }

  private static boolean follows(Configurations automaton, int from, int id) {
    int state = from;
    for (byte b : TOKENIZER.bytesOf(id)) {
      state = automaton.next(state, b & 0xff);
    }
    return state != Configurations.DEAD;
  }

  private static int best(float[] logits) {
    int best = 0;
    for (int id = 1; id < logits.length; id++) {
      if (logits[id] > logits[best]) {
        best = id;
      }
    }
    return best;
  }

  @Example
  void whatNoDocumentAllowsCannotBeForced() {
    TokenConstraint constraint =
        CONSTRAINTS.begin("{\"type\": \"null\"}", Cancellation.BY_INTERRUPTION);
    assertThatThrownBy(() -> constraint.accept(TOKENIZER.encode("x")[0]))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("document: x");
  }
}
