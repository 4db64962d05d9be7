package io.longcat4j.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.longcat4j.InvalidRequestException;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;

/** Reads the text of a schema. */
final class SchemaText {
  static final int MAX_CHARACTERS = 4 << 20;
  static final int MAX_DEPTH = 1000;
  static final int MAX_NUMBER_CHARACTERS = 1000;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(MAX_NUMBER_CHARACTERS)
                          .maxNameLength(MAX_CHARACTERS)
                          .maxStringLength(MAX_CHARACTERS)
                          .build())
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .build();

  private SchemaText() {}

  static JsonNode read(String schema, Work work) {
    if (schema.length() > MAX_CHARACTERS) {
      throw new InvalidRequestException(
          "The JSON schema has "
              + schema.length()
              + " characters; at most "
              + MAX_CHARACTERS
              + " are supported, make it smaller");
    }
    try {
      JsonNode root = JSON.readTree(new AskingReader(schema, work));
      if (root == null || root.isMissingNode()) {
        throw new InvalidRequestException("The JSON schema is empty; pass an object or true");
      }
      return root;
    } catch (StreamConstraintsException e) {
      throw new InvalidRequestException(
          "The JSON schema has brackets in more than "
              + MAX_DEPTH
              + " brackets or a number of more than "
              + MAX_NUMBER_CHARACTERS
              + " characters; make it flatter with $ref and $defs, or the number shorter",
          e);
    } catch (JsonProcessingException e) {
      throw new InvalidRequestException(
          "The JSON schema is no JSON: " + e.getOriginalMessage() + "; correct it", e);
    } catch (NumberFormatException e) {
      throw new InvalidRequestException(
          "The JSON schema has a number whose exponent is out of range: "
              + e.getMessage()
              + "; write a smaller one",
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asks with each piece whether the rest is still wanted. */
  private static final class AskingReader extends Reader {
    private final StringReader text;
    private final Work work;

    AskingReader(String text, Work work) {
      this.text = new StringReader(text);
      this.work = work;
    }

    @Override
    public int read(char[] target, int offset, int length) throws IOException {
      work.check();
      return text.read(target, offset, Math.min(length, 1 << 14));
    }

    @Override
    public void close() {
      text.close();
    }
  }
}
