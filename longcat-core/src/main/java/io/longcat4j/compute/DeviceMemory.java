package io.longcat4j.compute;

/**
 * The memory of a device that is not the host's.
 *
 * @param device its number
 * @param name as its maker calls it
 * @param totalBytes of it
 * @param freeBytes of these, as long as nobody else takes them
 */
public record DeviceMemory(int device, String name, long totalBytes, long freeBytes) {}
