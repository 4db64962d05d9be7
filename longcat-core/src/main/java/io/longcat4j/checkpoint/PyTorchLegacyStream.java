package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.PickledTensor.PickledStorage;
import io.longcat4j.checkpoint.PyTorchFile.Contents;
import io.longcat4j.checkpoint.PyTorchFile.StoredBytes;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The serialisation before PyTorch 1.6: pickles of a magic number, a protocol number, the system's
 * properties, the value and the storages' keys, one behind the other; then each storage as its
 * element count in 64 bits and its bytes.
 */
final class PyTorchLegacyStream {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final long PROTOCOL = 1001;
  private static final int MAX_PICKLES_BYTES = 128 << 20;
  private static final int COUNT_BYTES = Long.BYTES;

  private final String file;
  private final Storage stream;
  private final PickleInput input;

  private PyTorchLegacyStream(String file, Storage stream) {
    this.file = file;
    this.stream = stream;
    int length = (int) Math.min(stream.bytes(), MAX_PICKLES_BYTES);
    this.input = new PickleInput(file, stream.slice(0, length));
  }

  static Contents read(String file, Storage stream) {
    return new PyTorchLegacyStream(file, stream).contents();
  }

  private Contents contents() {
    requireMagic();
    if (!Long.valueOf(PROTOCOL).equals(next())) {
      throw refused("is a legacy PyTorch file of another protocol than " + PROTOCOL);
    }
    requireLittleEndian(next());
    PickleMachine machine = new PickleMachine(file, input);
    Object value = machine.run();
    List<String> keys = keys(next());
    Map<String, StoredBytes> storages = storages(keys, machine.storages());
    return new Contents(value, storage -> found(storages, storage));
  }

  private Object next() {
    return new PickleMachine(file, input).run();
  }

  private void requireMagic() {
    boolean plausible = stream.bytes() > 2 && stream.slice(0, 1).get(0) == (byte) 0x80;
    if (!plausible || !MAGIC.equals(next())) {
      throw refused("is neither a ZIP file nor a legacy PyTorch stream");
    }
  }

  private void requireLittleEndian(Object system) {
    if (!(system instanceof PickledDict properties)) {
      throw refused("does not tell its system's properties");
    }
    if (!Boolean.TRUE.equals(properties.entries().get("little_endian"))) {
      throw refused("was not written on a little-endian machine");
    }
  }

  private List<String> keys(Object value) {
    if (!(value instanceof List<?> list)) {
      throw refused("does not list its storages");
    }
    List<String> keys = new ArrayList<>(list.size());
    for (Object key : list) {
      if (!(key instanceof String text)) {
        throw refused("lists a storage by something else than text");
      }
      keys.add(text);
    }
    return keys;
  }

  private Map<String, StoredBytes> storages(
      List<String> keys, Map<String, PickledStorage> described) {
    Map<String, StoredBytes> storages = new HashMap<>();
    long at = input.position();
    for (String key : keys) {
      PickledStorage storage = described.get(key);
      if (storage == null) {
        throw refused("lists storage " + key + ", which no tensor uses");
      }
      if (stream.bytes() - at < COUNT_BYTES) {
        throw refused("ends before storage " + key);
      }
      long elements = stream.slice(at, COUNT_BYTES).getLong(0);
      at += COUNT_BYTES;
      if (elements != storage.elements() || storage.bytes() > stream.bytes() - at) {
        throw refused(
            "has "
                + elements
                + " elements and "
                + (stream.bytes() - at)
                + " bytes left for storage "
                + key
                + ", expected "
                + storage.elements()
                + " elements of "
                + storage.bytes()
                + " bytes");
      }
      storages.put(key, new StoredBytes(stream, at));
      at += storage.bytes();
    }
    return storages;
  }

  private StoredBytes found(Map<String, StoredBytes> storages, PickledStorage storage) {
    StoredBytes bytes = storages.get(storage.key());
    if (bytes == null) {
      throw refused("does not hold storage " + storage.key());
    }
    return bytes;
  }

  private CheckpointException refused(String what) {
    return new CheckpointException(file + ": " + what + "; fetch the file again");
  }
}
