package io.longcat4j.engine;

import io.longcat4j.modality.Embeddings;
import io.longcat4j.prompt.MediaLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of one media part.
 *
 * @param layout its placeholders
 * @param images rows for the image placeholders, or null
 * @param sounds rows for the audio placeholders, or null
 * @param warnings what was shortened
 */
record EncodedMedia(
    MediaLayout layout,
    @Nullable Embeddings images,
    @Nullable Embeddings sounds,
    List<String> warnings) {}
