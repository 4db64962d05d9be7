package io.longcat4j.decode;

import io.longcat4j.model.LanguageModel;

/** Counts the real experts that routers pick. */
final class ExpertCount {
  private final int realExperts;
  private long picks;
  private long tokens;

  ExpertCount(int realExperts) {
    this.realExperts = realExperts;
  }

  LanguageModel.LayerListener of(int rows) {
    return (layer, output, routing) -> {
      for (int id : routing.ids(rows)) {
        if (id < realExperts) {
          picks++;
        }
      }
      tokens += rows;
    };
  }

  double mean() {
    return tokens == 0 ? 0 : (double) picks / tokens;
  }
}
