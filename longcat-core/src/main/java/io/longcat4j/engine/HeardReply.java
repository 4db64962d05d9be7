package io.longcat4j.engine;

import io.longcat4j.decode.SpeechDecoding;
import io.longcat4j.decode.SpeechStep;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts the steps of a spoken reply to what was heard: words and sound end after a punctuation mark.
 * What is kept looks like a reply that ended there: its words, the end of the message, then the
 * rest of their sound.
 */
final class HeardReply {
  private static final String MARKS = ".!?;:,\u3002\uff01\uff1f\uff1b\uff1a\uff0c\u3001\u2026\n";

  private final Recording recording;
  private final int endOfText;

  HeardReply(Recording recording, int endOfText) {
    this.recording = recording;
    this.endOfText = endOfText;
  }

  /** Steps of words and their sound, {@code [from, to)}, with what they say and sound. */
  private record Stretch(int from, int to, int textStart, int textEnd, int frames) {
    double textAt(double frame) {
      return textStart + (textEnd - textStart) * Math.min(1, frame / Math.max(1, frames));
    }

    int stepsUntil(int character) {
      double share = (double) (character - textStart) / (textEnd - textStart);
      return (int) Math.ceil(share * (to - from));
    }
  }

  /** All steps where everything was heard, fewer otherwise. */
  List<Recording.Step> steps(double heardSeconds) {
    List<Recording.Step> all = recording.steps();
    double frames = recording.frameSeconds() == 0 ? 0 : heardSeconds / recording.frameSeconds();
    List<Stretch> stretches = stretches(all);
    double left = frames;
    for (Stretch stretch : stretches) {
      if (left < stretch.frames) {
        return cut(all, stretches, lastMark((int) stretch.textAt(left)));
      }
      left -= stretch.frames;
    }
    return all;
  }

  private static List<Stretch> stretches(List<Recording.Step> steps) {
    List<Stretch> stretches = new ArrayList<>();
    int from = 0;
    int frames = 0;
    int textStart = 0;
    for (int i = 0; i < steps.size(); i++) {
      frames += steps.get(i).audioIds()[0] == SpeechDecoding.SPEECH_END ? 0 : 1;
      boolean last = i + 1 == steps.size();
      if (last || (steps.get(i).speaking() && !steps.get(i + 1).speaking())) {
        int textEnd = steps.get(i).textLength();
        stretches.add(new Stretch(from, i + 1, textStart, textEnd, frames));
        from = i + 1;
        textStart = textEnd;
        frames = 0;
      }
    }
    return stretches;
  }

  /** Where the text ends: after the last mark that was heard. */
  private int lastMark(int heard) {
    int end = Math.min(heard, recording.text().length());
    while (end > 0 && MARKS.indexOf(recording.text().charAt(end - 1)) < 0) {
      end--;
    }
    return end;
  }

  private List<Recording.Step> cut(List<Recording.Step> all, List<Stretch> stretches, int textEnd) {
    List<Recording.Step> kept = new ArrayList<>();
    for (Stretch stretch : stretches) {
      if (stretch.textEnd <= textEnd && stretch.textEnd > stretch.textStart) {
        kept.addAll(all.subList(stretch.from, stretch.to));
      } else if (stretch.textStart < textEnd) {
        keepPart(all, stretch, textEnd, kept);
      }
    }
    return kept;
  }

  private void keepPart(
      List<Recording.Step> all, Stretch stretch, int textEnd, List<Recording.Step> kept) {
    int to = stretch.from + Math.max(1, stretch.stepsUntil(textEnd));
    boolean writing = true;
    int length = stretch.textStart;
    int calls = stretch.from == 0 ? 0 : all.get(stretch.from - 1).toolCalls();
    for (int i = stretch.from; i < stretch.to; i++) {
      Recording.Step step = all.get(i);
      // Behind the last word that is kept, even a tool's call is cut off.
      boolean fits = !step.speaking() && length < textEnd && step.textLength() <= textEnd;
      if (writing && !fits) {
        kept.add(new Recording.Step(endOfText, step.audioIds(), false, textEnd, calls));
        writing = false;
      } else if (writing) {
        kept.add(step);
        length = step.textLength();
        calls = step.toolCalls();
      } else if (i < to) {
        kept.add(new Recording.Step(SpeechStep.NONE, step.audioIds(), true, textEnd, calls));
      }
    }
  }
}
