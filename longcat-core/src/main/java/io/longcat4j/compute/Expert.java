package io.longcat4j.compute;

/**
 * The weights of one SwiGLU feed-forward network: {@code down(silu(gate x) * up x)}.
 *
 * @param gate {@code [width, hidden]}
 * @param up {@code [width, hidden]}
 * @param down {@code [hidden, width]}
 */
public record Expert(Weight gate, Weight up, Weight down) {}
