/** ONNX graphs built from weights, and sessions that run them. */
@NullMarked
package io.longcat4j.onnx;

import org.jspecify.annotations.NullMarked;
