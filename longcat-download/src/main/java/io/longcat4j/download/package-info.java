/**
 * Fetches checkpoints from Hugging Face and ModelScope, and checks them. It is the only artifact of
 * the library that opens connections to other machines; no other one needs it.
 */
@NullMarked
package io.longcat4j.download;

import org.jspecify.annotations.NullMarked;
