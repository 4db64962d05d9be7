package io.longcat4j.model;

import io.longcat4j.compute.LatentRows;
import io.longcat4j.compute.Routing;
import io.longcat4j.compute.Tensor;
import io.longcat4j.parallel.ColumnRuns;
import java.util.List;
import java.util.stream.Stream;

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

  /** What this rank computes of {@link #queryLatent}: a run of the columns, or all. */
  final Tensor ownQueryLatent;

  /** What this rank computes of {@link #keyValue}. */
  final Tensor ownKeyValue;

  /** What ranks bring together of both; nothing where each computes all. */
  final List<ColumnRuns> lowRankRuns;

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
    Share share = scratch.share;
    this.ownQueryLatent = share.ownColumns(queryLatent);
    this.ownKeyValue = share.ownColumns(keyValue.all());
    this.lowRankRuns =
        Stream.of(queryLatent, keyValue.all())
            .filter(whole -> share.gathers(whole.columns()))
            .map(whole -> new ColumnRuns(whole, share.runStarts(whole.columns())))
            .toList();
    this.heads = scratch.heads.first(rows);
    this.gated = scratch.gated.first(rows);
    this.routings = new Routing[scratch.layers];
    for (int l = 0; l < routings.length; l++) {
      routings[l] = scratch.routing.rows(l * rows, rows);
    }
  }
}
