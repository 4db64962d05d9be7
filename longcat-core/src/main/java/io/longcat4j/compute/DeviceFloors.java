package io.longcat4j.compute;

/**
 * What a device does at best, measured now.
 *
 * @param readBytesPerSecond bytes that it reads of its memory
 * @param bf16FlopsPerSecond additions and multiplications of products of BF16 numbers
 */
public record DeviceFloors(double readBytesPerSecond, double bf16FlopsPerSecond) {}
