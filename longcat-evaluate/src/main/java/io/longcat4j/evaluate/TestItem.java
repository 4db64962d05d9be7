package io.longcat4j.evaluate;

import io.longcat4j.Prompt;

/**
 * A question whose answer is known.
 *
 * @param id its name, unique in its set; can be a file's name
 * @param task what it belongs to, such as {@code image}
 * @param kind what of that task, such as {@code count}
 * @param measure what makes an answer right
 * @param prompt the conversation up to the model's turn
 * @param answer what shall be written
 */
public record TestItem(
    String id, String task, String kind, Measure measure, Prompt prompt, String answer) {}
