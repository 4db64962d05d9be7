/**
 * What eyes, ears and voices give to the engine; implemented by other artifacts and found by {@link
 * java.util.ServiceLoader}.
 */
@NullMarked
package io.longcat4j.modality;

import org.jspecify.annotations.NullMarked;
