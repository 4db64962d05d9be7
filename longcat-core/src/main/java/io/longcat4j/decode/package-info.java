/** From logits to ids: sampling, the text loop, the loop of text and speech. */
@NullMarked
package io.longcat4j.decode;

import org.jspecify.annotations.NullMarked;
