package io.longcat4j.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.decode.TokenConstraint;
import io.longcat4j.prompt.SpecialTokens;
import io.longcat4j.spi.Cancellation;
import io.longcat4j.testing.TestData;
import io.longcat4j.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Documents drawn through the masks of random schemas: none invalid, none that cannot go on. */
@Tag("once")
class RandomDocumentsTest {
  private static final boolean NIGHTLY = Boolean.getBoolean("longcat.nightly");
  private static final int SCHEMAS = NIGHTLY ? 4_000 : 80;
  private static final int DOCUMENTS = NIGHTLY ? 10 : 3;
  private static final int EOS = 2;
  private static final int LONG = 200;
  private static final int BUDGET = 20_000;
  private static final Tokenizer TOKENIZER = Tokenizer.open(TestData.bf16());
  private static final JsonConstraints CONSTRAINTS =
      new JsonConstraints(TOKENIZER, EOS, SpecialTokens.of(TOKENIZER).controlIds());
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .build();

  @ParameterizedTest
  @EnumSource(names = {"DRAFT_7", "DRAFT_2019_09", "DRAFT_2020_12"})
  void documentsOfRandomSchemasAreValid(SpecificationVersion draft) throws IOException {
    Random random = new Random(draft.getDialectId().length());
    int refused = 0;
    for (int i = 0; i < SCHEMAS; i++) {
      ObjectNode schema = schema(random.nextLong(), draft);
      try {
        for (int j = 0; j < DOCUMENTS; j++) {
          String document = document(schema.toString(), random);
          JsonNode read = JSON.readTree(document);
          assertThat(SchemaRegistry.withDefaultDialect(draft).getSchema(schema).validate(read))
              .as("%s for %s", document, schema)
              .isEmpty();
        }
      } catch (InvalidRequestException e) {
        assertThat(e).hasMessageContaining("No finite document");
        refused++;
      }
    }
    assertThat(refused).isLessThan(SCHEMAS / 5);
  }

  /** A random schema as a draft writes it. */
  private static ObjectNode schema(long seed, SpecificationVersion draft) throws IOException {
    String schema = RandomSchemas.schema(seed).put("$schema", draft.getDialectId()).toString();
    return (ObjectNode)
        JSON.readTree(
            draft == SpecificationVersion.DRAFT_2020_12
                ? schema
                : schema
                    .replace("\"items\":", "\"additionalItems\":")
                    .replace("\"prefixItems\":", "\"items\":"));
  }

  private static String document(String schema, Random random) {
    TokenConstraint constraint = CONSTRAINTS.begin(schema, Cancellation.BY_INTERRUPTION);
    ByteArrayOutputStream document = new ByteArrayOutputStream();
    float[] logits = new float[TOKENIZER.idBound()];
    for (int step = 0; step < BUDGET; step++) {
      for (int id = 0; id < logits.length; id++) {
        logits[id] = random.nextFloat() + (step > LONG ? closing(id) : 0);
      }
      constraint.mask(logits);
      int best = 0;
      for (int id = 1; id < logits.length; id++) {
        best = logits[id] > logits[best] ? id : best;
      }
      assertThat(logits[best]).isGreaterThan(Float.NEGATIVE_INFINITY);
      constraint.accept(best);
      if (best == EOS) {
        return document.toString(StandardCharsets.UTF_8);
      }
      document.writeBytes(TOKENIZER.bytesOf(best));
    }
    throw new AssertionError("not complete after " + BUDGET + " tokens of " + schema);
  }

  /** What makes it likely that a long document ends. */
  private static float closing(int id) {
    byte[] bytes = TOKENIZER.bytesOf(id);
    boolean closes = bytes.length > 0 && "]}\"".indexOf(bytes[0]) >= 0;
    return id == EOS ? 2 : closes ? 0.9f : 0;
  }
}
