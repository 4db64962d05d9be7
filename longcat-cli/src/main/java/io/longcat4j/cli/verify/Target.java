package io.longcat4j.cli.verify;

import io.longcat4j.Backend;
import java.nio.file.Path;

/**
 * What is verified.
 *
 * @param checkpoint the checkpoint directory
 * @param media where the golden folder's pictures and sounds lie
 * @param backend what computes the language model
 * @param threads worker threads
 */
public record Target(Path checkpoint, Path media, Backend backend, int threads) {}
