package io.longcat4j.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.longcat4j.CheckpointException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a {@code tokenizer.json} that encoding and decoding need. The large ones are
 * streamed; truncation, padding and the post-processor are passed over, because texts are encoded
 * without the special tokens that it would add.
 */
final class TokenizerFile {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private final Path file;
  private final ObjectMapper mapper = new ObjectMapper(FACTORY);
  private final List<AddedToken> addedTokens = new ArrayList<>();
  private JsonNode normalizer = MissingNode.getInstance();
  private JsonNode preTokenizer = MissingNode.getInstance();
  private JsonNode decoder = MissingNode.getInstance();
  private @Nullable BpeModel model;

  private TokenizerFile(Path file) {
    this.file = file;
  }

  static TokenizerFile read(Path file) {
    if (!JsonInput.exists(file)) {
      throw new CheckpointException(
          file + " does not exist; a checkpoint needs the tokenizer.json it was published with");
    }
    TokenizerFile result = new TokenizerFile(file);
    try (InputStream in = JsonInput.open(file);
        JsonParser parser = result.mapper.createParser(in)) {
      result.root(parser);
    } catch (JsonProcessingException e) {
      throw new CheckpointException(
          file
              + " is truncated or not valid JSON ("
              + e.getOriginalMessage()
              + (e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr())
              + "); copy it again",
          e);
    } catch (IOException e) {
      throw JsonInput.unreadable(file, e);
    }
    return result;
  }

  List<AddedToken> addedTokens() {
    return addedTokens;
  }

  BpeModel model() {
    if (model == null) {
      throw section("model").invalid("it is missing");
    }
    return model;
  }

  TextRewrite normalizer() {
    return new NormalizerReader(section("normalizer")).read(normalizer);
  }

  TextCut preTokenizer() {
    return new PreTokenizerReader(section("pre_tokenizer")).read(preTokenizer);
  }

  /** Decoding is byte-level and nothing else. */
  void checkDecoder() {
    TokenizerSection section = section("decoder");
    List<String> types = new ArrayList<>();
    collectDecoders(decoder, section, types);
    if (types.stream().filter("ByteLevel"::equals).count() != 1) {
      throw section.invalid("one ByteLevel decoder is expected, but found are " + types);
    }
  }

  private static void collectDecoders(JsonNode node, TokenizerSection section, List<String> types) {
    if (node.isNull() || node.isMissingNode()) {
      return;
    }
    String type = section.type(node);
    switch (type) {
      case "Sequence" ->
          section.array(node, "decoders").forEach(each -> collectDecoders(each, section, types));
      case "ByteLevel", "Fuse" -> types.add(type);
      default -> throw section.unsupported(type, "ByteLevel, Fuse, Sequence");
    }
  }

  private void root(JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw section("root").invalid("an object is expected");
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      parser.nextToken();
      switch (key) {
        case "added_tokens" -> addedTokens(mapper.readTree(parser));
        case "normalizer" -> normalizer = mapper.readTree(parser);
        case "pre_tokenizer" -> preTokenizer = mapper.readTree(parser);
        case "decoder" -> decoder = mapper.readTree(parser);
        case "model" -> model = new BpeModelReader(section("model"), parser).read();
        default -> parser.skipChildren();
      }
    }
  }

  private void addedTokens(JsonNode nodes) {
    TokenizerSection section = section("added_tokens");
    for (JsonNode node : nodes) {
      addedTokens.add(AddedTokenReader.read(section, node, section.id(node, "id")));
    }
  }

  private TokenizerSection section(String name) {
    return new TokenizerSection(file, name);
  }
}
