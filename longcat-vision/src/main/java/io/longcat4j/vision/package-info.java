/**
 * Eyes: images and videos to rows of embeddings. Pictures are resized as the published demo does
 * it, cut into patches, encoded by LongCat-ViT, projected to the language model's width and, where
 * they are too many, pooled. Knows {@code modality}, {@code prompt}, {@code checkpoint}, {@code
 * onnx}, {@code tensor} and {@code longcat-media}.
 */
@NullMarked
package io.longcat4j.vision;

import org.jspecify.annotations.NullMarked;
