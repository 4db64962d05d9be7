/**
 * What an engine gives to {@link io.longcat4j.LongCat}: found by {@link java.util.ServiceLoader}.
 */
@NullMarked
package io.longcat4j.spi;

import org.jspecify.annotations.NullMarked;
