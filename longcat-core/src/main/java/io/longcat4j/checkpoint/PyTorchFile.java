package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import io.longcat4j.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads a dictionary of tensors written by {@code torch.save}, in the ZIP serialisation or in the
 * legacy stream. The pickle inside is read with an allow-list; nothing is ever executed, whatever
 * it asks for. Tensors that are contiguous stay where they are in the mapped file; views with
 * strides, and those with torch's negative bit, are gathered when their bytes are asked for.
 */
public final class PyTorchFile {
  private static final int ZIP_SIGNATURE = 0x04034b50;

  private PyTorchFile() {}

  /** A storage's bytes. */
  record StoredBytes(Storage storage, long offset) {}

  /** A file taken apart: what its pickle holds, and where its storages are. */
  record Contents(Object value, StorageFinder storages) {}

  /** Finds the bytes of a storage. */
  interface StorageFinder {
    /** The bytes, of which all {@code storage.bytes()} are there. */
    StoredBytes find(PickledTensor.PickledStorage storage);
  }

  /**
   * Maps a file and reads its pickle; the tensors' bytes are not touched.
   *
   * @param file a file written by {@code torch.save}
   * @return its tensors in the dictionary's order; thread-safe, keeps the mapping alive, needs no
   *     closing
   * @throws CheckpointException if the file is absent, damaged, refers to anything but tensors, or
   *     holds no unambiguous dictionary of tensors
   */
  public static TensorSource open(Path file) {
    return read(file.toString(), MappedFile.open(file));
  }

  /** Reads a file's bytes, wherever they are. */
  static TensorSource read(String name, Storage bytes) {
    Contents contents =
        isZip(bytes) ? PyTorchZip.read(name, bytes) : PyTorchLegacyStream.read(name, bytes);
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    StateDict.of(name, contents.value())
        .forEach((key, view) -> tensors.put(key, tensor(key, name, view, contents.storages())));
    return new NamedTensors(name, tensors);
  }

  private static boolean isZip(Storage bytes) {
    if (bytes.bytes() < Integer.BYTES) {
      return false;
    }
    ByteBuffer head = bytes.slice(0, Integer.BYTES);
    return head.getInt(0) == ZIP_SIGNATURE;
  }

  private static StoredTensor tensor(
      String name, String file, PickledTensor view, StorageFinder storages) {
    StoredBytes bytes = storages.find(view.storage());
    Shape shape = Shape.of(view.dims());
    if (view.negated() && !StridedStorage.canNegate(view.dtype())) {
      throw new CheckpointException(
          file
              + ": tensor "
              + name
              + " of "
              + view.dtype()
              + " has torch's negative bit; save it with resolve_neg()");
    }
    if (view.isContiguous() && (!view.negated() || shape.elements() == 0)) {
      long offset = bytes.offset() + view.offset() * view.dtype().bytes();
      return new StoredTensor(name, file, view.dtype(), shape, bytes.storage(), offset);
    }
    StridedStorage gathered = new StridedStorage(bytes.storage(), bytes.offset(), view);
    return new StoredTensor(name, file, view.dtype(), shape, gathered, 0);
  }
}
