package io.longcat4j.cli.plan;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What one rank runs on.
 *
 * @param bytesPerSecond that it reads from its memory
 * @param flops multiplications and additions it does in a second, or empty to leave them out
 * @param memoryBytes of its own, or empty where it is not to be asked
 * @param linkLatency of one collective
 * @param linkBytesPerSecond that it receives from all other ranks together
 */
public record RankMachine(
    double bytesPerSecond,
    OptionalDouble flops,
    OptionalLong memoryBytes,
    Duration linkLatency,
    double linkBytesPerSecond) {}
