package io.longcat4j.engine;

/**
 * The size of one stored tensor of a language model.
 *
 * @param name as published
 * @param bytes at least 0
 */
public record WeightSize(String name, long bytes) {}
