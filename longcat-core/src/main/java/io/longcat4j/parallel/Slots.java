package io.longcat4j.parallel;

import io.longcat4j.compute.Tensor;

/**
 * Where ranks leave their numbers for each other: in each set a slot for each rank. In every round
 * all ranks leave, meet, and find, whether they have numbers for others or not.
 */
interface Slots {
  /** How many sets there are. */
  int sets();

  /** A slot as a matrix of this rank's backend, from its beginning on. */
  Tensor matrix(int set, int rank, int rows, int columns);

  /** What this rank's stream put into its slot so far, is there for whoever has met it. */
  void leave(int set);

  /** After the meeting: this rank's stream sees what the others left. */
  void find(int set);
}
