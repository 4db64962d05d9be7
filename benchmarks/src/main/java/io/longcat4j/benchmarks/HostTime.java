package io.longcat4j.benchmarks;

import io.longcat4j.LoadingListener;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.cache.SequenceCache;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.decode.ExpertCount;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.decode.SequenceRows;
import io.longcat4j.decode.StepInput;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.LatentCache;
import io.longcat4j.model.ModelRunner;
import io.longcat4j.model.Pass;
import io.longcat4j.model.Sharing;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a token costs outside kernels: its pass is made, checked, and laid out in the backend's
 * memory, and all operations are called, but none computes. Each of them is charged with a call
 * into the backend that has nothing to do. Not thread-safe.
 */
final class HostTime {
  private static final int TOKENS = 2000;
  private static final int CALLS = 20_000;
  private static final int[] NO_AUDIO = {};

  private final ComputeBackend backend;
  private boolean idle;
  private long operations;

  private HostTime(ComputeBackend backend) {
    this.backend = backend;
  }

  /**
   * The time at the end of a context.
   *
   * @param context positions
   * @param layers of the model
   * @param operations of the backend that a token calls
   * @param seconds of a token
   */
  record At(int context, int layers, long operations, double seconds) {}

  static List<At> of(Checkpoint checkpoint, ComputeBackend backend, List<Integer> contexts) {
    HostTime time = new HostTime(backend);
    try (LanguageModel model =
        LanguageModel.load(
            checkpoint.model(),
            checkpoint.weights(),
            time.wrapped(),
            Sharing.none(),
            LoadingListener.silent())) {
      return contexts.stream().map(context -> time.at(model, context)).toList();
    }
  }

  private At at(LanguageModel model, int context) {
    int positions = context + 2 * TOKENS;
    try (LatentCache latents = model.allocateCache(positions);
        ModelRunner runner = new ModelRunner(model, null, latents, 1);
        PagedCache cache = latents.openAccounts();
        SequenceCache sequence = cache.open(context - 1)) {
      SequenceRows rows =
          new SequenceRows(PromptRows.of(new int[context - 1]), AttentionPolicy.dense());
      StepInput input = new StepInput(runner);
      ExpertCount experts = new ExpertCount();
      float[] logits = new float[runner.limits().vocabulary()];
      idle = false; // So that there are picks to count.
      runner.run(Pass.ofTokens(new int[] {1}, 0, sequence.table()));
      idle = true;
      double[] seconds = new double[TOKENS];
      for (int token = -TOKENS; token < TOKENS; token++) {
        operations = 0;
        long start = System.nanoTime();
        rows.append(token & 31, NO_AUDIO);
        requireRoom(sequence.append(1));
        input.clear();
        input.add(rows, sequence, sequence.length() - 1, 1, experts);
        input.wantText(sequence.length() - 1);
        input.run(cache.takeCopies());
        runner.textLogits(0, logits);
        double taken = (System.nanoTime() - start) / 1e9;
        if (token >= 0) {
          seconds[token] = taken;
        }
      }
      double calls = operations * emptyCall();
      return new At(context, runner.layers(), operations, new Sample(seconds).median() + calls);
    }
  }

  private static void requireRoom(boolean there) {
    if (!there) {
      throw new IllegalStateException("the cache was made for fewer positions");
    }
  }

  /** Seconds of an operation over no rows. */
  private double emptyCall() {
    Stream stream = backend.openStream();
    try (Tensor nothing = backend.allocate(0, 1)) {
      double[] seconds = new double[20];
      for (int i = 0; i < seconds.length; i++) {
        long start = System.nanoTime();
        for (int call = 0; call < CALLS; call++) {
          stream.zero(nothing);
        }
        seconds[i] = (System.nanoTime() - start) / 1e9 / CALLS;
      }
      return new Sample(seconds).median();
    }
  }

  private ComputeBackend wrapped() {
    return proxy(
        ComputeBackend.class,
        (method, arguments) -> {
          @Nullable Object made = call(backend, method, arguments);
          return made instanceof Stream stream ? idling(stream) : made;
        });
  }

  /** Plans are no kernels, and reading costs nothing where nothing was computed. */
  private Stream idling(Stream stream) {
    return proxy(
        Stream.class,
        (method, arguments) -> {
          boolean prepares = method.getName().equals("plan") || method.getName().equals("read");
          operations += prepares ? 0 : 1;
          return idle && !prepares ? null : call(stream, method, unwrapped(arguments));
        });
  }

  private interface Calls {
    @Nullable Object call(Method method, @Nullable Object[] arguments) throws Throwable;
  }

  private record Handler(Calls calls) implements InvocationHandler {
    private static final Object[] NONE = {};

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
        throws Throwable {
      return calls.call(method, arguments == null ? NONE : arguments);
    }
  }

  /** Before anything idles the side stream is awaited as itself; what is awaited is done anyway. */
  private @Nullable Object[] unwrapped(@Nullable Object[] arguments) {
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i] instanceof Stream) {
        arguments[i] = backend.openStream();
      }
    }
    return arguments;
  }

  private static <T> T proxy(Class<T> type, Calls calls) {
    return type.cast(
        Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, new Handler(calls)));
  }

  private static @Nullable Object call(Object target, Method method, @Nullable Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }
}
