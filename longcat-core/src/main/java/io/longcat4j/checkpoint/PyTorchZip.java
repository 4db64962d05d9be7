package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.PickledTensor.PickledStorage;
import io.longcat4j.checkpoint.PyTorchFile.Contents;
import io.longcat4j.checkpoint.PyTorchFile.StoredBytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** The ZIP serialisation: one root folder, in it {@code data.pkl} and {@code data/KEY}. */
final class PyTorchZip {
  private static final int MAX_PICKLE_BYTES = 64 << 20;
  private static final long MAX_INFLATED_BYTES = 1L << 30;

  /** DEFLATE cannot do better than 1032 to 1. */
  private static final long MAX_DEFLATE_RATIO = 1032;

  private final String file;
  private final Storage zip;
  private final Map<String, ZipDirectory.Entry> entries;
  private final Map<String, StoredBytes> opened = new HashMap<>();
  private long inflatedBytes;

  private PyTorchZip(String file, Storage zip) {
    this.file = file;
    this.zip = zip;
    this.entries = ZipDirectory.read(file, zip);
  }

  static Contents read(String file, Storage zip) {
    return new PyTorchZip(file, zip).contents();
  }

  private Contents contents() {
    String root = root();
    requireLittleEndian(root);
    ByteBuffer pickle = small(root + "data.pkl");
    Object value = new PickleMachine(file, new PickleInput(file, pickle)).run();
    return new Contents(value, storage -> storage(root, storage));
  }

  private String root() {
    List<String> pickles =
        entries.keySet().stream()
            .filter(name -> name.endsWith("/data.pkl") && name.indexOf('/') == name.length() - 9)
            .toList();
    if (pickles.size() != 1) {
      throw damaged(
          "holds "
              + pickles.size()
              + " times data.pkl in a root folder, expected one; it is no"
              + " PyTorch file or damaged");
    }
    String pickle = pickles.get(0);
    return pickle.substring(0, pickle.length() - "data.pkl".length());
  }

  private void requireLittleEndian(String root) {
    if (entries.containsKey(root + "byteorder")) {
      String order = StandardCharsets.ISO_8859_1.decode(small(root + "byteorder")).toString();
      if (!order.equals("little")) {
        throw damaged(
            "has byteorder '" + order + "', expected 'little'; save it on a little-endian machine");
      }
    }
  }

  private ByteBuffer small(String name) {
    ZipDirectory.Entry entry = entry(name);
    if (entry.bytes() > MAX_PICKLE_BYTES) {
      throw damaged(
          "entry " + name + " has " + entry.bytes() + " bytes, more than " + MAX_PICKLE_BYTES);
    }
    StoredBytes bytes = open(entry);
    return bytes.storage().slice(bytes.offset(), (int) entry.bytes());
  }

  private StoredBytes storage(String root, PickledStorage storage) {
    ZipDirectory.Entry entry = entry(root + "data/" + storage.key());
    if (entry.bytes() != storage.bytes()) {
      throw damaged(
          "entry "
              + entry.name()
              + " has "
              + entry.bytes()
              + " bytes, but its tensors need "
              + storage.bytes());
    }
    return open(entry);
  }

  private ZipDirectory.Entry entry(String name) {
    ZipDirectory.Entry entry = entries.get(name);
    if (entry == null) {
      throw damaged("entry " + name + " is missing");
    }
    return entry;
  }

  private StoredBytes open(ZipDirectory.Entry entry) {
    StoredBytes known = opened.get(entry.name());
    if (known != null) {
      return known;
    }
    long offset = ZipDirectory.dataOffset(file, zip, entry);
    StoredBytes bytes =
        entry.method() == ZipDirectory.Entry.STORED
            ? new StoredBytes(zip, offset)
            : new StoredBytes(inflate(entry, offset), 0);
    opened.put(entry.name(), bytes);
    return bytes;
  }

  private Storage inflate(ZipDirectory.Entry entry, long offset) {
    inflatedBytes += entry.bytes();
    if (entry.bytes() / MAX_DEFLATE_RATIO > entry.storedBytes()
        || entry.bytes() > MAX_INFLATED_BYTES
        || entry.storedBytes() > Storage.MAX_SLICE
        || inflatedBytes > MAX_INFLATED_BYTES) {
      throw damaged(
          "compressed entry "
              + entry.name()
              + " has "
              + entry.bytes()
              + " bytes, but all of them may have at most "
              + MAX_INFLATED_BYTES
              + "; save the file uncompressed, as torch.save does");
    }
    ByteBuffer inflated = allocate(entry);
    Inflater inflater = new Inflater(/* nowrap= */ true);
    try {
      inflater.setInput(zip.slice(offset, (int) entry.storedBytes()));
      int progress = 1;
      while (inflated.hasRemaining() && progress > 0) {
        progress = inflater.inflate(inflated);
      }
      if (inflated.hasRemaining() || inflater.inflate(new byte[1]) > 0 || !inflater.finished()) {
        throw damaged("entry " + entry.name() + " does not inflate to " + entry.bytes() + " bytes");
      }
    } catch (DataFormatException e) {
      throw new CheckpointException(
          file + ": entry " + entry.name() + " cannot be inflated; fetch the file again", e);
    } finally {
      inflater.end();
    }
    return new DirectStorage(inflated);
  }

  private ByteBuffer allocate(ZipDirectory.Entry entry) {
    try {
      return ByteBuffer.allocateDirect((int) entry.bytes());
    } catch (OutOfMemoryError e) {
      throw new CheckpointException(
          file
              + ": compressed entry "
              + entry.name()
              + " needs "
              + entry.bytes()
              + " bytes of direct memory; raise -XX:MaxDirectMemorySize, or save the file"
              + " uncompressed, as torch.save does",
          e);
    }
  }

  private CheckpointException damaged(String what) {
    return new CheckpointException(file + ": " + what + "; fetch the file again");
  }
}
