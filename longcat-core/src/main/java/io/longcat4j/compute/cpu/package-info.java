/** The operations in C++ for the processor, chosen by instruction set at run time. */
@NullMarked
package io.longcat4j.compute.cpu;

import org.jspecify.annotations.NullMarked;
