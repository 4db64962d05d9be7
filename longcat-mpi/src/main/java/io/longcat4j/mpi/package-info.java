/** Ranks as processes that Open MPI starts and connects. */
@NullMarked
package io.longcat4j.mpi;

import org.jspecify.annotations.NullMarked;
