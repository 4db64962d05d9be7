package io.longcat4j.compute.cpu;

import java.nio.ByteBuffer;

/**
 * What the operating system can be asked about pages; each request returns whether it was granted.
 * Thread-safe.
 */
interface Pages {
  /** Where a direct buffer begins. */
  long address(ByteBuffer buffer);

  /** Bytes of one page. */
  long pageBytes();

  /** Begins to read; does not wait. */
  boolean readAhead(PageRange range);

  /** Waits until the pages are there. */
  boolean touch(PageRange range);

  /** Waits until the pages are there; they stay until they are unlocked. */
  boolean lock(PageRange range);

  /** Takes a lock back. */
  boolean unlock(PageRange range);

  /** Bytes that this process may lock, {@link Long#MAX_VALUE} for any. */
  long lockLimit();

  /** Allows huge pages. */
  boolean hugePages(PageRange range);
}
