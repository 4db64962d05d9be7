package io.longcat4j.media;

import io.longcat4j.MediaException;

/**
 * A clip that is complete shows fewer frames than its container's packets promised. {@link
 * VideoFile#counted} tells how many; whoever chose frames by the wrong number chooses again.
 */
public final class MiscountedFramesException extends MediaException {
  private static final long serialVersionUID = 1L;

  MiscountedFramesException(String message) {
    super(message);
  }
}
