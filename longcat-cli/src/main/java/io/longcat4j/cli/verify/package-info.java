/**
 * Compares every stage of the library with a golden folder. A stage computes what the folder
 * expects from what the folder gives; whatever no stage looks at is reported, never passed over.
 */
@NullMarked
package io.longcat4j.cli.verify;

import org.jspecify.annotations.NullMarked;
