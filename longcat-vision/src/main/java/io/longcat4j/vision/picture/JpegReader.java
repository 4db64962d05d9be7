package io.longcat4j.vision.picture;

import io.longcat4j.spi.Cancellation;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;

/**
 * The JDK's JPEG reader, picked by itself and not by the registry's order, so that neither another
 * plug-in of the application nor its class loaders change the pixels. Not thread-safe.
 */
final class JpegReader {
  private static final String FORMAT = "jpeg";

  private JpegReader() {}

  /** The samples as they are stored, without any conversion of colours. */
  static Raster read(JpegFile file, Cancellation wanted) throws IOException {
    ImageReader reader = provider().createReaderInstance();
    List<String> warnings = new ArrayList<>();
    try (JpegStream stream = new JpegStream(file.content(), wanted)) {
      reader.setInput(stream, /* seekForwardOnly= */ true, /* ignoreMetadata= */ true);
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      reader.addIIOReadProgressListener(new ReadProgress(stream));
      try {
        Raster raster = reader.readRaster(0, null);
        stream.requireWanted();
        requireComplete(warnings);
        return raster;
      } catch (IOException | RuntimeException e) {
        stream.requireWanted();
        throw e;
      }
    } finally {
      reader.dispose();
    }
  }

  private static ImageReaderSpi provider() throws IIOException {
    Iterator<ImageReaderSpi> all =
        IIORegistry.getDefaultInstance().getServiceProviders(ImageReaderSpi.class, true);
    while (all.hasNext()) {
      ImageReaderSpi provider = all.next();
      boolean ofTheJdk = provider.getClass().getModule().equals(ImageIO.class.getModule());
      if (ofTheJdk && List.of(provider.getFormatNames()).contains(FORMAT)) {
        return provider;
      }
    }
    throw new IIOException("this JDK has no reader for it; use one with the java.desktop module");
  }

  /** Damage inside the data is repaired by the reader, as by others; a missing end is not. */
  private static void requireComplete(List<String> warnings) throws IOException {
    for (String warning : warnings) {
      if (warning.contains("EOI")) {
        throw FileBytes.cutOff();
      }
    }
  }
}
