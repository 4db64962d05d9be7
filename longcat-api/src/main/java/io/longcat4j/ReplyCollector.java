package io.longcat4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts events together to a reply. Not thread-safe. */
final class ReplyCollector {
  private final StringBuilder text = new StringBuilder();
  private final List<ToolCall> toolCalls = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private float[] sound = {};
  private int samples;
  private int sampleRateHz;
  private @Nullable Done done;

  void add(Event event) {
    if (event instanceof TextDelta words) {
      text.append(words.text());
    } else if (event instanceof AudioDelta audio) {
      append(audio.samples());
    } else if (event instanceof ToolCall call) {
      toolCalls.add(call);
    } else if (event instanceof Warning warning) {
      warnings.add(warning.message());
    } else if (event instanceof Done end) {
      done = end;
    }
  }

  private void append(Samples delta) {
    float[] values = delta.values();
    int needed = Math.addExact(samples, values.length);
    if (needed > sound.length) {
      sound = Arrays.copyOf(sound, Math.max(needed, sound.length + (sound.length >> 1)));
    }
    System.arraycopy(values, 0, sound, samples, values.length);
    samples = needed;
    sampleRateHz = delta.sampleRateHz();
  }

  /** The reply; complete after {@link Done}. */
  Reply reply() {
    Done end = done;
    if (end == null) {
      throw new IllegalStateException("the reply has no end");
    }
    Speech speech =
        samples == 0 ? null : new Speech(new Samples(Arrays.copyOf(sound, samples), sampleRateHz));
    return new Reply(
        text.toString(),
        end.textIds(),
        speech,
        end.codecFrames(),
        end.finishReason(),
        warnings,
        end.statistics(),
        end.logprobs(),
        toolCalls);
  }
}
