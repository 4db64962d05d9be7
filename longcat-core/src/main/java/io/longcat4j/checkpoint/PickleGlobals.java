package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.PickledTensor.PickledStorage;
import io.longcat4j.tensor.DType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everything a pickle may refer to by name. Each stands for data; no code is ever looked up. */
final class PickleGlobals {
  private PickleGlobals() {}

  /** A name a pickle may use. */
  sealed interface Global permits Function, StorageClass, DTypeName {}

  /** What may be called. */
  enum Function implements Global {
    ORDERED_DICT,
    REBUILD_TENSOR,
    REBUILD_TENSOR_V2,
    REBUILD_TENSOR_V3,
    REBUILD_PARAMETER
  }

  /**
   * A class of storages.
   *
   * @param dtype of its elements, null for an untyped storage
   */
  record StorageClass(@Nullable DType dtype) implements Global {
    int elementBytes() {
      return dtype == null ? 1 : dtype.bytes();
    }
  }

  /**
   * A number format given on its own.
   *
   * @param dtype the format
   */
  record DTypeName(DType dtype) implements Global {}

  private static final Map<String, Global> GLOBALS =
      Map.ofEntries(
          Map.entry("collections.OrderedDict", Function.ORDERED_DICT),
          Map.entry("torch._utils._rebuild_tensor", Function.REBUILD_TENSOR),
          Map.entry("torch._utils._rebuild_tensor_v2", Function.REBUILD_TENSOR_V2),
          Map.entry("torch._utils._rebuild_tensor_v3", Function.REBUILD_TENSOR_V3),
          Map.entry("torch._utils._rebuild_parameter", Function.REBUILD_PARAMETER),
          Map.entry("torch.DoubleStorage", new StorageClass(DType.F64)),
          Map.entry("torch.FloatStorage", new StorageClass(DType.F32)),
          Map.entry("torch.HalfStorage", new StorageClass(DType.F16)),
          Map.entry("torch.BFloat16Storage", new StorageClass(DType.BF16)),
          Map.entry("torch.LongStorage", new StorageClass(DType.I64)),
          Map.entry("torch.IntStorage", new StorageClass(DType.I32)),
          Map.entry("torch.ShortStorage", new StorageClass(DType.I16)),
          Map.entry("torch.CharStorage", new StorageClass(DType.I8)),
          Map.entry("torch.ByteStorage", new StorageClass(DType.U8)),
          Map.entry("torch.BoolStorage", new StorageClass(DType.BOOL)),
          Map.entry("torch.ComplexDoubleStorage", new StorageClass(DType.C128)),
          Map.entry("torch.ComplexFloatStorage", new StorageClass(DType.C64)),
          Map.entry("torch.storage.UntypedStorage", new StorageClass(null)),
          Map.entry("torch.UntypedStorage", new StorageClass(null)),
          Map.entry("torch.float64", new DTypeName(DType.F64)),
          Map.entry("torch.float32", new DTypeName(DType.F32)),
          Map.entry("torch.float16", new DTypeName(DType.F16)),
          Map.entry("torch.bfloat16", new DTypeName(DType.BF16)),
          Map.entry("torch.float8_e4m3fn", new DTypeName(DType.F8_E4M3)),
          Map.entry("torch.float8_e8m0fnu", new DTypeName(DType.F8_E8M0)),
          Map.entry("torch.float8_e5m2", new DTypeName(DType.F8_E5M2)),
          Map.entry("torch.float8_e4m3fnuz", new DTypeName(DType.F8_E4M3FNUZ)),
          Map.entry("torch.float8_e5m2fnuz", new DTypeName(DType.F8_E5M2FNUZ)),
          Map.entry("torch.int64", new DTypeName(DType.I64)),
          Map.entry("torch.int32", new DTypeName(DType.I32)),
          Map.entry("torch.int16", new DTypeName(DType.I16)),
          Map.entry("torch.int8", new DTypeName(DType.I8)),
          Map.entry("torch.uint8", new DTypeName(DType.U8)),
          Map.entry("torch.uint16", new DTypeName(DType.U16)),
          Map.entry("torch.uint32", new DTypeName(DType.U32)),
          Map.entry("torch.uint64", new DTypeName(DType.U64)),
          Map.entry("torch.complex64", new DTypeName(DType.C64)),
          Map.entry("torch.complex128", new DTypeName(DType.C128)),
          Map.entry("torch.bool", new DTypeName(DType.BOOL)));

  static Global find(String file, String module, String name) {
    Global global = GLOBALS.get(module + "." + name);
    if (global == null) {
      throw new CheckpointException(
          file
              + ": its pickle refers to "
              + module
              + "."
              + name
              + ", which is not among the few names that tensors need; nothing was executed."
              + " Save a plain dictionary of tensors with torch.save");
    }
    return global;
  }

  /** The result of calling a function, or null where the arguments do not fit it. */
  static @Nullable Object call(Function function, List<?> arguments) {
    int count = arguments.size();
    return switch (function) {
      case ORDERED_DICT -> count == 0 ? new PickledDict() : null;
      case REBUILD_TENSOR -> count == 4 ? tensor(arguments, null, 4) : null;
      case REBUILD_TENSOR_V2 -> count >= 6 && count <= 7 ? tensor(arguments, null, 6) : null;
      case REBUILD_TENSOR_V3 ->
          count >= 7 && count <= 8 && arguments.get(6) instanceof DTypeName named
              ? tensor(arguments, named.dtype(), 7)
              : null;
      case REBUILD_PARAMETER ->
          count == 3 && arguments.get(0) instanceof PickledTensor tensor ? tensor : null;
    };
  }

  private static @Nullable PickledTensor tensor(
      List<?> arguments, @Nullable DType explicit, int metadata) {
    boolean fits =
        arguments.get(0) instanceof TypedStorage
            && arguments.get(1) instanceof Long
            && isLongs(arguments.get(2))
            && isLongs(arguments.get(3));
    if (!fits) {
      return null;
    }
    TypedStorage storage = (TypedStorage) arguments.get(0);
    DType dtype = explicit == null ? storage.dtype() : explicit;
    return dtype == null
        ? null
        : new PickledTensor(
            storage.storage(),
            dtype,
            (Long) arguments.get(1),
            PickledTensor.longs((List<?>) arguments.get(2)),
            PickledTensor.longs((List<?>) arguments.get(3)),
            dtype.isRead() && arguments.size() > metadata && isNegated(arguments.get(metadata)));
  }

  /**
   * Newer files may say behind a tensor that its numbers mean their negative. Whatever else they
   * say there could change the numbers, too.
   */
  private static boolean isNegated(@Nullable Object metadata) {
    if (metadata == PickleMachine.NONE) {
      return false;
    }
    if (!(metadata instanceof PickledDict dict)) {
      throw new IllegalArgumentException("a tensor with unknown properties,");
    }
    boolean negated = false;
    for (Map.Entry<Object, @Nullable Object> property : dict.entries().entrySet()) {
      boolean isOn = Boolean.TRUE.equals(property.getValue());
      if ("neg".equals(property.getKey())) {
        negated = isOn;
      } else if (isOn || !Boolean.FALSE.equals(property.getValue())) {
        throw new IllegalArgumentException(
            "a tensor with the property "
                + property.getKey()
                + ", which is not read (save it with resolve_conj() and resolve_neg()),");
      }
    }
    return negated;
  }

  private static boolean isLongs(@Nullable Object value) {
    return value instanceof List<?> list && list.stream().allMatch(Long.class::isInstance);
  }

  /**
   * A storage with the type under which it was saved.
   *
   * @param storage the storage
   * @param dtype null for an untyped one
   */
  record TypedStorage(PickledStorage storage, @Nullable DType dtype) {}
}
