package io.longcat4j.cuda;

/**
 * What a device has been told and has told since it was opened.
 *
 * @param launches of kernels, those of a graph not counted
 * @param graphs launched
 * @param bytesToDevice without what kernels read of the host's memory
 * @param bytesToHost as above
 */
record Traffic(long launches, long graphs, long bytesToDevice, long bytesToHost) {
  static Traffic of(CudaContext context) {
    long[] numbers = new long[4];
    try (CudaContext.Turn turn = context.begin("traffic")) {
      turn.end(CudaCalls.traffic(turn.backend(), numbers, numbers.length));
    }
    return new Traffic(numbers[0], numbers[1], numbers[2], numbers[3]);
  }

  Traffic since(Traffic before) {
    return new Traffic(
        launches - before.launches,
        graphs - before.graphs,
        bytesToDevice - before.bytesToDevice,
        bytesToHost - before.bytesToHost);
  }
}
