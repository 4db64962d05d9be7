/** Chat text, placeholders for media, and where their embeddings go. Knows {@code tokenizer}. */
@NullMarked
package io.longcat4j.prompt;

import org.jspecify.annotations.NullMarked;
