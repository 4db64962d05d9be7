/**
 * Eyes: images and videos to rows of embeddings. Pictures are resized as the published demo does
 * it, cut into patches, encoded by LongCat-ViT, projected to the language model's width and, where
 * they are too many, pooled. Knows {@code modality}, {@code checkpoint} and {@code onnx}.
 */
@NullMarked
package io.longcat4j.vision;

import org.jspecify.annotations.NullMarked;
