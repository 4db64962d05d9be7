package io.longcat4j.remote;

import io.longcat4j.LongCatException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Sessions that rank 0 has opened here, by number. Thread-safe. */
final class Sessions<S extends AutoCloseable> {
  private final String what;
  private final AtomicLong last = new AtomicLong();
  private final Map<Long, S> open = new ConcurrentHashMap<>();

  Sessions(String what) {
    this.what = what;
  }

  long add(S session) {
    long id = last.incrementAndGet();
    open.put(id, session);
    return id;
  }

  S get(long id) {
    S session = open.get(id);
    if (session == null) {
      throw new LongCatException("The " + what + " session is closed; open another");
    }
    return session;
  }

  void close(long id) {
    S session = open.remove(id);
    if (session != null) {
      try {
        session.close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new LongCatException("The " + what + " session could not be closed: " + e, e);
      }
    }
  }
}
