package io.longcat4j.compute;

/**
 * Consecutive rows of a batch that continue one sequence.
 *
 * @param firstRow index of the first row in the batch
 * @param rows how many, at least 1
 * @param firstPosition position of the first row in its sequence
 * @param slots cache row of every position of the sequence, from 0 to at least {@code firstPosition
 *     + rows - 1}; not to be changed while in use
 */
public record Span(int firstRow, int rows, int firstPosition, int[] slots) {}
