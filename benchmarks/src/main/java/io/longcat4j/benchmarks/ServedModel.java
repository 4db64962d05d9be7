package io.longcat4j.benchmarks;

import io.longcat4j.Backend;
import io.longcat4j.Conversation;
import io.longcat4j.EngineListener;
import io.longcat4j.Generation;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/**
 * A checkpoint as an application gets it, with default scheduling, asked random questions. Replies
 * are greedy and as long as wanted. Used by one thread.
 */
final class ServedModel implements AutoCloseable {
  /** Far below every logit. */
  private static final float NEVER = -1000;

  private final LongCat longcat;
  private final Tokenizer tokenizer;
  private final Map<Integer, Float> bias;
  private final SplittableRandom random = new SplittableRandom(1);

  private ServedModel(LongCat longcat, Tokenizer tokenizer) {
    this.longcat = longcat;
    this.tokenizer = tokenizer;
    this.bias = withoutText(tokenizer);
  }

  static ServedModel open(
      Path checkpoint, Backend backend, OptionalInt threads, EngineListener listener) {
    Tokenizer tokenizer = Tokenizer.open(checkpoint);
    LongCat.Builder builder =
        LongCat.builder().model(checkpoint).backend(backend).listener(listener);
    threads.ifPresent(builder::threads);
    return new ServedModel(builder.build(), tokenizer);
  }

  /** Keeps ids away that are not characters of their own: each token shall be heard of. */
  private static Map<Integer, Float> withoutText(Tokenizer tokenizer) {
    Map<Integer, Float> bias = new HashMap<>();
    for (int id = 0; id < tokenizer.idBound(); id++) {
      if (id == 0 || tokenizer.isAdded(id) || !isText(tokenizer.bytesOf(id))) {
        bias.put(id, NEVER);
      }
    }
    return bias;
  }

  /** Blanks at the end of a reply wait for what follows them. */
  private static boolean isText(byte[] bytes) {
    for (byte b : bytes) {
      if (b < 0) {
        return false;
      }
    }
    return bytes.length > 0 && bytes[bytes.length - 1] > ' ';
  }

  /** What computes. */
  String describe() {
    return longcat
        .describe()
        .lines()
        .filter(line -> line.startsWith("language model: "))
        .findFirst()
        .orElse("");
  }

  TimedReply ask(int promptTokens, int newTokens) {
    return TimedReply.of(
        longcat.stream(Prompt.user(question(promptTokens)), generation(newTokens)));
  }

  Conversation conversation() {
    return longcat.conversation();
  }

  Generation generation(int newTokens) {
    return Generation.builder().maxNewTokens(newTokens).ignoreEos(true).logitBias(bias).build();
  }

  /** Random letters, of as many tokens as wanted or a few more. */
  String question(int tokens) {
    StringBuilder text = new StringBuilder();
    for (int count = 0; count < tokens; ) {
      String word = " " + (char) random.nextInt('a', 'z' + 1);
      count += tokenizer.encode(word).length;
      text.append(word);
    }
    return text.toString();
  }

  @Override
  public void close() {
    longcat.close();
  }
}
