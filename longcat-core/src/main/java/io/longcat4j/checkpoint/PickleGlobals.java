package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.PickledTensor.PickledStorage;
import io.longcat4j.tensor.DType;
import java.util.List;
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

  static Global find(String file, String module, String name) {
    return switch (module + "." + name) {
      case "collections.OrderedDict" -> Function.ORDERED_DICT;
      case "torch._utils._rebuild_tensor" -> Function.REBUILD_TENSOR;
      case "torch._utils._rebuild_tensor_v2" -> Function.REBUILD_TENSOR_V2;
      case "torch._utils._rebuild_tensor_v3" -> Function.REBUILD_TENSOR_V3;
      case "torch._utils._rebuild_parameter" -> Function.REBUILD_PARAMETER;
      case "torch.DoubleStorage" -> new StorageClass(DType.F64);
      case "torch.FloatStorage" -> new StorageClass(DType.F32);
      case "torch.HalfStorage" -> new StorageClass(DType.F16);
      case "torch.BFloat16Storage" -> new StorageClass(DType.BF16);
      case "torch.LongStorage" -> new StorageClass(DType.I64);
      case "torch.IntStorage" -> new StorageClass(DType.I32);
      case "torch.ShortStorage" -> new StorageClass(DType.I16);
      case "torch.CharStorage" -> new StorageClass(DType.I8);
      case "torch.ByteStorage" -> new StorageClass(DType.U8);
      case "torch.BoolStorage" -> new StorageClass(DType.BOOL);
      case "torch.storage.UntypedStorage", "torch.UntypedStorage" -> new StorageClass(null);
      case "torch.float64" -> new DTypeName(DType.F64);
      case "torch.float32" -> new DTypeName(DType.F32);
      case "torch.float16" -> new DTypeName(DType.F16);
      case "torch.bfloat16" -> new DTypeName(DType.BF16);
      case "torch.float8_e4m3fn" -> new DTypeName(DType.F8_E4M3);
      case "torch.int64" -> new DTypeName(DType.I64);
      case "torch.int32" -> new DTypeName(DType.I32);
      case "torch.int16" -> new DTypeName(DType.I16);
      case "torch.int8" -> new DTypeName(DType.I8);
      case "torch.uint8" -> new DTypeName(DType.U8);
      case "torch.bool" -> new DTypeName(DType.BOOL);
      default ->
          throw new CheckpointException(
              file
                  + ": its pickle refers to "
                  + module
                  + "."
                  + name
                  + ", which is not among the few names that tensors need; nothing was executed."
                  + " Save a plain dictionary of tensors with torch.save");
    };
  }

  /** The result of calling a function, or null where the arguments do not fit it. */
  static @Nullable Object call(Function function, List<?> arguments) {
    int count = arguments.size();
    return switch (function) {
      case ORDERED_DICT -> count == 0 ? new PickledDict() : null;
      case REBUILD_TENSOR -> count == 4 ? tensor(arguments, null) : null;
      case REBUILD_TENSOR_V2 -> count >= 6 && count <= 7 ? tensor(arguments, null) : null;
      case REBUILD_TENSOR_V3 ->
          count >= 7 && count <= 8 && arguments.get(6) instanceof DTypeName named
              ? tensor(arguments, named.dtype())
              : null;
      case REBUILD_PARAMETER ->
          count == 3 && arguments.get(0) instanceof PickledTensor tensor ? tensor : null;
    };
  }

  private static @Nullable PickledTensor tensor(List<?> arguments, @Nullable DType explicit) {
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
            PickledTensor.longs((List<?>) arguments.get(3)));
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
