package io.longcat4j.benchmarks;

import io.longcat4j.checkpoint.ScaledTensor;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Weight;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Measures how long the operations of each part take, by standing between model and backend. It
 * forwards whatever operations there are, so that it needs no change when one is added; one that
 * the backend makes of others is measured by these. Every operation is waited for, so that none
 * runs beside others. Not thread-safe.
 */
final class OperationClock {
  private final IdentityHashMap<Weight, Part> partOfWeight = new IdentityHashMap<>();
  private final Map<Part, Long> nanos = new EnumMap<>(Part.class);
  private @Nullable Runnable between;
  private long pauseNanos;
  private long nextPause;
  private long pausedNanos;

  /** The same backend, with its streams measured. */
  ComputeBackend wrap(ComputeBackend backend) {
    return proxy(
        ComputeBackend.class,
        (self, method, arguments) -> {
          @Nullable Object result = call(backend, method, arguments);
          if (result instanceof Stream stream) {
            return proxy(Stream.class, new Timed(stream));
          }
          if (result instanceof Weight weight) {
            partOfWeight.put(weight, Part.ofTensor(name(arguments[0])));
          }
          return result;
        });
  }

  private static String name(@Nullable Object loaded) {
    if (loaded instanceof ScaledTensor scaled) {
      return scaled.values().name();
    }
    return loaded instanceof StoredTensor stored ? stored.name() : "";
  }

  void reset() {
    nanos.clear();
    pausedNanos = 0;
  }

  /**
   * Does something between two operations, again when some time has passed; null ends it. Its time
   * counts for no part.
   */
  void between(@Nullable Runnable action, long everyNanos) {
    this.between = action;
    this.pauseNanos = everyNanos;
    this.nextPause = System.nanoTime();
  }

  /** Seconds since the last reset that went to what is done between operations. */
  double pausedSeconds() {
    return pausedNanos / 1e9;
  }

  private void pause() {
    long start = System.nanoTime();
    if (between != null && start - nextPause >= 0) {
      between.run();
      long end = System.nanoTime();
      pausedNanos += end - start;
      nextPause = end + pauseNanos;
    }
  }

  /** Seconds of each part since the last reset. */
  Map<Part, Double> seconds() {
    Map<Part, Double> seconds = new EnumMap<>(Part.class);
    nanos.forEach((part, sum) -> seconds.put(part, sum / 1e9));
    return seconds;
  }

  private Part part(String operation, Object[] arguments) {
    if (operation.equals("latentAttention")
        || operation.equals("placeAndAttend")
        || operation.equals("index")) {
      return Part.CACHE;
    }
    if (operation.contains("Experts") || operation.equals("routeAndMix")) {
      return Part.EXPERTS;
    }
    if (operation.equals("rotate") || operation.equals("scatter")) {
      return Part.ATTENTION;
    }
    for (Object argument : arguments) {
      if (argument instanceof Weight weight) {
        return partOfWeight.getOrDefault(weight, Part.OTHER);
      }
    }
    return Part.OTHER;
  }

  @FunctionalInterface
  private interface Calls {
    @Nullable Object call(Object self, Method method, @Nullable Object[] arguments)
        throws Throwable;
  }

  private final class Timed implements Calls {
    private final Stream stream;
    private final Map<Method, Boolean> madeOfOthers = new HashMap<>();

    Timed(Stream stream) {
      this.stream = stream;
    }

    private boolean isMadeOfOthers(Method method) {
      return madeOfOthers.computeIfAbsent(method, one -> isMadeOf(stream.getClass(), one));
    }

    @Override
    public @Nullable Object call(Object self, Method method, @Nullable Object[] arguments)
        throws Throwable {
      if (isMadeOfOthers(method)) {
        return InvocationHandler.invokeDefault(self, method, arguments);
      }
      for (int i = 0; i < arguments.length; i++) {
        arguments[i] = unwrapped(arguments[i]);
      }
      pause();
      long start = System.nanoTime();
      Object result = OperationClock.call(stream, method, arguments);
      stream.synchronise();
      nanos.merge(part(method.getName(), arguments), System.nanoTime() - start, Long::sum);
      return result;
    }
  }

  private static boolean isMadeOf(Class<?> implementation, Method method) {
    if (!method.isDefault()) {
      return false;
    }
    for (Class<?> type = implementation; type != null; type = type.getSuperclass()) {
      for (Method own : type.getDeclaredMethods()) {
        if (own.getName().equals(method.getName())
            && Arrays.equals(own.getParameterTypes(), method.getParameterTypes())) {
          return false;
        }
      }
    }
    return true;
  }

  private static @Nullable Object unwrapped(@Nullable Object argument) {
    if (argument instanceof Stream
        && Proxy.isProxyClass(argument.getClass())
        && Proxy.getInvocationHandler(argument) instanceof Handler handler
        && handler.calls() instanceof Timed timed) {
      return timed.stream;
    }
    return argument;
  }

  private record Handler(Calls calls) implements InvocationHandler {
    private static final Object[] NONE = {};

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
        throws Throwable {
      return calls.call(proxy, method, arguments == null ? NONE : arguments);
    }
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
