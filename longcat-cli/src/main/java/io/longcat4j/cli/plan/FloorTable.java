package io.longcat4j.cli.plan;

import io.longcat4j.Experts;
import io.longcat4j.Plan;
import io.longcat4j.RankSharing.PassBytes;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.engine.RankPlanning;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Tokens a second of all requests together, in a Markdown table. */
public final class FloorTable {
  private final ModelConfig config;
  private final RankMachine machine;
  private final List<Integer> contexts;
  private final List<Integer> batches;
  private final List<String> lines = new ArrayList<>();

  /**
   * Begins a table.
   *
   * @param config the model's sizes
   * @param machine what each rank runs on
   * @param contexts positions that each request has in the cache
   * @param batches requests that run together
   */
  public FloorTable(
      ModelConfig config, RankMachine machine, List<Integer> contexts, List<Integer> batches) {
    this.config = config;
    this.machine = machine;
    this.contexts = List.copyOf(contexts);
    this.batches = List.copyOf(batches);
    StringBuilder head = new StringBuilder("| ranks | experts | weights of a rank | batch |");
    head.append(" fullest rank | weights | collectives |");
    StringBuilder rule = new StringBuilder("|---|---|---|---|---|---|---|");
    for (int context : contexts) {
      head.append(" tokens/s at ").append(context).append(" |");
      rule.append("---|");
    }
    lines.add(head.toString());
    lines.add(rule.toString());
  }

  /**
   * Adds a row for each batch.
   *
   * @param plan of some ranks
   */
  public void add(Plan plan) {
    for (int batch : batches) {
      lines.add(row(plan, batch));
    }
  }

  private String row(Plan plan, int batch) {
    int ranks = plan.ranks().size();
    PassBytes pass = RankPlanning.pass(config, plan.ranks(), batch);
    boolean whole = plan.sharing().experts() == Experts.WHOLE;
    PassFloor empty = PassFloor.of(plan, config, machine, batch, 0);
    StringBuilder row = new StringBuilder();
    row.append(
        String.format(
            Locale.ROOT,
            "| %d | %s | %.1f GB | %d | %.2f x | %.2f ms | %.2f ms |",
            ranks,
            ranks == 1 ? "-" : whole ? "whole" : "sliced",
            PassFloor.weightBytes(plan) / 1e9,
            batch,
            whole ? pass.fullest() : 1,
            empty.weights() * 1e3,
            empty.collectives() * 1e3));
    for (int context : contexts) {
      PassFloor floor = PassFloor.of(plan, config, machine, batch, context);
      row.append(
          floor.fits(machine)
              ? String.format(Locale.ROOT, " %.1f |", floor.tokensPerSecond())
              : " - |");
    }
    return row.toString();
  }

  /**
   * The table.
   *
   * @return its lines
   */
  public List<String> lines() {
    return List.copyOf(lines);
  }
}
