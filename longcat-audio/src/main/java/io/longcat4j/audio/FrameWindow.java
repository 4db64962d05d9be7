package io.longcat4j.audio;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * Runs a function of neighbouring frames over frames that come bit by bit. The function repeats the
 * first and the last frame beyond its ends; here it sees enough on both sides that only the ends of
 * the whole are such ends. Not thread-safe.
 */
final class FrameWindow {
  private final UnaryOperator<Frames> function;
  private final int before;
  private final int after;
  private final int stride;
  private final FloatQueue frames;
  private long first;
  private long given;

  /**
   * Starts before the first frame.
   *
   * @param function of frames; gives one result for each started stride of them
   * @param before frames of the past that a result looks at
   * @param after frames of the future that a result looks at
   * @param stride frames from result to result
   */
  FrameWindow(UnaryOperator<Frames> function, int before, int after, int stride) {
    this(function, before, after, stride, new FloatQueue());
  }

  private FrameWindow(
      UnaryOperator<Frames> function, int before, int after, int stride, FloatQueue frames) {
    this.function = function;
    this.before = before;
    this.after = after;
    this.stride = stride;
    this.frames = frames;
  }

  /** Another one that goes on from here by itself. */
  FrameWindow copy() {
    FrameWindow copy = new FrameWindow(function, before, after, stride, frames.copy());
    copy.first = first;
    copy.given = given;
    return copy;
  }

  /** The results that are determined now; with {@code last}, all the rest. */
  Frames push(Frames more, boolean last) {
    frames.add(FloatBuffer.wrap(more.values()));
    int width = more.width();
    int count = frames.size() / width;
    long known = first + count;
    long whole = Math.floorDiv(last ? known + stride - 1 : known - 1 - after + stride, stride);
    Frames results = function.apply(new Frames(count, width, frames.peek(0, count * width)));
    int from = (int) (given - first / stride);
    int to = (int) Math.max(from, whole - first / stride);
    given += to - from;
    forget(count, width);
    int wide = results.width();
    return new Frames(
        to - from, wide, Arrays.copyOfRange(results.values(), from * wide, to * wide));
  }

  /** Lets go of what no later result looks at, in whole strides. */
  private void forget(int count, int width) {
    long needed = Math.max(0, Math.floorDiv(given * stride - before, stride) * (long) stride);
    int dropped = (int) Math.min(count / stride * (long) stride, needed - first);
    frames.drop(dropped * width);
    first += dropped;
  }
}
