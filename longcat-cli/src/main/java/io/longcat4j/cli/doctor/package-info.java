/** What {@code longcat doctor} finds out. */
@NullMarked
package io.longcat4j.cli.doctor;

import org.jspecify.annotations.NullMarked;
