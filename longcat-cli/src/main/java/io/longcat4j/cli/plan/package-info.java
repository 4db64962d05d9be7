/** How fast ranks can be at best. */
@NullMarked
package io.longcat4j.cli.plan;

import org.jspecify.annotations.NullMarked;
