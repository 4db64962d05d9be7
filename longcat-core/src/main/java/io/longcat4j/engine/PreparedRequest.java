package io.longcat4j.engine;

import io.longcat4j.Generation;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.decode.TokenConstraint;
import java.time.Duration;
import java.util.List;

/**
 * A request whose media have been encoded and whose size has been checked.
 *
 * @param rows the prompt
 * @param generation how to answer
 * @param constraint what the reply's text must keep to
 * @param tools whether tool calls in the reply are looked for
 * @param maxNewTokens upper bound of the steps, within the context
 * @param warnings what was shortened
 * @param encode time in the encoders
 */
record PreparedRequest(
    PromptRows rows,
    Generation generation,
    TokenConstraint constraint,
    boolean tools,
    int maxNewTokens,
    List<String> warnings,
    Duration encode) {}
