package io.longcat4j.remote;

import io.longcat4j.Image;
import io.longcat4j.Part;
import io.longcat4j.Pixels;
import io.longcat4j.VideoFrames;
import io.longcat4j.modality.Vision;
import io.longcat4j.spi.Cancellation;
import java.util.List;

/** The eyes of another rank. */
record RemoteVision(SenseLine line, long mostBytes, String describe) implements Vision {
  @Override
  public List<Seen> encode(List<Part> parts, boolean strict, Cancellation wanted) {
    return line.ask(
        Ask.SEE,
        question -> new PartWriter(question.flag(strict), mostBytes).pictures(parts),
        wanted,
        answer -> seen(answer, parts.size()));
  }

  private static List<Seen> seen(MessageReader answer, int parts) {
    List<Seen> all = answer.list("results", Integer.BYTES, Results::seen);
    if (all.size() != parts) {
      throw answer.malformed(all.size() + " results for " + parts + " parts");
    }
    return all;
  }

  @Override
  public Seen encodePair(VideoFrames pair, int pairs) {
    return line.ask(
        Ask.SEE_PAIR,
        question -> new PartWriter(question.number(pairs), mostBytes).frames(pair),
        SenseLine.ALWAYS,
        Results::seen);
  }

  @Override
  public Pixels decode(Image image, Cancellation wanted) {
    return line.ask(
        Ask.DECODE,
        question -> new PartWriter(question, mostBytes).image(image),
        wanted,
        answer -> new PartReader(answer, new SourceNames()).pixels());
  }

  @Override
  public void close() {
    // Its rank owns it.
  }
}
