package io.longcat4j.testing;

import static io.longcat4j.testing.ComputeBench.assertClose;
import static io.longcat4j.testing.ComputeBench.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.longcat4j.Numerics;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.Choice;
import io.longcat4j.attention.PageTable;
import io.longcat4j.attention.Span;
import io.longcat4j.compute.HeadLayout;
import io.longcat4j.compute.IndexShape;
import io.longcat4j.compute.KeyIndex;
import io.longcat4j.compute.RowFormat;
import io.longcat4j.compute.RowPlan;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.reference.ReferenceProvider;
import io.longcat4j.spi.WorkerThreads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Attention whose heads keep few positions. Numbers are small multiples of powers of two where sets
 * are compared, so that every backend has the same scores to the last bit, and many of them equal.
 */
public interface SparseAttentionContract extends BackendUnderTest {
  List<Integer> NONE = List.of();

  List<HeadLayout> SHAPES =
      List.of(
          new HeadLayout(1, 1, 2, 1, 1, 1f),
          new HeadLayout(3, 5, 4, 7, 6, 0.25f),
          new HeadLayout(5, 4, 0, 37, 19, 0.125f),
          new HeadLayout(67, 2, 6, 16, 8, 0.0625f));

  /** Sequences that end anywhere, with their cache, and one policy for all. */
  record Scene(
      HeadLayout layout,
      TestWeight kvB,
      float[][] queries,
      float[][] cache,
      List<Span> spans,
      int pagePositions) {

    static Scene of(
        HeadLayout layout,
        AttentionPolicy policy,
        int page,
        int[][] rows,
        SplittableRandom random) {
      int count = Arrays.stream(rows).mapToInt(r -> r[1]).sum();
      List<Integer> free = new ArrayList<>();
      int pages = Arrays.stream(rows).mapToInt(r -> pagesFor(r, page)).sum() + 2;
      IntStream.range(0, pages).forEach(free::add);
      Collections.shuffle(free, new java.util.Random(random.nextLong()));
      List<Span> spans = new ArrayList<>();
      int row = 0;
      int used = 0;
      for (int[] r : rows) {
        int[] own =
            free.subList(used, used + pagesFor(r, page)).stream().mapToInt(i -> i).toArray();
        spans.add(new Span(row, r[1], r[0], PageTable.of(own), policy));
        row += r[1];
        used += own.length;
      }
      float[][] weight =
          grid(layout.heads() * (layout.nope() + layout.value()), layout.latent(), 2, 2, random);
      return new Scene(
          layout,
          TestWeight.of(weight),
          grid(count, layout.queryColumns(), 3, 4, random),
          grid(page * pages, layout.cacheColumns(), 5, 8, random),
          spans,
          page);
    }

    private static int pagesFor(int[] row, int page) {
      return (row[0] + row[1] + page - 1) / page;
    }

    Scene with(AttentionPolicy policy) {
      List<Span> others = new ArrayList<>();
      for (Span s : spans) {
        others.add(new Span(s.firstRow(), s.rows(), s.firstPosition(), s.pages(), policy));
      }
      return new Scene(layout, kvB, queries, cache, others, pagePositions);
    }

    Scene with(float[][] otherQueries, float[][] otherCache) {
      return new Scene(layout, kvB, otherQueries, otherCache, spans, pagePositions);
    }

    Choice choice() {
      return spans.get(0).policy().choice();
    }

    IndexShape shape() {
      int pages = cache.length / pagePositions;
      return new IndexShape(choice(), layout.latent(), layout.rope(), pagePositions, pages);
    }

    /** As a model does it: rows into the cache, page by page of each sequence, then the index. */
    KeyIndex index(ComputeBench bench, Tensor rows) {
      if (!choice().isApproximate()) {
        return null;
      }
      KeyIndex index = bench.backend().allocateIndex(shape());
      for (Span span : spans) {
        int end = span.lastPosition() + 1;
        for (int from = 0; from < end; from += 5) {
          int count = Math.min(5, end - from);
          Span written = new Span(0, count, from, span.pages(), AttentionPolicy.dense());
          bench.stream()
              .index(rows, bench.plan(List.of(written), pagePositions, cache.length), index);
        }
      }
      return index;
    }

    float[][] run(ComputeBench bench) {
      return run(bench, RowFormat.F32);
    }

    float[][] run(ComputeBench bench, RowFormat format) {
      var into = bench.window(new float[queries.length][layout.heads() * layout.value()]);
      try (Tensor rows = kept(bench, format);
          KeyIndex index = index(bench, rows);
          RowPlan plan = bench.plan(spans, pagePositions, cache.length)) {
        Tensor asked = bench.window(queries).tensor();
        bench.stream()
            .latentAttention(asked, bench.load(kvB), layout, rows, index, plan, into.tensor());
      }
      return into.read();
    }

    float[][] measure(ComputeBench bench) {
      Tensor into = bench.backend().allocate(queries.length, 3 * layout.heads());
      try (Tensor rows = kept(bench, RowFormat.F32);
          KeyIndex index = index(bench, rows);
          RowPlan plan = bench.plan(spans, pagePositions, cache.length)) {
        Tensor asked = bench.tensor(queries);
        bench.stream().measureAttention(asked, bench.load(kvB), layout, rows, index, plan, into);
      }
      return bench.read(into);
    }

    private Tensor kept(ComputeBench bench, RowFormat format) {
      Tensor rows = bench.backend().allocate(cache.length, layout.cacheColumns(), format);
      int[] slots = IntStream.range(0, cache.length).toArray();
      try (RowPlan all = bench.planOfSlots(cache.length, slots)) {
        bench.stream().scatter(bench.tensor(cache), all, rows);
      }
      return rows;
    }

    double[][] expected() {
      return Expected.attention(queries, kvB.numbers(), layout, cache, spans, pagePositions);
    }

    @Override
    public String toString() {
      return layout + " pages of " + pagePositions + " " + spans;
    }
  }

  /** Multiples of a fraction. */
  static float[][] grid(int rows, int columns, int most, int parts, SplittableRandom random) {
    float[][] values = new float[rows][columns];
    for (float[] row : values) {
      for (int i = 0; i < columns; i++) {
        row[i] = (float) random.nextInt(-most, most + 1) / parts;
      }
    }
    return values;
  }

  static AttentionPolicy policy(Choice choice, boolean shared, int kept, int sinks, int recent) {
    return new AttentionPolicy.Sparse(kept, 0, choice, shared, sinks, recent, 0, NONE);
  }

  static AttentionPolicy any(SplittableRandom random) {
    List<Choice> choices = List.of(Choice.values());
    Choice choice = choices.get(random.nextInt(choices.size()));
    int sinks = random.nextInt(4);
    int recent = random.nextInt(4) + (choice == Choice.WINDOW ? 1 : 0);
    int kept = Math.max(1, sinks + recent) + (choice == Choice.WINDOW ? 0 : random.nextInt(12));
    boolean sharing = choice != Choice.WINDOW && random.nextInt(3) == 0;
    return new AttentionPolicy.Sparse(
        kept,
        sharing ? 0.3 : 0,
        choice,
        choice != Choice.WINDOW && random.nextInt(5) < 2,
        sinks,
        recent,
        random.nextInt(3) == 0 ? random.nextInt(40) : 0,
        NONE);
  }

  private static ComputeBench reference() {
    return new ComputeBench(
        new ReferenceProvider().open(WorkerThreads.unpinned(OptionalInt.of(1)), Numerics.EXACT));
  }

  /** Whether a policy is refused, in which case no plan is made of it either. */
  private boolean refused(Scene scene) {
    try (ComputeBench bench = bench(1)) {
      AttentionPolicy policy = scene.spans().get(0).policy();
      boolean refused = bench.backend().refusal(policy).isPresent();
      if (refused) {
        assertThat(bench.backend().refusal(policy).orElseThrow())
            .startsWith(bench.backend().name());
        assertThatThrownBy(
                () -> bench.plan(scene.spans(), scene.pagePositions(), scene.cache().length))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("keep");
      }
      return refused;
    }
  }

  @Test
  default void every_policy_keeps_the_positions_of_the_reference() {
    SplittableRandom random = new SplittableRandom(50);
    for (int round = 0; round < 60; round++) {
      HeadLayout layout = SHAPES.get(round % SHAPES.size());
      int page = new int[] {1, 2, 4, 16}[random.nextInt(4)];
      int[][] rows = {{random.nextInt(90), 1}, {random.nextInt(30), 1 + random.nextInt(6)}, {0, 1}};
      Scene scene = Scene.of(layout, any(random), page, rows, random);
      if (refused(scene)) {
        continue;
      }
      float[][] expected;
      float[][] figures;
      try (ComputeBench bench = reference()) {
        expected = scene.run(bench);
        figures = scene.measure(bench);
      }
      try (ComputeBench bench = bench(2)) {
        assertClose(scene.toString(), scene.run(bench), wide(expected), 64);
        assertFigures(scene.toString(), scene.measure(bench), figures);
      }
    }
  }

  private static double[][] wide(float[][] values) {
    return Arrays.stream(values).map(Expected::wide).toArray(double[][]::new);
  }

  private static void assertFigures(String what, float[][] actual, float[][] expected) {
    for (int row = 0; row < expected.length; row++) {
      for (int i = 0; i < expected[row].length; i++) {
        float tolerance = i % 3 == 0 ? 0 : 1e-4f;
        assertThat(actual[row][i]).as(what).isCloseTo(expected[row][i], within(tolerance));
      }
    }
  }

  @Test
  default void exact_choices_and_windows_are_right() {
    SplittableRandom random = new SplittableRandom(51);
    for (int round = 0; round < 40; round++) {
      AttentionPolicy policy = any(random);
      int[][] rows = {{random.nextInt(70), 1}, {random.nextInt(30), 3}};
      Scene scene = Scene.of(SHAPES.get(round % SHAPES.size()), policy, 4, rows, random);
      if (policy.choice().isApproximate()
          || ((AttentionPolicy.Sparse) policy).shared()
          || refused(scene)) {
        continue;
      }
      try (ComputeBench bench = bench(2)) {
        assertClose(scene.toString(), scene.run(bench), scene.expected(), 64);
      }
    }
  }

  @Test
  default void keeping_as_many_as_there_are_is_dense_attention() {
    SplittableRandom random = new SplittableRandom(52);
    for (Choice choice : Choice.values()) {
      int recent = choice == Choice.WINDOW ? 47 : 3;
      AttentionPolicy policy = policy(choice, choice.isApproximate(), 50, 3, recent);
      int[][] rows = {{49, 1}, {0, 9}};
      Scene scene = Scene.of(SHAPES.get(1), policy, 16, rows, random);
      if (refused(scene)) {
        continue;
      }
      try (ComputeBench bench = bench(2)) {
        float[][] dense = scene.with(AttentionPolicy.dense()).run(bench);
        assertClose(choice.toString(), scene.run(bench), wide(dense), 1);
      }
    }
  }

  @Test
  default void integers_find_the_best_positions_where_numbers_are_integers() {
    SplittableRandom random = new SplittableRandom(53);
    HeadLayout layout = new HeadLayout(2, 1, 1, 3, 3, 1e-4f);
    Scene scene =
        Scene.of(layout, policy(Choice.INT8, false, 6, 0, 0), 16, new int[][] {{900, 1}}, random);
    float[][] cache = grid(scene.cache().length, 4, 62, 1, random);
    float[][] weight = grid(8, 3, 14, 1, random);
    for (float[] row : cache) {
      row[random.nextInt(3)] = 63;
    }
    for (float[] row : weight) {
      row[random.nextInt(3)] = 15;
    }
    Scene whole =
        new Scene(
            layout,
            TestWeight.of(weight),
            new float[][] {{1, 1, -1, 1}},
            cache,
            scene.spans(),
            scene.pagePositions());
    if (refused(whole)) {
      return;
    }
    try (ComputeBench bench = bench(2)) {
      assertClose("sets", whole.run(bench), whole.expected(), 64);
    }
  }

  @Test
  default void pages_are_chosen_by_the_bounds_of_their_scores() {
    HeadLayout layout = new HeadLayout(1, 0, 2, 1, 1, 1);
    float[][] cache = new float[20][3];
    // Of pages of 4: bounds 6 and 9 of the query (1, -1), though no position of the second has 9.
    put(cache, 0, 3, -3);
    put(cache, 4, 4, 5);
    put(cache, 5, -4, -5);
    put(cache, 8, 1, -1);
    for (int slot = 0; slot < cache.length; slot++) {
      cache[slot][0] = slot;
    }
    Span span =
        new Span(0, 1, 16, PageTable.of(0, 1, 2, 3, 4), policy(Choice.PAGES, false, 2, 0, 0));
    Scene scene =
        new Scene(
            layout,
            TestWeight.of(new float[] {1}),
            new float[][] {{1, -1}},
            cache,
            List.of(span),
            4);
    if (refused(scene)) {
      return;
    }
    // The second page alone is looked into, and the row's own: best are 5 with 1, then 6 with 0.
    double weight = 1 / (1 + Math.exp(-1));
    double[][] expected = {{5 * weight + 6 * (1 - weight)}};
    try (ComputeBench bench = bench(1)) {
      assertClose("second page", scene.run(bench), expected, 1);
      Scene first = scene.with(policy(Choice.PAGES, false, 2, 1, 0));
      // A sink of score 6, and the first of equal ones in its page.
      double[][] sink = {{1 / (1 + Math.exp(6))}};
      assertClose("first page", first.run(bench), sink, 1);
    }
  }

  private static void put(float[][] cache, int slot, float first, float second) {
    cache[slot][1] = first;
    cache[slot][2] = second;
  }

  @Test
  default void columns_are_those_where_the_queries_of_all_heads_are_largest() {
    // Of eight latent columns four are scored: of one head the first, of both together the last.
    float[] first = {15, 0, 0, 0, 3, 0, 0, 0};
    float[] second = {0, 0, 0, 0, 0, 15, 15, 0};
    assertThat(best(Choice.INT8, first)).isEqualTo(new float[] {12});
    assertThat(best(Choice.COLUMNS, first)).isEqualTo(new float[] {6});
    assertThat(best(Choice.INT8, first, second)).isEqualTo(new float[] {12, 13});
    assertThat(best(Choice.COLUMNS, first, second)).isEqualTo(new float[] {12, 13});
    // As large in the first columns as in the last: the first are scored.
    float[] equal = {15, 0, 0, 0, 0, 15, 0, 0};
    assertThat(best(Choice.COLUMNS, equal)).isEqualTo(new float[] {6});
  }

  /** The position that each head keeps of 20, from its absorbed query; -1 where it is refused. */
  private float[] best(Choice choice, float[]... absorbed) {
    HeadLayout layout = new HeadLayout(absorbed.length, 1, 0, 9, 1, 1);
    float[][] weight = new float[2 * absorbed.length][9];
    float[][] queries = new float[1][absorbed.length];
    for (int head = 0; head < absorbed.length; head++) {
      System.arraycopy(absorbed[head], 0, weight[2 * head], 0, 8);
      weight[2 * head + 1][8] = 1;
      queries[0][head] = 1;
    }
    float[][] cache = new float[20][9];
    for (int position = 0; position < 20; position++) {
      cache[position][8] = position;
    }
    for (int position = 6; position < 10; position++) {
      cache[position][0] = 40;
    }
    cache[12][4] = 250;
    cache[13][5] = 60;
    Span span = new Span(0, 1, 19, PageTable.of(0, 1, 2, 3, 4), policy(choice, false, 1, 0, 0));
    Scene scene = new Scene(layout, TestWeight.of(weight), queries, cache, List.of(span), 4);
    if (refused(scene)) {
      try (ComputeBench bench = reference()) {
        return scene.run(bench)[0];
      }
    }
    try (ComputeBench bench = bench(2)) {
      return scene.run(bench)[0];
    }
  }

  @Test
  default void sums_of_many_largest_integers_are_exact() {
    HeadLayout layout = new HeadLayout(1, 1, 0, 96, 1, 1e-3f);
    float[][] weight = new float[2][96];
    Arrays.fill(weight[0], 1);
    weight[1][0] = 1;
    float[][] cache = new float[32][96];
    for (int position = 0; position < 32; position++) {
      Arrays.fill(cache[position], 1 + position * 7 % 32);
    }
    for (Choice choice : List.of(Choice.INT8, Choice.COLUMNS)) {
      Span span = new Span(0, 1, 31, PageTable.of(0), policy(choice, false, 1, 0, 0));
      Scene scene =
          new Scene(layout, TestWeight.of(weight), new float[][] {{1}}, cache, List.of(span), 32);
      if (refused(scene)) {
        continue;
      }
      try (ComputeBench bench = bench(1)) {
        assertThat(scene.run(bench)[0]).as(choice.toString()).isEqualTo(new float[] {32});
      }
    }
  }

  @Test
  default void heads_that_share_keep_what_any_of_them_would_miss_most() {
    // Two heads, of which one sees the first number of keys and the other the second.
    HeadLayout layout = new HeadLayout(2, 0, 2, 1, 1, 1);
    float[][] keys = {{9, 0}, {0, 2}, {7.5f, 0}, {0, 1}, {0, 0}, {1, 0}};
    float[][] cache = new float[6][3];
    for (int slot = 0; slot < 6; slot++) {
      put(cache, slot, keys[slot][0], keys[slot][1]);
      cache[slot][0] = slot;
    }
    Span span =
        new Span(0, 1, 5, PageTable.of(0, 1, 2, 3, 4, 5), policy(Choice.INT8, true, 3, 0, 0));
    Scene scene =
        new Scene(
            layout,
            TestWeight.of(new float[] {1}, new float[] {1}),
            new float[][] {{1, 0, 0, 1}},
            cache,
            List.of(span),
            1);
    if (refused(scene)) {
      return;
    }
    // Position 0 is the best of one head and 1 of the other; 3 falls short by 1, 2 by 1.5.
    double[] first = Expected.softmax(new double[] {9, 0, 0});
    double[] second = Expected.softmax(new double[] {0, 2, 1});
    double[][] expected = {{first[1] + 3 * first[2], second[1] + 3 * second[2]}};
    try (ComputeBench bench = bench(1)) {
      assertClose("shared", scene.run(bench), expected, 1);
    }
  }

  @Test
  default void choices_have_the_same_bits_for_any_threads_company_and_pieces() {
    SplittableRandom random = new SplittableRandom(54);
    for (Choice choice : Choice.values()) {
      for (boolean shared :
          choice != Choice.WINDOW ? new boolean[] {false, true} : new boolean[1]) {
        AttentionPolicy policy =
            choice == Choice.WINDOW
                ? policy(choice, false, 9, 4, 5)
                : policy(choice, shared, 9, 1, 2);
        int[][] rows = {{300, 1}, {14, 20}, {0, 1}, {77, 3}};
        Scene scene = Scene.of(SHAPES.get(3), policy, 16, rows, random);
        if (refused(scene)) {
          continue;
        }
        float[][] expected = run(scene, 1);
        assertSameBits("2 threads", run(scene, 2), expected);
        assertSameBits("5 threads", run(scene, 5), expected);
        for (Span span : scene.spans()) {
          for (int i = 0; i < span.rows(); i++) {
            Span own = new Span(0, 1, span.firstPosition() + i, span.pages(), policy);
            float[][] query = {scene.queries()[span.firstRow() + i]};
            Scene alone =
                new Scene(
                    scene.layout(),
                    scene.kvB(),
                    query,
                    scene.cache(),
                    List.of(own),
                    scene.pagePositions());
            assertSameBits(
                "row alone", run(alone, 2), new float[][] {expected[span.firstRow() + i]});
          }
        }
      }
    }
  }

  private float[][] run(Scene scene, int threads) {
    try (ComputeBench bench = bench(threads)) {
      return scene.run(bench);
    }
  }

  @Test
  default void the_index_knows_rows_as_they_were_kept() {
    SplittableRandom random = new SplittableRandom(55);
    for (Choice choice : List.of(Choice.INT8, Choice.PAGES, Choice.COLUMNS)) {
      for (RowFormat format : RowFormat.values()) {
        Scene scene =
            Scene.of(
                SHAPES.get(2), policy(choice, false, 5, 0, 1), 4, new int[][] {{61, 1}}, random);
        if (refused(scene)) {
          continue;
        }
        float[][] expected;
        try (ComputeBench bench = reference()) {
          expected = scene.run(bench, format);
        }
        try (ComputeBench bench = bench(2)) {
          assertClose(choice + " " + format, scene.run(bench, format), wide(expected), 64);
        }
      }
    }
  }

  @Test
  default void a_copied_page_is_chosen_as_the_page_itself() {
    SplittableRandom random = new SplittableRandom(56);
    for (Choice choice : List.of(Choice.INT8, Choice.PAGES, Choice.COLUMNS)) {
      Scene scene =
          Scene.of(SHAPES.get(1), policy(choice, true, 7, 0, 0), 4, new int[][] {{29, 1}}, random);
      if (refused(scene)) {
        continue;
      }
      PageTable pages = scene.spans().get(0).pages();
      int spare =
          IntStream.range(0, scene.shape().pages()).filter(p -> !holds(pages, p)).min().getAsInt();
      int[] moved = pages.pages().clone();
      int from = moved[2];
      moved[2] = spare;
      try (ComputeBench bench = bench(2);
          Tensor rows = scene.kept(bench, RowFormat.F32);
          KeyIndex index = scene.index(bench, rows)) {
        bench.stream().copy(rows.rows(4 * from, 4), rows.rows(4 * spare, 4));
        bench.stream().copyIndex(index, from, spare);
        Span span = scene.spans().get(0);
        Span other = new Span(0, 1, 29, PageTable.of(moved), span.policy());
        Tensor asked = bench.tensor(scene.queries());
        Tensor into = bench.backend().allocate(1, scene.layout().heads() * scene.layout().value());
        try (RowPlan plan = bench.plan(List.of(other), 4, scene.cache().length)) {
          bench.stream()
              .latentAttention(
                  asked, bench.load(scene.kvB()), scene.layout(), rows, index, plan, into);
        }
        assertSameBits("copied", bench.read(into), scene.run(bench));
        assertThatThrownBy(() -> bench.stream().copyIndex(index, -1, 0))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("page -1 to page 0");
      }
    }
  }

  private static boolean holds(PageTable table, int page) {
    return Arrays.stream(table.pages()).anyMatch(p -> p == page);
  }

  @Test
  default void equal_scores_and_extreme_ones_leave_numbers() {
    SplittableRandom random = new SplittableRandom(57);
    for (Choice choice : Choice.values()) {
      for (float magnitude : new float[] {0, 1e-38f, 1e30f}) {
        AttentionPolicy policy =
            choice == Choice.WINDOW
                ? policy(choice, false, 9, 4, 5)
                : policy(choice, false, 9, 0, 0);
        Scene scene = Scene.of(SHAPES.get(1), policy, 4, new int[][] {{50, 1}}, random);
        if (refused(scene)) {
          continue;
        }
        float[][] queries = scaled(scene.queries(), magnitude);
        float[][] expected;
        try (ComputeBench bench = reference()) {
          expected = scene.with(queries, scene.cache()).run(bench);
        }
        try (ComputeBench bench = bench(2)) {
          float[][] actual = scene.with(queries, scene.cache()).run(bench);
          assertClose(choice + " of " + magnitude, actual, wide(expected), 64);
        }
      }
    }
  }

  private static float[][] scaled(float[][] values, float factor) {
    float[][] result = new float[values.length][];
    for (int row = 0; row < values.length; row++) {
      result[row] = values[row].clone();
      for (int i = 0; i < result[row].length; i++) {
        result[row][i] *= factor;
      }
    }
    return result;
  }

  @Test
  default void an_index_that_does_not_fit_is_refused() {
    Scene scene =
        Scene.of(
            SHAPES.get(1),
            policy(Choice.PAGES, false, 5, 0, 0),
            4,
            new int[][] {{20, 1}},
            new SplittableRandom(58));
    if (refused(scene)) {
      return;
    }
    try (ComputeBench bench = bench(1);
        Tensor rows = scene.kept(bench, RowFormat.F32);
        RowPlan plan = bench.plan(scene.spans(), 4, scene.cache().length)) {
      Tensor asked = bench.tensor(scene.queries());
      Tensor into = bench.backend().allocate(1, scene.layout().heads() * scene.layout().value());
      var kvB = bench.load(scene.kvB());
      HeadLayout layout = scene.layout();
      assertThatThrownBy(() -> bench.stream().latentAttention(asked, kvB, layout, rows, plan, into))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("PAGES needs an index of the cache, but there is none");
      int pages = scene.shape().pages();
      KeyIndex other = bench.backend().allocateIndex(new IndexShape(Choice.INT8, 7, 4, 4, pages));
      assertThatThrownBy(
              () -> bench.stream().latentAttention(asked, kvB, layout, rows, other, plan, into))
          .hasMessageContaining("but there is one for INT8");
      KeyIndex coarse = bench.backend().allocateIndex(new IndexShape(Choice.PAGES, 7, 4, 8, pages));
      assertThatThrownBy(
              () -> bench.stream().latentAttention(asked, kvB, layout, rows, coarse, plan, into))
          .hasMessageContaining("does not fit");
      assertThatThrownBy(() -> bench.stream().index(rows, plan, coarse))
          .hasMessageContaining("pages of 4 positions over");
    }
  }
}
