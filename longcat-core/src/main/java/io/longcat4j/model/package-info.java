/** The network, written as the paper reads, over {@code compute}; touches no element itself. */
@NullMarked
package io.longcat4j.model;

import org.jspecify.annotations.NullMarked;
