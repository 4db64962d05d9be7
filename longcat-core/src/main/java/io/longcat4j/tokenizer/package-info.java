/** Byte-level BPE from {@code tokenizer.json}, exactly as Hugging Face tokenizers computes it. */
@NullMarked
package io.longcat4j.tokenizer;

import org.jspecify.annotations.NullMarked;
