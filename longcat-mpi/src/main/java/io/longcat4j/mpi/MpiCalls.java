package io.longcat4j.mpi;

import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Const;
import org.bytedeco.javacpp.annotation.Name;
import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Platform;

/** The functions of {@code longcat_mpi.h}, one to one. To be called through {@link Mpi}. */
@Platform(include = "longcat_mpi.h", library = "jnilongcat_mpi", link = "dl", compiler = "cpp17")
@NoException
final class MpiCalls {
  static final int OK = 0;
  static final int PENDING = -1;
  static final int REFUSED = -2;

  private MpiCalls() {}

  @Name("longcat_mpi_open")
  static native int open(
      String library, int oneHost, @Cast("char*") ByteBuffer text, long capacity);

  @Name("longcat_mpi_version")
  static native int version(@Cast("char*") ByteBuffer text, long capacity);

  @Name("longcat_mpi_error")
  static native int error(int error, @Cast("char*") ByteBuffer text, long capacity);

  @Name("longcat_mpi_state")
  static native int state();

  @Name("longcat_mpi_init")
  static native int init();

  @Name("longcat_mpi_size")
  static native int size();

  @Name("longcat_mpi_rank")
  static native int rank();

  @Name("longcat_mpi_slots")
  static native @Cast("char*") BytePointer slots(long bytes);

  @Name("longcat_mpi_free")
  static native int free(@Cast("char*") BytePointer slots, long bytes);

  @Name("longcat_mpi_held")
  static native long held();

  @Name("longcat_mpi_gather")
  static native int gather(long memory, long stride, @Const int[] counts, long ranks, int toAll);

  @Name("longcat_mpi_broadcast")
  static native int broadcast(long memory, long bytes);

  @Name("longcat_mpi_poll")
  static native int poll(long times, long patient);

  @Name("longcat_mpi_finalize")
  static native int end();
}
