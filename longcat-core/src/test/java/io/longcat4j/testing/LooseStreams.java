package io.longcat4j.testing;

import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Repeated;
import io.longcat4j.compute.Stream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * A backend whose streams run apart as far as {@link Stream#await} lets them: a hasty one runs each
 * operation as soon as it is queued, a lazy one none before somebody waits for it. What depends on
 * the order of two streams without an await between them then gives other numbers. Picks of a
 * router are not to be read, since that does not wait here.
 */
public final class LooseStreams {
  private final ComputeBackend inner;
  private final List<Boolean> hasty;
  private final List<Queue> queues = new ArrayList<>();

  private LooseStreams(ComputeBackend inner, List<Boolean> hasty) {
    this.inner = inner;
    this.hasty = hasty;
  }

  /**
   * Loosens the streams of a backend.
   *
   * @param inner computes; closed with what is returned
   * @param hasty for each stream in the order of opening, whether it is hasty
   * @return a backend of one thread
   */
  public static ComputeBackend over(ComputeBackend inner, List<Boolean> hasty) {
    LooseStreams loose = new LooseStreams(inner, List.copyOf(hasty));
    return proxy(ComputeBackend.class, loose::onBackend);
  }

  private Object onBackend(Object self, Method method, Object[] arguments) throws Throwable {
    if (!method.getName().equals("openStream")) {
      return invoke(inner, method, arguments);
    }
    Queue queue = new Queue(inner.openStream(), hasty.get(queues.size()));
    queues.add(queue);
    return proxy(Stream.class, queue);
  }

  /** One stream: what has been queued and not run. */
  private static final class Queue implements InvocationHandler {
    private final Stream target;
    private final boolean isHasty;
    private final Deque<Operation> waiting = new ArrayDeque<>();
    private long queued;
    private long done;

    Queue(Stream target, boolean isHasty) {
      this.target = target;
      this.isHasty = isHasty;
    }

    @Override
    public Object invoke(Object self, Method method, Object[] arguments) throws Throwable {
      if (method.getName().equals("repeated")) {
        return new Repeated.OneByOne();
      }
      queued++;
      switch (method.getName()) {
        case "await" -> {
          Queue other = (Queue) Proxy.getInvocationHandler(arguments[0]);
          long upTo = other.queued;
          waiting.add(() -> other.runUpTo(upTo));
        }
        case "read", "largest", "countPicks", "synchronise" -> {
          waiting.add(() -> LooseStreams.invoke(target, method, arguments));
          runUpTo(queued);
        }
        default -> {
          Object[] kept = keep(arguments);
          waiting.add(() -> LooseStreams.invoke(target, method, kept));
        }
      }
      if (isHasty) {
        runUpTo(queued);
      }
      return null;
    }

    private void runUpTo(long upTo) throws Throwable {
      while (done < upTo) {
        done++;
        waiting.remove().run();
      }
    }
  }

  /** Something queued. */
  private interface Operation {
    void run() throws Throwable;
  }

  /** Arrays and lists belong to the caller again once an operation has been queued. */
  private static Object[] keep(Object[] arguments) {
    return Arrays.stream(arguments).map(LooseStreams::keep).toArray();
  }

  private static Object keep(Object argument) {
    if (argument instanceof float[] numbers) {
      return numbers.clone();
    }
    if (argument instanceof int[] numbers) {
      return numbers.clone();
    }
    return argument instanceof List<?> list ? List.copyOf(list) : argument;
  }

  private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
