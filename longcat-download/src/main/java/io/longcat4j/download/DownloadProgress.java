package io.longcat4j.download;

import java.time.Duration;
import java.util.Optional;

/**
 * How far a download is.
 *
 * @param bytesDone bytes that are there, those of earlier downloads included; may become less where
 *     a file has to begin anew
 * @param bytesTotal bytes of all files
 * @param filesDone files that are complete and checked
 * @param filesTotal all files
 * @param bytesPerSecond what has been coming lately
 * @param timeLeft at that rate; empty where nothing comes
 * @param note what is being waited for, such as a hub that asked for patience; usually empty
 */
public record DownloadProgress(
    long bytesDone,
    long bytesTotal,
    int filesDone,
    int filesTotal,
    double bytesPerSecond,
    Optional<Duration> timeLeft,
    Optional<String> note) {}
