package io.longcat4j.compute.cpu;

import static org.junit.jupiter.api.Assumptions.abort;

import io.longcat4j.BackendException;
import io.longcat4j.Numerics;
import io.longcat4j.compute.ComputeBackend;

/** Backends of one instruction set, where build and processor have it. */
final class CpuBackends {
  private CpuBackends() {}

  static ComputeBackend open(InstructionSet instructionSet, int threads) {
    return open(instructionSet, Numerics.EXACT, threads);
  }

  static ComputeBackend open(InstructionSet instructionSet, Numerics numerics, int threads) {
    return open(instructionSet, numerics, threads, false);
  }

  static ComputeBackend open(
      InstructionSet instructionSet, Numerics numerics, int threads, boolean pinned) {
    String library;
    try {
      library = NativeLibrary.load();
    } catch (BackendException e) {
      return abort(e.getMessage());
    }
    if (!instructionSet.supported()) {
      return abort("this processor lacks " + instructionSet.title());
    }
    return new CpuBackend(
        instructionSet,
        "products by " + instructionSet.unit().title(),
        numerics,
        threads,
        pinned,
        library);
  }
}
