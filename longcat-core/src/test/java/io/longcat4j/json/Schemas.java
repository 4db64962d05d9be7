package io.longcat4j.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.spi.Cancellation;
import java.nio.charset.StandardCharsets;

/** What schemas written with single quotation marks accept and refuse. */
final class Schemas {
  private Schemas() {}

  static Network compile(String schema) {
    return SchemaCompiler.compile(schema, Cancellation.BY_INTERRUPTION);
  }

  /** Whether a text is a document of a schema. */
  static boolean accepts(Network network, String text) {
    Configurations automaton = new Configurations(network);
    int state = automaton.start();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      state = automaton.next(state, b & 0xff);
    }
    return automaton.isComplete(state);
  }

  static void assertAccepts(String schema, String... texts) {
    Network network = compile(quoted(schema));
    for (String text : texts) {
      assertThat(accepts(network, quoted(text)))
          .as("%s is a document of %s", text, schema)
          .isTrue();
    }
  }

  static void assertRefuses(String schema, String... texts) {
    Network network = compile(quoted(schema));
    for (String text : texts) {
      assertThat(accepts(network, quoted(text)))
          .as("%s is a document of %s", text, schema)
          .isFalse();
    }
  }

  static void assertNoSchema(String schema, String message) {
    assertThatThrownBy(() -> compile(quoted(schema)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(quoted(message));
  }

  static String quoted(String text) {
    return text.replace('\'', '"');
  }
}
