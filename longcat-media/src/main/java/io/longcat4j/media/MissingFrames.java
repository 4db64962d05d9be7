package io.longcat4j.media;

import io.longcat4j.MediaException;

/** How much of a clip may be damaged or cut off before it is refused. */
final class MissingFrames {
  /**
   * Containers promise frames that decoders do not give. The reference avoids its last five for the
   * same reason.
   */
  private static final int TOLERATED = 5;

  private MissingFrames() {}

  /** What is wrong with a clip that begins in the middle and ends before its next key frame. */
  static MediaException withoutKeyFrame(String name) {
    return new MediaException(
        name
            + " has no key frame, without which no other frame can be shown; cut the clip so that"
            + " it begins with one, or encode it again");
  }

  /** How many of so many frames may be missing. */
  static int tolerated(long frames) {
    return (int) Math.min(TOLERATED, frames / 10);
  }

  /**
   * Refuses a clip that is too incomplete.
   *
   * @param name for messages
   * @param shown frames that were decoded to the end of the clip
   * @param missing frames that were not
   * @param reader that decoded them
   * @param promisedPackets by the container's table, or 0 if it has none
   */
  static void require(
      String name, long shown, long missing, FrameReader reader, long promisedPackets) {
    long cutOff = Math.max(0, promisedPackets - reader.packets());
    long all = shown + Math.max(missing, cutOff);
    if (shown == 0 || Math.max(missing, cutOff) > tolerated(all)) {
      throw new MediaException(
          name
              + " promises "
              + all
              + " frames, but only "
              + shown
              + " can be decoded ("
              + reader.damage()
              + (cutOff > 0 ? ", " + cutOff + " are cut off" : "")
              + "); it is damaged or cut off, pass a complete video");
    }
  }
}
