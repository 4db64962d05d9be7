/** JSON Schemas turned into automata over bytes, and these into masks over the vocabulary. */
@NullMarked
package io.longcat4j.json;

import org.jspecify.annotations.NullMarked;
