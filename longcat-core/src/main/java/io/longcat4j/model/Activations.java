package io.longcat4j.model;

import io.longcat4j.compute.LatentRows;
import io.longcat4j.compute.Routing;
import io.longcat4j.compute.Tensor;

/** The scratch of a forward pass of so many rows, shared by all layers; windows on one memory. */
final class Activations {
  final Tensor normed;
  final Tensor expertInput;

  /** Side by side, since ranks sum both at once. */
  final Tensor branchAndShortcut;

  final Tensor branch;
  final Tensor shortcut;
  final Tensor queryLatent;
  final Tensor query;
  final LatentRows keyValue;
  final Tensor heads;
  final Tensor gated;

  /** Of each layer; one behind the other, so that all are read at once. */
  final Routing[] routings;

  Activations(Scratch scratch, int rows) {
    this.normed = scratch.normed.first(rows);
    this.expertInput = scratch.expertInput.first(rows);
    this.branchAndShortcut = scratch.branchAndShortcut.first(rows);
    this.branch = branchAndShortcut.columns(0, scratch.hidden);
    this.shortcut = branchAndShortcut.columns(scratch.hidden, scratch.hidden);
    this.queryLatent = scratch.queryLatent.first(rows);
    this.query = scratch.query.first(rows);
    this.keyValue = LatentRows.of(scratch.keyValue.first(rows), scratch.latentColumns);
    this.heads = scratch.heads.first(rows);
    this.gated = scratch.gated.first(rows);
    this.routings = new Routing[scratch.layers];
    for (int l = 0; l < routings.length; l++) {
      routings[l] = scratch.routing.rows(l * rows, rows);
    }
  }
}
