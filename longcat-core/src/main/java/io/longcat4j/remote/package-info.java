/** Eyes, ears and voice that another rank has: what rank 0 asks, and what that rank answers. */
@NullMarked
package io.longcat4j.remote;

import org.jspecify.annotations.NullMarked;
