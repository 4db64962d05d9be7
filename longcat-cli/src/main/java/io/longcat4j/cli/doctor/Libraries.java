package io.longcat4j.cli.doctor;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import java.util.function.Supplier;
import org.bytedeco.ffmpeg.global.avutil;

/** Which versions are at work. */
public final class Libraries {
  private Libraries() {}

  /**
   * Tells them.
   *
   * @param areLoaded whether native libraries have been loaded, so that they can be asked
   */
  public static void describe(Findings findings, boolean areLoaded) {
    for (String name :
        new String[] {
          "org.bytedeco/javacpp",
          "org.bytedeco/ffmpeg",
          "com.fasterxml.jackson.core/jackson-databind",
          "org.eclipse.jetty/jetty-server"
        }) {
      findings.add("libraries", name.replaceFirst(".*/", ""), ofJar(name));
    }
    if (areLoaded) {
      findings.add(
          "libraries", "FFmpeg, as loaded", asked(() -> avutil.av_version_info().getString()));
      findings.add(
          "libraries",
          "ONNX Runtime, as loaded",
          asked(() -> OrtEnvironment.getEnvironment().getVersion()));
    }
  }

  private static String ofJar(String name) {
    String resource = "/META-INF/maven/" + name + "/pom.properties";
    try (InputStream stream = Libraries.class.getResourceAsStream(resource)) {
      Properties properties = new Properties();
      if (stream != null) {
        properties.load(stream);
      }
      return properties.getProperty("version", "not told by its jar");
    } catch (IOException e) {
      return "not told by its jar";
    }
  }

  private static String asked(Supplier<String> version) {
    try {
      return version.get();
    } catch (RuntimeException | LinkageError e) {
      return "cannot be asked: " + e;
    }
  }
}
