/**
 * Measurements: floors of the machine, a layer at the published sizes, a whole small model, and the
 * checkpoints of random weights they run on. Knows everything; only the command line knows it.
 */
@NullMarked
package io.longcat4j.benchmarks;

import org.jspecify.annotations.NullMarked;
