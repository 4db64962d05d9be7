package io.longcat4j.prompt;

import io.longcat4j.VideoSampling;
import java.util.List;

/** Writes the chat text of a media part: labels, markers and placeholders. */
final class MediaText {
  private static final double AUDIO_TOKEN_SECONDS = 0.08;

  private MediaText() {}

  static String of(MediaLayout layout) {
    StringBuilder text = new StringBuilder();
    if (layout instanceof MediaLayout.OfImage image) {
      text.append(Marker.IMAGE_PAD.text().repeat(image.imageTokens())).append('\n');
    } else if (layout instanceof MediaLayout.OfAudio audio) {
      text.append(Marker.AUDIO_START.text());
      appendAudio(audio.audioTokens(), text);
      text.append(Marker.AUDIO_END.text());
    } else if (layout instanceof MediaLayout.OfSoundPiece piece) {
      text.append(piece.begins() ? Marker.AUDIO_START.text() : "");
      appendAudio(piece.audioTokens(), text);
      text.append(piece.ends() ? Marker.AUDIO_END.text() : "");
    } else if (layout instanceof MediaLayout.OfVideo video) {
      appendPairs(video.pairs(), text);
    } else if (layout instanceof MediaLayout.OfInterleaved both) {
      if (both.strategy() == VideoSampling.Strategy.AVERAGE) {
        appendAverage(both, text);
      } else {
        appendSequential(both, text);
      }
    }
    return text.toString();
  }

  /**
   * Chunks of one second. A second is 12.5 tokens of sound: 12 for each chunk and one more for
   * every other. Frames of chunks that the sound does not reach come first; the last chunk takes
   * what is left of the sound.
   */
  private static void appendSequential(MediaLayout.OfInterleaved both, StringBuilder text) {
    List<MediaLayout.Pair> pairs = both.pairs();
    int perChunk = both.pairsPerSecond();
    int videoChunks = (int) Math.ceil(pairs.size() / (double) perChunk);
    int audioChunks = (int) Math.ceil(both.audioTokens() * AUDIO_TOKEN_SECONDS);
    int chunks = Math.min(videoChunks, audioChunks);
    int shown = appendChunk(pairs, 0, Math.max(0, videoChunks - audioChunks) * perChunk, text);
    int remaining = both.audioTokens();
    for (int chunk = 0; chunk < chunks; chunk++) {
      shown = appendChunk(pairs, shown, perChunk, text);
      boolean last = chunk == chunks - 1;
      int share = last ? remaining : MediaLayout.OfInterleaved.audioTokensOf(chunk);
      text.append(chunk == 0 ? Marker.AUDIO_START.text() : "");
      appendAudio(share, text);
      text.append(last ? Marker.AUDIO_END.text() : "");
      remaining -= share;
    }
  }

  /**
   * The same share of the sound after every frame, and the rest at the end. As in the published
   * demo, a sound beside a single frame is not closed.
   */
  private static void appendAverage(MediaLayout.OfInterleaved both, StringBuilder text) {
    List<MediaLayout.Pair> pairs = both.pairs();
    int share = both.audioTokens() / pairs.size();
    int rest = both.audioTokens() % pairs.size();
    for (int i = 0; i < pairs.size(); i++) {
      appendChunk(pairs, i, 1, text);
      text.append(i == 0 ? Marker.AUDIO_START.text() : "");
      appendAudio(share, text);
    }
    appendAudio(rest, text);
    text.append(rest > 0 || pairs.size() > 1 ? Marker.AUDIO_END.text() : "");
  }

  private static int appendChunk(
      List<MediaLayout.Pair> pairs, int from, int count, StringBuilder text) {
    int to = (int) Math.min(pairs.size(), (long) from + count);
    appendPairs(pairs.subList(from, to), text);
    return to;
  }

  private static void appendPairs(List<MediaLayout.Pair> pairs, StringBuilder text) {
    for (MediaLayout.Pair pair : pairs) {
      text.append(pair.label()).append(Marker.IMAGE_PAD.text().repeat(pair.tokens()));
    }
  }

  private static void appendAudio(int tokens, StringBuilder text) {
    text.append(Marker.AUDIO_PAD.text().repeat(tokens));
  }
}
