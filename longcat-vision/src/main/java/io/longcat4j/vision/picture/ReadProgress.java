package io.longcat4j.vision.picture;

import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadProgressListener;

/** Ends a reader between rows once its picture is not wanted any more. */
final class ReadProgress implements IIOReadProgressListener {
  private final JpegStream stream;

  ReadProgress(JpegStream stream) {
    this.stream = stream;
  }

  @Override
  public void imageProgress(ImageReader source, float percentageDone) {
    if (!stream.isWanted()) {
      source.abort();
    }
  }

  @Override
  public void sequenceStarted(ImageReader source, int minIndex) {}

  @Override
  public void sequenceComplete(ImageReader source) {}

  @Override
  public void imageStarted(ImageReader source, int imageIndex) {}

  @Override
  public void imageComplete(ImageReader source) {}

  @Override
  public void thumbnailStarted(ImageReader source, int imageIndex, int thumbnailIndex) {}

  @Override
  public void thumbnailProgress(ImageReader source, float percentageDone) {}

  @Override
  public void thumbnailComplete(ImageReader source) {}

  @Override
  public void readAborted(ImageReader source) {}
}
