package io.longcat4j.cli.chat;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * Ctrl-C: ends what runs; pressed again before anything else was typed, it ends the program.
 * Thread-safe.
 */
public final class CancelKey {
  private static final String SIGNAL = "INT";

  private final Runnable end;
  private final Runnable hint;
  private @Nullable Runnable running;
  private boolean pressed;

  /**
   * A key that nothing listens to yet.
   *
   * @param end ends the program
   * @param hint tells that pressing it again does, where nothing runs
   */
  public CancelKey(Runnable end, Runnable hint) {
    this.end = end;
    this.hint = hint;
  }

  /**
   * Takes the key's signal over, where this JVM lets programs do so; else it ends the program as
   * ever.
   */
  public void listen() {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler pressing = this::handle;
      Object listener =
          Proxy.newProxyInstance(
              CancelKey.class.getClassLoader(), new Class<?>[] {handler}, pressing);
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(SIGNAL), listener);
    } catch (ReflectiveOperationException | RuntimeException e) {
      // It ends the program, as it does without this.
    }
  }

  private @Nullable Object handle(Object proxy, Method method, Object @Nullable [] arguments) {
    return switch (method.getName()) {
      case "hashCode" -> System.identityHashCode(proxy);
      case "equals" -> arguments != null && proxy == arguments[0];
      case "toString" -> "Ctrl-C";
      default -> {
        press();
        yield null;
      }
    };
  }

  /** What the signal does. */
  public void press() {
    synchronized (this) {
      if (!pressed && running != null) {
        pressed = true;
        // Under the lock, so that it does not reach what runs next.
        running.run();
        return;
      }
    }
    (isSecond() ? end : hint).run();
  }

  private synchronized boolean isSecond() {
    boolean second = pressed;
    pressed = true;
    return second;
  }

  /** Something was typed, so that the next press is the first one again. */
  public synchronized void typed() {
    pressed = false;
  }

  /** Whether what runs was ended. */
  synchronized boolean isPressed() {
    return pressed;
  }

  /**
   * Runs work of this thread that the key ends by interrupting it.
   *
   * @param work ends early where its thread is interrupted
   */
  void during(Runnable work) {
    Thread worker = Thread.currentThread();
    synchronized (this) {
      running = worker::interrupt;
    }
    try {
      work.run();
    } finally {
      synchronized (this) {
        running = null;
        Thread.interrupted(); // A press that came too late is not for what comes next.
      }
    }
  }

  /**
   * Has the key do something from now on.
   *
   * @param action what a first press does
   */
  synchronized void does(Runnable action) {
    running = action;
  }
}
