/** Over how many ranks a command's model is spread. */
@NullMarked
package io.longcat4j.cli.ranks;

import org.jspecify.annotations.NullMarked;
