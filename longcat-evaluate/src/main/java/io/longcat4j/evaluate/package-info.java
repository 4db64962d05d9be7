/**
 * How well a checkpoint answers: test sets, their right answers, and shares per task.
 *
 * <pre>{@code
 * TestSet set = TestSet.read(Path.of("testset.jsonl"));
 * try (LongCat longcat = LongCat.builder().model(checkpoint).build()) {
 *   Evaluation evaluation = Evaluator.of(longcat).run(set.items());
 *   evaluation.scores().forEach(System.out::println);
 * }
 * }</pre>
 */
@NullMarked
package io.longcat4j.evaluate;

import org.jspecify.annotations.NullMarked;
