package io.longcat4j.engine;

import io.longcat4j.decode.PromptRows;
import io.longcat4j.modality.Embeddings;
import io.longcat4j.modality.Vision;
import io.longcat4j.prompt.MediaLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Puts sound and pictures that come bit by bit into the order of the chat format: second by second,
 * the pictures of a second before its sound. Not thread-safe.
 */
final class LiveRows {
  private final Function<EncodedMedia, PromptRows> media;
  private final boolean hears;
  private final Deque<Embeddings> sounds = new ArrayDeque<>();
  private final TreeMap<Integer, Vision.Seen> pictures = new TreeMap<>();
  private PromptRows rows;
  private boolean sounding;
  private int second;
  private int due;
  private boolean shown;

  /**
   * Begins.
   *
   * @param media gives the rows of a piece
   * @param before rows of the question so far
   * @param hears whether there is sound
   */
  LiveRows(Function<EncodedMedia, PromptRows> media, PromptRows before, boolean hears) {
    this.media = media;
    this.rows = before;
    this.hears = hears;
    this.due = MediaLayout.OfInterleaved.audioTokensOf(0);
  }

  /** Another one that goes on from here by itself. */
  LiveRows copy() {
    LiveRows copy = new LiveRows(media, rows, hears);
    copy.sounds.addAll(sounds);
    copy.pictures.putAll(pictures);
    copy.sounding = sounding;
    copy.second = second;
    copy.due = due;
    copy.shown = shown;
    return copy;
  }

  /** More sound. */
  void hear(Embeddings sound) {
    sounds.add(sound);
  }

  /** The pictures of a second. */
  void see(int ofSecond, Vision.Seen seen) {
    pictures.put(ofSecond, seen);
  }

  /** The question up to here. */
  PromptRows rows() {
    return rows;
  }

  /** The question if the part ended here. */
  PromptRows ended() {
    if (!sounding) {
      return rows;
    }
    MediaLayout end = new MediaLayout.OfSoundPiece(0, /* begins= */ false, /* ends= */ true);
    return rows.then(media.apply(new EncodedMedia(end, null, null, List.of())));
  }

  /** Puts everything in order whose place is known, as all pictures before some second are. */
  void advance(int settled) {
    if (!hears) {
      pictures();
    }
    while (hears && isShown(settled)) {
      while (due > 0 && !sounds.isEmpty()) {
        sound(sounds.remove());
      }
      if (due > 0) {
        return;
      }
      second++;
      due = MediaLayout.OfInterleaved.audioTokensOf(second);
      shown = false;
    }
  }

  /** Puts all the rest in order. */
  void finish() {
    advance(Integer.MAX_VALUE);
    pictures();
  }

  private void pictures() {
    pictures.values().forEach(this::picture);
    pictures.clear();
  }

  private boolean isShown(int settled) {
    if (!shown && second < settled) {
      Vision.Seen seen = pictures.remove(second);
      if (seen != null) {
        picture(seen);
      }
      shown = true;
    }
    return shown;
  }

  private void picture(Vision.Seen seen) {
    MediaLayout layout = new MediaLayout.OfVideo(seen.pairs());
    add(new EncodedMedia(layout, seen.rows(), null, List.of()));
  }

  private void sound(Embeddings sound) {
    int count = Math.min(due, sound.rows());
    if (count < sound.rows()) {
      sounds.addFirst(sound.slice(count, sound.rows() - count));
    }
    MediaLayout layout = new MediaLayout.OfSoundPiece(count, !sounding, false);
    add(new EncodedMedia(layout, null, sound.slice(0, count), List.of()));
    sounding = true;
    due -= count;
  }

  private void add(EncodedMedia piece) {
    rows = rows.then(media.apply(piece));
  }
}
