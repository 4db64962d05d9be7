package io.longcat4j.spi;

import io.longcat4j.Device;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the application asked for when it opened an {@link io.longcat4j.AudioCodec}.
 *
 * @param directory a checkpoint, or a folder that holds a codec or one half of it
 * @param device what computes it
 * @param threads how many compute, or empty for one a core
 * @param cacheDirectory where native libraries may be unpacked, or empty for the default
 */
public record CodecOptions(
    Path directory, Device device, OptionalInt threads, Optional<Path> cacheDirectory) {}
