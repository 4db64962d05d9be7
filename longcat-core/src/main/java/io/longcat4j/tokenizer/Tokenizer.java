package io.longcat4j.tokenizer;

import io.longcat4j.CheckpointException;
import io.longcat4j.InvalidRequestException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Text to token ids and back: byte-level BPE from a {@code tokenizer.json}, with the ids that
 * Hugging Face tokenizers gives.
 *
 * <p>Texts are encoded without the special tokens that a post-processor would put around them, and
 * decoded with special tokens kept and without any tidying of spaces. Lone surrogates are read as
 * U+FFFD. Character classes in patterns follow Unicode 16 on every JDK; Unicode normalisation,
 * where a file asks for it, follows the JDK's version.
 *
 * <p>Thread-safe.
 */
public final class Tokenizer {
  private final BpeModel model;
  private final TextRewrite normalizer;
  private final TextCut preTokenizer;
  private final Map<String, AddedToken> addedByContent;
  private final Map<Integer, byte[]> addedBytesById;
  private final Map<String, String> contentByRole;
  private final AddedTokenMatcher beforeNormalization;
  private final AddedTokenMatcher afterNormalization;

  private Tokenizer(TokenizerFile file, TokenizerConfig config) {
    model = file.model();
    normalizer = file.normalizer();
    preTokenizer = file.preTokenizer();
    contentByRole = config.contentByRole();
    addedByContent = new LinkedHashMap<>();
    file.addedTokens().forEach(this::add);
    config.added().forEach(this::add);
    config.special().forEach(this::addSpecial);
    addedBytesById = new HashMap<>();
    for (AddedToken token : addedByContent.values()) {
      addedBytesById.put(token.id(), ByteAlphabet.decode(searched(token)));
    }
    beforeNormalization = matcher(false, Set.of());
    afterNormalization = matcher(true, Set.of());
  }

  private Tokenizer(Tokenizer whole, Set<Integer> plain) {
    model = whole.model.neverWhole(plain);
    normalizer = whole.normalizer;
    preTokenizer = whole.preTokenizer;
    contentByRole = whole.contentByRole;
    addedByContent = whole.addedByContent;
    addedBytesById = whole.addedBytesById;
    beforeNormalization = matcher(false, plain);
    afterNormalization = matcher(true, plain);
  }

  /**
   * Reads a tokenizer.
   *
   * @param directory holds {@code tokenizer.json} and, where the checkpoint has one, {@code
   *     tokenizer_config.json}
   * @return the tokenizer
   * @throws io.longcat4j.CheckpointException if a file is missing, broken, or asks for something
   *     that byte-level BPE does not need
   */
  public static Tokenizer open(Path directory) {
    TokenizerFile file = TokenizerFile.read(directory.resolve("tokenizer.json"));
    file.checkDecoder();
    return new Tokenizer(file, TokenizerConfig.read(directory));
  }

  /**
   * Encodes a text; added tokens in it, special ones included, become their ids.
   *
   * @param text any characters
   * @return its ids
   * @throws io.longcat4j.InvalidRequestException if the checkpoint's pattern cannot cope with the
   *     text's length
   */
  public int[] encode(CharSequence text) {
    String given = wellFormed(text);
    Steps steps = Steps.forText(given);
    try {
      return encode(given, steps);
    } catch (Steps.Exhausted e) {
      throw new InvalidRequestException(
          "A text of "
              + text.length()
              + " characters takes the checkpoint's added tokens too many steps; pass it in shorter"
              + " parts",
          e);
    }
  }

  private int[] encode(String text, Steps steps) {
    IntList ids = new IntList();
    List<String> pieces = new ArrayList<>();
    AddedTokenMatcher.Sink normalized =
        sink(
            ids,
            piece -> {
              pieces.clear();
              preTokenizer.split(piece, steps, pieces);
              pieces.forEach(each -> model.encode(each, ids));
            });
    AddedTokenMatcher.Sink raw =
        sink(
            ids,
            piece -> afterNormalization.split(normalizer.apply(piece, steps), steps, normalized));
    beforeNormalization.split(text, steps, raw);
    return ids.toArray();
  }

  /**
   * The same tokenizer for text that is not trusted: special tokens written out in it are encoded
   * as the characters they consist of.
   *
   * @param controlIds ids that are treated likewise though the file does not call them special
   * @return a view that shares this tokenizer's data
   */
  public Tokenizer asPlainText(int... controlIds) {
    Set<Integer> plain = new HashSet<>();
    Arrays.stream(controlIds).forEach(plain::add);
    for (AddedToken token : addedByContent.values()) {
      if (token.special()) {
        plain.add(token.id());
      }
    }
    return new Tokenizer(this, plain);
  }

  /**
   * Decodes ids; special tokens are kept, ids that are in no token add nothing, and bytes that are
   * no UTF-8 become U+FFFD.
   *
   * @param ids of tokens
   * @return the text
   */
  public String decode(int... ids) {
    TextDecoder decoder = decoder();
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      text.append(decoder.feed(id));
    }
    return text.append(decoder.finish()).toString();
  }

  /**
   * Decodes ids as they arrive.
   *
   * @return a new decoder, for one thread at a time
   */
  public TextDecoder decoder() {
    return new TextDecoder(this);
  }

  /**
   * How many tokens there are, added ones included.
   *
   * @return the count; ids may leave gaps, so that it can be less than {@link #idBound()}
   */
  public int vocabSize() {
    Vocabulary vocabulary = model.vocabulary();
    long extra =
        addedByContent.keySet().stream()
            .filter(content -> vocabulary.idOf(content) == Vocabulary.ABSENT)
            .count();
    return vocabulary.size() + (int) extra;
  }

  /**
   * One more than the largest id: the rows an embedding must have.
   *
   * @return the bound
   */
  public int idBound() {
    int bound = model.vocabulary().idBound();
    for (AddedToken token : addedByContent.values()) {
      bound = Math.max(bound, token.id() + 1);
    }
    return bound;
  }

  /**
   * Looks a token up by its name in the vocabulary.
   *
   * @param token as the file writes it: {@code Ġthe} rather than a space and {@code the}
   * @return its id, or empty
   */
  public OptionalInt idOf(String token) {
    AddedToken added = addedByContent.get(token);
    int id = added == null ? model.vocabulary().idOf(token) : added.id();
    return id == Vocabulary.ABSENT ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /**
   * Looks up the token that {@code tokenizer_config.json} gives a role.
   *
   * @param role such as {@code eos_token} or {@code pad_token}
   * @return the token's content, or empty where none is given
   */
  public Optional<String> tokenOfRole(String role) {
    return Optional.ofNullable(contentByRole.get(role));
  }

  /**
   * The bytes a token stands for; several tokens together may be needed for one character.
   *
   * @param id of a token
   * @return a new array, empty for an id that is in no token
   */
  public byte[] bytesOf(int id) {
    byte[] added = addedBytesById.get(id);
    if (added != null) {
      return added.clone();
    }
    String token = model.vocabulary().tokenOf(id);
    return token == null ? new byte[0] : ByteAlphabet.decode(token);
  }

  /**
   * Whether a token is one of those that the files add to the vocabulary, special ones included.
   *
   * @param id of a token
   * @return false for a token of ordinary text
   */
  public boolean isAdded(int id) {
    return addedBytesById.containsKey(id);
  }

  private void add(AddedToken token) {
    if (!token.content().isEmpty()) {
      int known = model.vocabulary().idOf(token.content());
      addedByContent.put(
          token.content(), token.withId(known == Vocabulary.ABSENT ? token.id() : known));
    }
  }

  /** One that is known stays as it is; one that the vocabulary lacks gets the next id. */
  private void addSpecial(AddedToken token) {
    AddedToken known = addedByContent.get(token.content());
    if (known != null) {
      addedByContent.put(token.content(), known.special(known.normalized()));
    } else {
      add(token.withId(nextId()));
    }
  }

  /** As the tokenizers library gives it: after the added tokens, or after the vocabulary. */
  private int nextId() {
    int size = model.vocabulary().size();
    int last = addedByContent.values().stream().mapToInt(AddedToken::id).max().orElse(-1);
    int next = Math.max(size, Math.addExact(last, 1));
    int id = model.vocabulary().tokenOf(next) == null ? next : idBound();
    if (id == Integer.MAX_VALUE) {
      throw new CheckpointException(
          "tokenizer.json: the ids go up to 2147483646, so that no special token of"
              + " tokenizer_config.json can be added; use the files of one checkpoint");
    }
    return id;
  }

  private String searched(AddedToken token) {
    if (!token.normalized()) {
      return token.content();
    }
    Steps steps = Steps.forText(token.content());
    try {
      return normalizer.apply(token.content(), steps);
    } catch (InvalidRequestException e) {
      throw new CheckpointException(
          "tokenizer.json: normalizer: the added token "
              + token.content()
              + " cannot be normalised: "
              + e.getMessage(),
          e);
    }
  }

  private AddedTokenMatcher matcher(boolean normalized, Set<Integer> without) {
    List<Map.Entry<String, AddedToken>> entries = new ArrayList<>();
    for (AddedToken token : addedByContent.values()) {
      if (token.normalized() == normalized && !without.contains(token.id())) {
        entries.add(Map.entry(searched(token), token));
      }
    }
    return new AddedTokenMatcher(entries);
  }

  private static AddedTokenMatcher.Sink sink(
      IntList ids, java.util.function.Consumer<String> onText) {
    return new AddedTokenMatcher.Sink() {
      @Override
      public void text(String text) {
        onText.accept(text);
      }

      @Override
      public void token(AddedToken token) {
        ids.add(token.id());
      }
    };
  }

  private static String wellFormed(CharSequence text) {
    StringBuilder repaired = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
        continue;
      }
      repaired = repaired == null ? new StringBuilder(text) : repaired;
      repaired.setCharAt(i, '\ufffd');
    }
    return repaired == null ? text.toString() : repaired.toString();
  }
}
