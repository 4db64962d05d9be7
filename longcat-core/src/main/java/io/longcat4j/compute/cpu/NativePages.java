package io.longcat4j.compute.cpu;

import java.nio.ByteBuffer;

/** The pages of this process; the native library must be loaded. */
enum NativePages implements Pages {
  INSTANCE;

  @Override
  public long address(ByteBuffer buffer) {
    return CpuKernels.addressOf(buffer);
  }

  @Override
  public long pageBytes() {
    return CpuKernels.pageBytes();
  }

  @Override
  public boolean readAhead(PageRange range) {
    return granted(CpuKernels.pagesReadAhead(range.address(), range.bytes()));
  }

  @Override
  public boolean touch(PageRange range) {
    return granted(CpuKernels.pagesTouch(range.address(), range.bytes()));
  }

  @Override
  public boolean lock(PageRange range) {
    return granted(CpuKernels.pagesLock(range.address(), range.bytes()));
  }

  @Override
  public boolean unlock(PageRange range) {
    return granted(CpuKernels.pagesUnlock(range.address(), range.bytes()));
  }

  @Override
  public long lockLimit() {
    return CpuKernels.lockLimit();
  }

  @Override
  public boolean hugePages(PageRange range) {
    return granted(CpuKernels.pagesHuge(range.address(), range.bytes()));
  }

  /** Lets pages of files go until they are touched again. */
  boolean release(PageRange range) {
    return granted(CpuKernels.pagesRelease(range.address(), range.bytes()));
  }

  private static boolean granted(int status) {
    return status == CpuKernels.OK;
  }
}
