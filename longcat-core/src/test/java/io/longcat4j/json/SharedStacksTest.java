package io.longcat4j.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.prompt.SpecialTokens;
import io.longcat4j.spi.Cancellation;
import io.longcat4j.testing.TestData;
import io.longcat4j.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/** Alternatives that begin alike and nest in each other share what they have in common. */
@Tag("once")
class SharedStacksTest {
  private static final String SIDE =
      "{'type': 'object', 'properties': {'left': {'$ref': '#/$defs/e'}, 'op': {'const': '%s'},"
          + " 'right': {'$ref': '#/$defs/e'}}, 'required': ['left', 'op', 'right']}";

  private static final String TWO = recursive(SIDE.formatted("+") + "," + SIDE.formatted("-"));
  private static final String THREE =
      recursive(SIDE.formatted("+") + "," + SIDE.formatted("-") + "," + SIDE.formatted("*"));
  private static final String ARRAYS =
      recursive(
          "{'type': 'array', 'items': {'$ref': '#/$defs/e'}, 'maxItems': 4},"
              + "{'type': 'array', 'items': {'$ref': '#/$defs/e'}},"
              + "{'type': 'array', 'prefixItems': [{'$ref': '#/$defs/e'}], 'minItems': 2,"
              + " 'items': {'$ref': '#/$defs/f'}}");
  private static final String COPIES =
      "{'anyOf': [{'$ref': '#/$defs/a'}, {'$ref': '#/$defs/b'}, {'type': 'null'}], '$defs': {'a':"
          + " {'type': 'object', 'properties': {'x': {'anyOf': [{'$ref': '#/$defs/a'}, {'$ref':"
          + " '#/$defs/b'}, {'type': 'integer'}]}, 'p': {'const': 1}}, 'required': ['x']},'b':"
          + " {'type': 'object', 'properties': {'x': {'anyOf': [{'$ref': '#/$defs/b'}, {'$ref':"
          + " '#/$defs/a'}, {'type': 'integer'}]}, 'p': {'const': 2}}, 'required': ['x', 'p']}}}";

  private static String recursive(String alternatives) {
    return "{'$ref': '#/$defs/e', '$defs': {'e': {'anyOf': [{'type': 'integer'},"
        + alternatives
        + "]}, 'f': {'anyOf': [{'$ref': '#/$defs/e'}, {'type': 'null'}]}}}";
  }

  private static Network network(String schema) {
    return Schemas.compile(Schemas.quoted(schema));
  }

  private static void assertBounded(String schema, String open) {
    Tokenizer tokenizer = Tokenizer.open(TestData.bf16());
    TokenTrie trie =
        new Vocabulary(
                tokenizer,
                new Work(Cancellation.BY_INTERRUPTION),
                2,
                SpecialTokens.of(tokenizer).controlIds())
            .trie();
    Configurations automaton = new Configurations(network(schema));
    int state = automaton.start();
    long usual = 0;
    for (int depth = 1; depth <= 1000; depth++) {
      long before = automaton.steps();
      for (byte b : Schemas.quoted(open).getBytes(StandardCharsets.UTF_8)) {
        state = automaton.next(state, b & 0xff);
      }
      trie.collect(automaton, state, new long[tokenizer.idBound() / 64 + 1]);
      automaton.allowWork();
      long steps = automaton.steps() - before;
      usual = depth == 12 ? steps : usual;
      assertThat(state).isNotEqualTo(Configurations.DEAD);
      assertThat(depth < 12 || steps <= 2 * usual)
          .as("%s steps at depth %s, %s at 12", steps, depth, usual)
          .isTrue();
    }
    assertThat(automaton.cells()).isLessThan(10_000_000);
  }

  @Example
  void theWorkForAMaskDoesNotGrowWithTheDepth() {
    assertBounded(TWO, "{'left': ");
    assertBounded(THREE, "{'left': ");
    assertBounded(ARRAYS, "[");
    assertBounded(COPIES, "{'x': ");
  }

  @Property(tries = 120)
  void sharedStacksAcceptWhatSeparateOnesDo(@ForAll long schemaSeed, @ForAll long seed) {
    String[] hard = {TWO, THREE, ARRAYS, COPIES};
    Random random = new Random(seed);
    String schema =
        random.nextBoolean()
            ? hard[random.nextInt(hard.length)]
            : RandomSchemas.schema(schemaSeed).toString();
    Network network = network(schema);
    Configurations automaton = new Configurations(network);
    NaiveConfigurations naive = NaiveConfigurations.start(network);
    int state = automaton.start();
    for (int step = 0; step < 60 && !naive.isDead(); step++) {
      int chosen = -1;
      int ways = 0;
      for (int b = 0; b < 256; b++) {
        boolean dead = naive.next(b).isDead();
        assertThat(automaton.next(state, b) == Configurations.DEAD)
            .as("byte %s", b)
            .isEqualTo(dead);
        if (!dead && random.nextInt(++ways) == 0) {
          chosen = b;
        }
      }
      assertThat(automaton.isComplete(state)).isEqualTo(naive.isComplete());
      if (chosen < 0) {
        return;
      }
      naive = naive.next(chosen);
      state = automaton.next(state, chosen);
      if (random.nextInt(5) == 0) {
        automaton = automaton.withOnly(state);
        state = automaton.last();
      }
    }
  }

  @Example
  void aStepThatWouldHoldUpOthersEndsItsRequest() {
    String lengths =
        LargeSchemasTest.listed(100, i -> "{'type': 'string', 'maxLength': " + (300 + i) + "}");
    Network network = network("{'anyOf': " + lengths + "}");
    Configurations patient = new Configurations(network, /* maxSteps= */ 20_000);
    int state = patient.next(patient.start(), '"');
    for (int i = 0; i < 290; i++) {
      patient.allowWork();
      state = patient.next(state, 'a');
    }
    assertThat(state).isNotEqualTo(Configurations.DEAD);
    assertThatThrownBy(
            () -> {
              Configurations hasty = new Configurations(network, /* maxSteps= */ 20_000);
              int at = hasty.next(hasty.start(), '"');
              for (int i = 0; i < 290; i++) {
                at = hasty.next(at, 'a');
              }
            })
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("would hold up other requests; lower the number of its anyOf");
  }
}
