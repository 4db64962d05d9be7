/**
 * Programs of one page each. All take the checkpoint directory as their first argument, and default
 * to the shipped one, whose weights are random: its words are noise.
 */
@NullMarked
package io.longcat4j.samples;

import org.jspecify.annotations.NullMarked;
