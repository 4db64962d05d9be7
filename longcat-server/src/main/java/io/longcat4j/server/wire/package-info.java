/** JSON of strangers, read with the place of each mistake, and how mistakes are told. */
@NullMarked
package io.longcat4j.server.wire;

import org.jspecify.annotations.NullMarked;
