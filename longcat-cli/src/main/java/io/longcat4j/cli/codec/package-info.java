/** {@code longcat codec}: speech to tokens and back. */
@NullMarked
package io.longcat4j.cli.codec;

import org.jspecify.annotations.NullMarked;
