/** The operations on a GPU, or on an emulated one for whoever changes kernels. */
@NullMarked
package io.longcat4j.cuda;

import org.jspecify.annotations.NullMarked;
