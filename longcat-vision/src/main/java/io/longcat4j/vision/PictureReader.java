package io.longcat4j.vision;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.w3c.dom.Element;

/**
 * One ImageIO reader over bytes in memory. The reader is the JDK's own (for WebP TwelveMonkeys'),
 * picked by itself and not by the registry's order, so that neither another plug-in of the
 * application nor its class loaders change the pixels. Owns its stream. Not thread-safe.
 */
final class PictureReader implements AutoCloseable {
  private final ImageReader reader;
  private final ImageInputStream stream;
  private final List<String> warnings = new ArrayList<>();

  private PictureReader(ImageReader reader, ImageInputStream stream) {
    this.reader = reader;
    this.stream = stream;
  }

  static PictureReader open(ImageFormat format, byte[] content) throws IOException {
    ImageReader reader = provider(format).createReaderInstance();
    ImageInputStream stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(content));
    reader.setInput(stream, /* seekForwardOnly= */ false, format != ImageFormat.GIF);
    PictureReader opened = new PictureReader(reader, stream);
    reader.addIIOReadWarningListener((source, warning) -> opened.warnings.add(warning));
    return opened;
  }

  private static ImageReaderSpi provider(ImageFormat format) throws IIOException {
    if (format == ImageFormat.WEBP) {
      return new WebPImageReaderSpi();
    }
    Iterator<ImageReaderSpi> all =
        IIORegistry.getDefaultInstance().getServiceProviders(ImageReaderSpi.class, true);
    while (all.hasNext()) {
      ImageReaderSpi provider = all.next();
      boolean ofTheJdk = provider.getClass().getModule().equals(ImageIO.class.getModule());
      if (ofTheJdk && List.of(provider.getFormatNames()).contains(lowerCase(format))) {
        return provider;
      }
    }
    throw new IIOException("this JDK has no reader for it; use one with the java.desktop module");
  }

  private static String lowerCase(ImageFormat format) {
    return format.name().toLowerCase(Locale.ROOT);
  }

  int width() throws IOException {
    return reader.getWidth(0);
  }

  int height() throws IOException {
    return reader.getHeight(0);
  }

  BufferedImage readImage() throws IOException {
    BufferedImage image = reader.read(0);
    requireComplete();
    return image;
  }

  /** The samples as they are stored, without any conversion of colours. */
  Raster readRaster() throws IOException {
    Raster raster = reader.readRaster(0, null);
    requireComplete();
    return raster;
  }

  private void requireComplete() throws IIOException {
    for (String warning : warnings) {
      if (warning.contains("EOI") || warning.contains("premature")) {
        throw new IIOException("it is cut off");
      }
    }
  }

  /** Where the first picture of a GIF lies on the GIF's own canvas. */
  GifCanvas.Placement gifPlacement() throws IOException {
    Element screen =
        child(
            (IIOMetadataNode) reader.getStreamMetadata().getAsTree("javax_imageio_gif_stream_1.0"),
            "LogicalScreenDescriptor");
    IIOMetadataNode image =
        (IIOMetadataNode) reader.getImageMetadata(0).getAsTree("javax_imageio_gif_image_1.0");
    Element place = child(image, "ImageDescriptor");
    Element control = child(image, "GraphicControlExtension");
    return new GifCanvas.Placement(
        number(screen, "logicalScreenWidth"),
        number(screen, "logicalScreenHeight"),
        number(place, "imageLeftPosition"),
        number(place, "imageTopPosition"),
        "TRUE".equalsIgnoreCase(control.getAttribute("transparentColorFlag"))
            ? number(control, "transparentColorIndex")
            : 0);
  }

  /** The named element, or an empty one. */
  private static Element child(IIOMetadataNode parent, String name) {
    return parent.getElementsByTagName(name).item(0) instanceof Element found
        ? found
        : new IIOMetadataNode(name);
  }

  private static int number(Element element, String attribute) {
    String value = element.getAttribute(attribute);
    return value.isEmpty() ? 0 : Integer.parseInt(value);
  }

  @Override
  public void close() throws IOException {
    reader.dispose();
    stream.close();
  }
}
