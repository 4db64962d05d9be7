package io.longcat4j.model;

import io.longcat4j.tensor.HostRows;

/**
 * Rows of an encoder in a pass, in the place of token embeddings.
 *
 * @param firstRow of the pass
 * @param values {@code [rows, hidden]}
 */
public record EncodedRows(int firstRow, HostRows values) {}
