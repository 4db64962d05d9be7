package io.longcat4j.json;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The networks of the schemas that were used last, as long as they are small. Thread-safe. */
final class KeptNetworks {
  private static final int MAX_SCHEMAS = 16;

  /** States, and characters of schemas, of all together; some 100 MB. */
  private static final long MAX_SIZE = 2_000_000;

  private final Map<String, Network> networks =
      new LinkedHashMap<>(MAX_SCHEMAS, 0.75f, /* accessOrder= */ true);

  private long size;

  synchronized @Nullable Network get(String schema) {
    return networks.get(schema);
  }

  synchronized void put(String schema, Network network) {
    Network before = networks.put(schema, network);
    size += before == null ? size(schema, network) : 0;
    Iterator<Map.Entry<String, Network>> eldest = networks.entrySet().iterator();
    while (size > MAX_SIZE || networks.size() > MAX_SCHEMAS) {
      Map.Entry<String, Network> entry = eldest.next();
      size -= size(entry.getKey(), entry.getValue());
      eldest.remove();
    }
  }

  private static long size(String schema, Network network) {
    return (long) schema.length() + network.states();
  }
}
