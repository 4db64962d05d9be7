/**
 * The commands of {@code longcat bench}; what they measure is in {@code io.longcat4j.benchmarks}.
 */
@NullMarked
package io.longcat4j.cli.bench;

import org.jspecify.annotations.NullMarked;
