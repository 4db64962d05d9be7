package io.longcat4j.cache;

/**
 * A copy of a page's first positions that is to be made before the next pass, in all blocks.
 *
 * @param from the page that is read
 * @param to the page that is written, another one
 * @param positions how many, from 1 to {@link PagedCache#PAGE_POSITIONS}
 */
public record PageCopy(int from, int to, int positions) {}
