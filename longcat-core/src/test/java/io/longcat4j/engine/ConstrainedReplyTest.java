package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.longcat4j.FinishReason;
import io.longcat4j.Generation;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import io.longcat4j.TokenLogprobs;
import io.longcat4j.Tool;
import io.longcat4j.testing.TestData;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Schemas, log-probabilities, biases and tools on a checkpoint of random weights. */
class ConstrainedReplyTest {
  private static final Prompt QUESTION = Prompt.user("Describe Beijing.");
  private static final String SCHEMA =
      """
      {"type": "object",
       "properties": {
         "city": {"type": "string", "maxLength": 20},
         "country": {"enum": ["China", "\u4e2d\u56fd"]},
         "founded": {"type": ["integer", "null"]},
         "sights": {"type": "array", "items": {"$ref": "#/$defs/sight"}, "minItems": 1, "maxItems": 3}},
       "required": ["city", "country", "sights"],
       "additionalProperties": false,
       "$defs": {"sight": {"oneOf": [
         {"type": "string", "minLength": 1, "maxLength": 12},
         {"type": "object", "properties": {"open": {"type": "boolean"}}, "required": ["open"]}]}}}
      """;

  private static LongCat longcat;

  @BeforeAll
  static void load() {
    longcat = LongCat.builder().model(TestData.bf16()).build();
  }

  @AfterAll
  static void close() {
    longcat.close();
  }

  private static JsonNode parse(Reply reply) throws JsonProcessingException {
    return new JsonMapper().readTree(reply.text());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void aReplySatisfiesItsSchema(long seed) throws JsonProcessingException {
    Generation generation =
        Generation.builder().topK(0).seed(seed).maxNewTokens(2000).jsonSchema(SCHEMA).build();
    Reply reply = longcat.generate(QUESTION, generation);
    assertThat(reply.finishReason()).isEqualTo(FinishReason.END);
    assertThat(
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(SCHEMA)
                .validate(parse(reply)))
        .as(reply.text())
        .isEmpty();
    assertThat(longcat.generate(QUESTION, generation).text()).isEqualTo(reply.text());
  }

  @Test
  void greedyRepliesKeepToTheSchemaToo() throws JsonProcessingException {
    Generation generation =
        Generation.builder()
            .maxNewTokens(2000)
            .jsonSchema(
                "{\"type\": \"array\", \"items\": {\"type\": \"boolean\"}, \"minItems\": 5, \"maxItems\": 7}")
            .build();
    assertThat(parse(longcat.generate(QUESTION, generation)).size()).isBetween(5, 7);
  }

  @Test
  void aDocumentThatDoesNotFitEndsWithLength() {
    Reply reply =
        longcat.generate(QUESTION, Generation.builder().jsonSchema(SCHEMA).maxNewTokens(3).build());
    assertThat(reply.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(reply.textIds()).hasSize(3);
  }

  @Test
  void anUnsupportedKeywordIsRefusedWithItsPlace() {
    Generation generation =
        Generation.builder()
            .jsonSchema("{\"properties\": {\"n\": {\"type\": \"number\", \"multipleOf\": 2}}}")
            .build();
    assertThatThrownBy(() -> longcat.generate(QUESTION, generation))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("multipleOf at #/properties/n");
  }

  @Test
  void logProbabilitiesComeWithEachToken() {
    Generation generation =
        Generation.builder().maxNewTokens(6).ignoreEos(true).topLogprobs(3).build();
    Reply reply = longcat.generate(QUESTION, generation);
    assertThat(reply.logprobs()).hasSameSizeAs(reply.textIds());
    for (int i = 0; i < reply.textIds().size(); i++) {
      TokenLogprobs step = reply.logprobs().get(i);
      assertThat(step.chosen().id()).isEqualTo(reply.textIds().get(i));
      assertThat(step.top()).hasSize(3).first().isEqualTo(step.chosen());
      assertThat(step.top())
          .extracting(TokenLogprobs.Token::logprob)
          .isSortedAccordingTo((a, b) -> Double.compare(b, a))
          .allSatisfy(logprob -> assertThat(logprob).isNegative());
    }
    assertThat(longcat.generate(QUESTION, Generation.text()).logprobs()).isEmpty();
  }

  @Test
  void aBiasForcesATokenWithoutChangingItsLogProbability() {
    Generation plain = Generation.builder().maxNewTokens(1).topLogprobs(20).build();
    TokenLogprobs.Token tenth = longcat.generate(QUESTION, plain).logprobs().get(0).top().get(9);
    Generation biased = plain.toBuilder().logitBias(Map.of(tenth.id(), 100f)).build();
    Reply reply = longcat.generate(QUESTION, biased);
    assertThat(reply.textIds()).containsExactly(tenth.id());
    assertThat(reply.logprobs().get(0).chosen().logprob()).isCloseTo(tenth.logprob(), within(1e-9));
    assertThatThrownBy(
            () ->
                longcat.generate(
                    QUESTION, Generation.builder().logitBias(Map.of(10_000_000, 1f)).build()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("logitBias names id 10000000");
  }

  @Test
  void toolsAreReadAndNoiseIsNoCall() {
    Prompt prompt =
        Prompt.builder().tools(Tool.of("time", "Tells the time.")).user("When?").build();
    Generation generation = Generation.builder().maxNewTokens(4).ignoreEos(true).build();
    Reply reply = longcat.generate(prompt, generation);
    Reply without = longcat.generate(Prompt.user("When?"), generation);
    assertThat(reply.statistics().promptTokens())
        .isGreaterThan(without.statistics().promptTokens() + 50);
    assertThat(reply.toolCalls()).isEmpty();
  }
}
