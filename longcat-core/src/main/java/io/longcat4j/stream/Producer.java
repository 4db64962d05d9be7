package io.longcat4j.stream;

/** Who makes what an {@link Outbox} holds. Called from any thread; must neither block nor throw. */
public interface Producer {
  /** There is room again after there was none. */
  void resume();

  /** Nobody will read what is made from now on. */
  void cancel();
}
