package io.longcat4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import io.longcat4j.natives.NativeCache;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RuntimeLibrariesTest {
  @Test
  void they_lie_with_the_other_natives_and_the_loaders_setting_is_as_it_was() throws Exception {
    SessionSettings.environment();
    assertThat(System.getProperty("onnxruntime.native.path")).isNull();
    assertThat(folders()).isNotEmpty();
    assertThat(Files.exists((Path) field("ai.onnxruntime.OnnxRuntime", "tempDirectory").get(null)))
        .isFalse();
  }

  @Test
  void the_environment_can_be_held_without_native_code_of_ours() throws Exception {
    OrtEnvironment environment = SessionSettings.environment();
    assertThat(EnvironmentHold.takeByReflection())
        .isEqualTo(field("ai.onnxruntime.OrtEnvironment", "nativeHandle").get(environment));
  }

  /** As in an application server: each loads a library that the JVM gives to one loader only. */
  @Test
  void each_class_loader_gets_its_own() throws Exception {
    SessionSettings.environment();
    for (int i = 0; i < 2; i++) {
      ClassLoader loader = anotherLoader();
      Method environment =
          loader.loadClass("io.longcat4j.onnx.SessionSettings").getDeclaredMethod("environment");
      environment.setAccessible(true);
      Object theirs = environment.invoke(null);
      assertThat(theirs.getClass().getClassLoader()).isSameAs(loader);
      assertThat(theirs.toString()).contains("version=1.");
    }
  }

  @SuppressWarnings("ClassLoaderResource")
  private static ClassLoader anotherLoader() throws IOException {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    return new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
  }

  private static List<Path> folders() throws IOException {
    try (Stream<Path> all = Files.list(NativeCache.directory().path())) {
      return all.filter(path -> path.getFileName().toString().startsWith("onnxruntime-")).toList();
    }
  }

  private static Field field(String type, String name) throws ReflectiveOperationException {
    Field field = Class.forName(type).getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }
}
