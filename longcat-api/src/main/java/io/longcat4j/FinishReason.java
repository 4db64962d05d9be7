package io.longcat4j;

/** Why a reply ended. */
public enum FinishReason {
  /** The model said it was done. */
  END,
  /** One of {@link Generation#stop()} appeared. */
  STOP,
  /** {@link Generation#maxNewTokens()} or the model's context was reached. */
  LENGTH
}
