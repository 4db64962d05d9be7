package io.longcat4j.attention;

import java.util.Arrays;
import java.util.Objects;

/**
 * The pages of a sequence in the order of its positions. Immutable and thread-safe; sequences that
 * grow make a new one where a page is added, not for each position.
 */
public final class PageTable {
  private static final PageTable EMPTY = new PageTable(new int[0]);

  private final int[] pages;

  private PageTable(int[] pages) {
    this.pages = pages;
  }

  /**
   * A table of some pages.
   *
   * @param pages the first ones are taken
   * @param count how many
   * @return the table, with a copy of them
   */
  public static PageTable of(int[] pages, int count) {
    Objects.checkFromIndexSize(0, /* size= */ count, /* length= */ pages.length);
    return count == 0 ? EMPTY : new PageTable(Arrays.copyOf(pages, count));
  }

  /**
   * A table of pages.
   *
   * @param pages in order
   * @return the table, with a copy of them
   */
  public static PageTable of(int... pages) {
    return of(pages, pages.length);
  }

  /**
   * How many pages.
   *
   * @return at least 0
   */
  public int size() {
    return pages.length;
  }

  /**
   * One page.
   *
   * @param index from 0
   * @return its number in the cache
   */
  public int page(int index) {
    return pages[index];
  }

  /**
   * All pages, for backends, which copy them.
   *
   * @return this table's own array, never to be changed
   */
  public int[] pages() {
    return pages;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PageTable table && Arrays.equals(pages, table.pages);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(pages);
  }

  @Override
  public String toString() {
    return "PageTable" + Arrays.toString(pages);
  }
}
