/**
 * The published demo's files: named conversations in, {@code NAME.json} and {@code NAME.wav} out.
 */
@NullMarked
package io.longcat4j.cli.demo;

import org.jspecify.annotations.NullMarked;
