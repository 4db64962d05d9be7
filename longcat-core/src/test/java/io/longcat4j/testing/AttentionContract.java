package io.longcat4j.testing;

import static io.longcat4j.testing.ComputeBench.assertClose;
import static io.longcat4j.testing.ComputeBench.assertSameBits;
import static io.longcat4j.testing.ComputeBench.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.PageTable;
import io.longcat4j.attention.Span;
import io.longcat4j.compute.HeadLayout;
import io.longcat4j.compute.LatentRows;
import io.longcat4j.compute.Rotary;
import io.longcat4j.compute.RowFormat;
import io.longcat4j.compute.RowPlan;
import io.longcat4j.compute.Tensor;
import io.longcat4j.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Latent attention over paged caches. */
public interface AttentionContract extends BackendUnderTest {
  /** An attention block with a batch of sequences. */
  record Case(
      HeadLayout layout,
      TestWeight kvB,
      float[][] queries,
      float[][] cache,
      List<Span> spans,
      int pagePositions) {

    private static final int[] PAGES = {1, 2, 16};

    Case(HeadLayout layout, DType dtype, int[][] sequences, int topK, SplittableRandom random) {
      this(layout, dtype, sequences, topK, PAGES[random.nextInt(PAGES.length)], random);
    }

    Case(
        HeadLayout layout,
        DType dtype,
        int[][] sequences,
        int topK,
        int pagePositions,
        SplittableRandom random) {
      this(
          layout,
          TestWeight.random(
              dtype, layout.heads() * (layout.nope() + layout.value()), layout.latent(), random),
          random(rows(sequences), layout.queryColumns(), random),
          random(pagePositions * pages(sequences, pagePositions), layout.cacheColumns(), random),
          spans(sequences, topK, pagePositions, random),
          pagePositions);
    }

    /**
     * Sequences are {first position, rows} and maybe {positions to keep}; their pages lie scattered
     * over the cache, and tables go on behind what is in use.
     */
    private static List<Span> spans(
        int[][] sequences, int topK, int pagePositions, SplittableRandom random) {
      List<Integer> pages = new ArrayList<>();
      for (int page = 0; page < pages(sequences, pagePositions); page++) {
        pages.add(page);
      }
      Collections.shuffle(pages, new java.util.Random(random.nextLong()));
      List<Span> spans = new ArrayList<>();
      int row = 0;
      int used = 0;
      for (int[] sequence : sequences) {
        int count = pages(sequence, pagePositions);
        int[] own = pages.subList(used, used + count).stream().mapToInt(i -> i).toArray();
        int kept = sequence.length > 2 ? sequence[2] : topK;
        spans.add(
            new Span(
                row,
                sequence[1],
                sequence[0],
                PageTable.of(Arrays.copyOf(own, count + 3)),
                kept == 0 ? AttentionPolicy.dense() : AttentionPolicy.topK(kept)));
        row += sequence[1];
        used += count;
      }
      return spans;
    }

    private static int rows(int[][] sequences) {
      return Arrays.stream(sequences).mapToInt(sequence -> sequence[1]).sum();
    }

    private static int pages(int[] sequence, int pagePositions) {
      return (sequence[0] + sequence[1] + pagePositions - 1) / pagePositions;
    }

    private static int pages(int[][] sequences, int pagePositions) {
      return Arrays.stream(sequences).mapToInt(one -> pages(one, pagePositions)).sum() + 3;
    }

    float[][] run(ComputeBench bench) {
      var into = bench.window(new float[queries.length][layout.heads() * layout.value()]);
      try (RowPlan plan = bench.plan(spans, pagePositions, cache.length)) {
        bench.stream()
            .latentAttention(
                bench.window(queries).tensor(),
                bench.load(kvB),
                layout,
                bench.window(cache).tensor(),
                plan,
                into.tensor());
      }
      return into.read();
    }

    /** The rows come into the cache as the model writes them. */
    void checkKept(ComputeBench bench, RowFormat format) {
      var into = bench.window(new float[queries.length][layout.heads() * layout.value()]);
      int[] slots = IntStream.range(0, cache.length).toArray();
      try (Tensor kept = bench.backend().allocate(cache.length, layout.cacheColumns(), format);
          RowPlan all = bench.planOfSlots(cache.length, slots);
          RowPlan plan = bench.plan(spans, pagePositions, cache.length)) {
        bench.stream().scatter(bench.window(cache).tensor(), all, kept);
        bench.stream()
            .latentAttention(
                bench.window(queries).tensor(), bench.load(kvB), layout, kept, plan, into.tensor());
      }
      assertClose(
          format + " " + this,
          into.read(),
          Expected.attention(
              queries, kvB.numbers(), layout, KeptRows.of(format, cache), spans, pagePositions),
          4 * layout.cacheColumns());
    }

    @Override
    public String toString() {
      return layout + " pages of " + pagePositions + " " + spans.get(0).policy();
    }

    void check(ComputeBench bench) {
      assertClose(
          toString(),
          run(bench),
          Expected.attention(queries, kvB.numbers(), layout, cache, spans, pagePositions),
          4 * layout.cacheColumns());
    }
  }

  List<HeadLayout> LAYOUTS =
      List.of(
          new HeadLayout(1, 1, 2, 1, 1, 1f),
          new HeadLayout(3, 5, 4, 7, 6, 0.3f),
          new HeadLayout(5, 16, 8, 37, 19, 0.2f),
          new HeadLayout(4, 0, 6, 16, 8, 0.5f),
          new HeadLayout(2, 9, 0, 67, 33, 0.25f),
          new HeadLayout(7, 32, 16, 128, 32, 0.1f));

  @Test
  default void rows_are_made_ready_at_once_as_one_by_one() {
    SplittableRandom random = new SplittableRandom(41);
    try (ComputeBench bench = bench(2)) {
      int latent = 17;
      for (int rope : new int[] {2, 6}) {
        HeadLayout layout = new HeadLayout(2, 5, rope, latent, 4, 0.2f);
        var kvB = bench.load(TestWeight.random(DType.BF16, 2 * (5 + 4), latent, random));
        for (RowFormat format : RowFormat.values()) {
          Rotary rotary = new Rotary(random.doubles(rope / 2).toArray(), 1.5);
          RowPlan plan = bench.planOfSlots(9, 7, 2, 4);
          var gain = bench.load(TestWeight.vector(random(1, latent, random)[0]));
          float[][] queries = random(3, 2 * (rope + 5), random);
          float[][] rows = random(3, latent + rope, random);
          var apart = bench.window(queries);
          var apartRows = LatentRows.of(bench.window(rows).tensor(), latent);
          Tensor apartCache = bench.backend().allocate(9, latent + rope, format);
          bench.stream().rotate(apart.tensor(), 2, rotary, plan);
          bench.stream().rmsNorm(apartRows.latents(), gain, 1e-6f, 3, apartRows.latents());
          bench.stream().rotate(apartRows.keys(), 1, rotary, plan);
          bench.stream().scatter(apartRows.all(), plan, apartCache);
          var placed = bench.window(queries);
          var placedRows = LatentRows.of(bench.window(rows).tensor(), latent);
          Tensor placedCache = bench.backend().allocate(9, latent + rope, format);
          bench.stream()
              .place(placed.tensor(), 2, placedRows, gain, 1e-6f, 3, rotary, plan, placedCache);
          assertSameBits("queries", placed.read(), apart.read());
          assertSameBits("rows", bench.read(placedRows.all()), bench.read(apartRows.all()));
          var attended = bench.window(new float[3][2 * 4]);
          var expected = bench.window(new float[3][2 * 4]);
          bench.stream()
              .latentAttention(apart.tensor(), kvB, layout, apartCache, plan, expected.tensor());
          bench.stream()
              .latentAttention(apart.tensor(), kvB, layout, placedCache, plan, attended.tensor());
          assertSameBits("cache " + format, attended.read(), expected.read());
        }
      }
    }
  }

  @Test
  default void attention_over_several_paged_sequences_is_right() {
    SplittableRandom random = new SplittableRandom(20);
    try (ComputeBench bench = bench(2)) {
      for (HeadLayout layout : LAYOUTS) {
        for (DType dtype : LinearContract.FORMATS) {
          int[][] sequences = {{12, 1}, {0, 7}, {5, 3}, {0, 1}, {3, 2}};
          new Case(layout, dtype, sequences, 0, random).check(bench);
        }
      }
    }
  }

  @Test
  default void attention_of_long_prompts_and_long_contexts_is_right() {
    SplittableRandom random = new SplittableRandom(21);
    try (ComputeBench bench = bench(2)) {
      HeadLayout layout = LAYOUTS.get(2);
      new Case(layout, DType.BF16, new int[][] {{0, 75}}, 0, random).check(bench);
      new Case(layout, DType.BF16, new int[][] {{61, 37}, {400, 1}}, 0, random).check(bench);
      new Case(layout, DType.BF16, new int[][] {{1023, 1}}, 0, random).check(bench);
    }
  }

  @Test
  default void attention_of_many_heads_over_thousands_of_positions_is_right() {
    SplittableRandom random = new SplittableRandom(25);
    HeadLayout layout = new HeadLayout(isSlow() ? 21 : 83, 3, 2, 37, 4, 0.9f);
    int[][] sequences =
        isSlow()
            ? new int[][] {{1100, 1}, {340, 2}}
            : new int[][] {{2047, 1}, {1020, 6}, {1279, 2}};
    Case batch = new Case(layout, DType.BF16, sequences, 0, random);
    try (ComputeBench bench = bench(2)) {
      batch.check(bench);
    }
    checkBits(batch);
  }

  @Test
  default void attention_keeps_exactly_the_best_positions_of_each_head() {
    SplittableRandom random = new SplittableRandom(22);
    try (ComputeBench bench = bench(2)) {
      for (HeadLayout layout : LAYOUTS) {
        for (int topK : new int[] {1, 2, 8, 41, 1000}) {
          int[][] sequences = {{40, 1}, {17, 3}, {0, 9}};
          new Case(layout, DType.F32, sequences, topK, random).check(bench);
        }
      }
    }
  }

  @Test
  default void rows_that_see_all_positions_and_rows_that_keep_few_go_together() {
    SplittableRandom random = new SplittableRandom(26);
    int[][] sequences = {{40, 1, 0}, {17, 3, 5}, {0, 9, 0}, {30, 2, 1}, {3, 2, 1000}, {33, 5, 2}};
    Case mixed = new Case(LAYOUTS.get(2), DType.BF16, sequences, 0, random);
    try (ComputeBench bench = bench(2)) {
      mixed.check(bench);
    }
    checkBits(mixed);
  }

  @Test
  default void the_size_of_a_page_changes_no_bit() {
    HeadLayout layout = LAYOUTS.get(2);
    int[][] sequences = {{40, 1, 0}, {17, 3, 5}, {0, 9, 0}};
    Case fine = new Case(layout, DType.BF16, sequences, 0, 1, new SplittableRandom(30));
    List<Span> spans = new ArrayList<>();
    int page = 0;
    float[][] cache = new float[16 * 9][layout.cacheColumns()];
    for (Span span : fine.spans()) {
      int[] slots = Expected.slots(span, span.lastPosition() + 1, 1);
      int[] pages = IntStream.range(page, page + (slots.length + 15) / 16).toArray();
      PageTable table = PageTable.of(pages);
      spans.add(new Span(span.firstRow(), span.rows(), span.firstPosition(), table, span.policy()));
      for (int position = 0; position < slots.length; position++) {
        cache[16 * page + position] = fine.cache()[slots[position]];
      }
      page += pages.length;
    }
    Case coarse = new Case(layout, fine.kvB(), fine.queries(), cache, spans, 16);
    assertSameBits("pages of 16", run(coarse, 2), run(fine, 2));
  }

  @Test
  default void of_equal_scores_the_lower_positions_are_kept() {
    HeadLayout layout = new HeadLayout(1, 0, 1, 2, 2, 1);
    float[][] cache = {{8, 80, 1}, {2, 20, 1}, {100, 1000, -9}, {4, 40, 1}, {16, 160, 1}};
    try (ComputeBench bench = bench(1)) {
      Tensor into = bench.backend().allocate(1, 2);
      bench.stream()
          .latentAttention(
              bench.tensor(new float[][] {{1}}),
              bench.load(TestWeight.of(new float[] {1, 0}, new float[] {0, 1})),
              layout,
              bench.tensor(cache),
              bench.plan(
                  List.of(new Span(0, 1, 4, PageTable.of(2, 3, 1, 4, 0), AttentionPolicy.topK(2))),
                  1,
                  5),
              into);
      assertClose("ties", bench.read(into), new double[][] {{3, 30}}, 1);
    }
  }

  @Test
  default void very_large_scores_pick_one_position() {
    HeadLayout layout = new HeadLayout(1, 1, 1, 1, 1, 1000);
    float[][] cache = {{1, 0}, {2, 0}, {3, 50}, {4, -50}};
    try (ComputeBench bench = bench(1)) {
      Tensor into = bench.backend().allocate(1, 1);
      bench.stream()
          .latentAttention(
              bench.tensor(new float[][] {{-1, 100}}),
              bench.load(TestWeight.of(new float[] {1}, new float[] {7})),
              layout,
              bench.tensor(cache),
              bench.plan(
                  List.of(new Span(0, 1, 3, PageTable.of(0), AttentionPolicy.dense())), 4, 4),
              into);
      assertClose("large", bench.read(into), new double[][] {{21}}, 1);
    }
  }

  @Test
  default void a_row_of_a_prompt_does_not_see_later_positions() {
    SplittableRandom random = new SplittableRandom(23);
    Case whole = new Case(LAYOUTS.get(1), DType.F32, new int[][] {{0, 6}}, 0, random);
    float[][] later = whole.cache().clone();
    int last = Expected.slots(whole.spans().get(0), 6, whole.pagePositions())[5];
    later[last] = new float[later[last].length];
    Arrays.fill(later[last], 1e9f);
    Case changed =
        new Case(
            whole.layout(),
            whole.kvB(),
            whole.queries(),
            later,
            whole.spans(),
            whole.pagePositions());
    try (ComputeBench bench = bench(1)) {
      assertSameBits(
          "first five rows",
          Arrays.copyOf(changed.run(bench), 5),
          Arrays.copyOf(whole.run(bench), 5));
    }
  }

  @Test
  default void attention_has_the_same_bits_for_any_threads_and_any_company() {
    SplittableRandom random = new SplittableRandom(24);
    for (int topK : new int[] {0, 5}) {
      int[][] sequences = {{30, 1}, {0, 43}, {9, 6}};
      checkBits(new Case(LAYOUTS.get(2), DType.BF16, sequences, topK, random));
    }
  }

  @Test
  default void a_lone_row_has_the_same_bits_with_every_format() {
    SplittableRandom random = new SplittableRandom(29);
    int[][] sequences = {{3, 1}, {0, 4}};
    for (DType dtype : LinearContract.FORMATS) {
      checkBits(new Case(LAYOUTS.get(5), dtype, sequences, 0, random));
      checkBits(new Case(new HeadLayout(3, 37, 8, 256, 41, 0.1f), dtype, sequences, 0, random));
    }
  }

  private void checkBits(Case batch) {
    float[][] expected = run(batch, 1);
    if (!isSlow()) {
      assertSameBits("2 threads", run(batch, 2), expected);
      assertSameBits("5 threads", run(batch, 5), expected);
    }
    for (Span span : batch.spans()) {
      for (int i = 0; i < span.rows(); i++) {
        Span own = new Span(0, 1, span.firstPosition() + i, span.pages(), span.policy());
        int row = span.firstRow() + i;
        float[][] query = {batch.queries()[row]};
        Case alone =
            new Case(
                batch.layout(),
                batch.kvB(),
                query,
                batch.cache(),
                List.of(own),
                batch.pagePositions());
        assertSameBits("row alone", run(alone, 2), new float[][] {expected[row]});
      }
    }
  }

  private float[][] run(Case batch, int threads) {
    try (ComputeBench bench = bench(threads)) {
      return batch.run(bench);
    }
  }

  @Test
  default void attention_over_a_cache_of_fewer_bits_sees_what_was_kept() {
    SplittableRandom random = new SplittableRandom(27);
    try (ComputeBench bench = bench(2)) {
      for (RowFormat format : RowFormat.values()) {
        for (int topK : new int[] {0, 5}) {
          for (HeadLayout layout : List.of(LAYOUTS.get(2), LAYOUTS.get(5))) {
            int[][] sequences = {{0, 3}, {290, 2}, {21, 1}};
            Case exact = new Case(layout, DType.BF16, sequences, topK, random);
            exact.checkKept(bench, format);
          }
        }
      }
    }
  }

  @Test
  default void rows_of_fewer_bits_are_copied_as_they_are_and_refused_elsewhere() {
    SplittableRandom random = new SplittableRandom(28);
    try (ComputeBench bench = bench(1);
        Tensor cache = bench.backend().allocate(6, 9, RowFormat.FP8);
        Tensor whole = bench.backend().allocate(6, 9)) {
      Tensor rows = bench.window(random(2, 9, random)).tensor();
      bench.stream().scatter(rows, bench.planOfSlots(6, 1, 2), cache);
      bench.stream().copy(cache.rows(1, 2), cache.rows(4, 2));
      assertThat(cache.format()).isEqualTo(RowFormat.FP8);
      assertThatThrownBy(() -> bench.stream().copy(cache, whole))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("rows of FP8 do not go into rows of F32");
      assertThatThrownBy(() -> bench.stream().add(cache, cache))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("a cache of FP8 rows");
      assertThatThrownBy(() -> cache.columns(0, 3)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
