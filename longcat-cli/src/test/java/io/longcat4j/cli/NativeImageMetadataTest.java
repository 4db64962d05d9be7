package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What GraalVM's native-image is told by the jars, held against what is there: it takes names that
 * do not exist without a word, and leaves out what nobody names.
 */
@Tag("once")
class NativeImageMetadataTest {
  private static final Path ROOT = Path.of(System.getProperty("longcat.repository.root"));
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "longcat-api",
        "longcat-core",
        "longcat-media",
        "longcat-vision",
        "longcat-audio",
        "longcat-cuda",
        "longcat-mpi",
        "longcat-micrometer",
        "longcat-server",
        "longcat-tiny"
      })
  void namesEveryResourceOfAModule(String module) throws IOException {
    List<Pattern> patterns = patterns(module);

    assertThat(resources(module))
        .allSatisfy(
            name ->
                assertThat(patterns)
                    .as("patterns of %s for %s", module, name)
                    .anyMatch(pattern -> pattern.matcher(name).matches()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"longcat-core", "longcat-audio", "longcat-cuda", "longcat-server", "longcat-tiny"})
  void namesNoResourceThatIsNotThere(String module) throws IOException {
    List<String> names = new ArrayList<>(resources(module));
    names.addAll(sources(module));
    names.add("ai/onnxruntime/native/linux-x64/libonnxruntime.so");

    assertThat(patterns(module))
        .isNotEmpty()
        .allSatisfy(
            pattern ->
                assertThat(names)
                    .as("resources of %s for %s", module, pattern)
                    .anyMatch(name -> pattern.matcher(name).matches()));
  }

  @Test
  void namesClassesWithTheirFieldsAndMethods() throws Exception {
    for (JsonNode type : read("longcat-core", "reflect-config.json")) {
      Class<?> loaded = load(type);
      for (JsonNode field : type.path("fields")) {
        assertThat(loaded.getDeclaredField(field.path("name").asText())).isNotNull();
      }
      for (JsonNode method : type.path("methods")) {
        List<String> parameters = new ArrayList<>();
        method.path("parameterTypes").forEach(parameter -> parameters.add(parameter.asText()));
        assertThat(loaded.getDeclaredMethods())
            .anySatisfy(
                declared -> {
                  assertThat(declared.getName()).isEqualTo(method.path("name").asText());
                  assertThat(declared.getParameterTypes())
                      .extracting(Class::getName)
                      .isEqualTo(parameters);
                });
      }
    }
  }

  @Test
  void namesEachClassThatOnnxRuntimesNativeCodeLooksUp() throws Exception {
    List<String> named = new ArrayList<>();
    for (JsonNode type : read("longcat-core", "jni-config.json")) {
      named.add(load(type).getName());
    }

    assertThat(lookedUp()).isNotEmpty().allSatisfy(name -> assertThat(named).contains(name));
  }

  /** Names of classes as strings of the library, each between two zeros. */
  private static List<String> lookedUp() throws IOException {
    String library = "/ai/onnxruntime/native/linux-x64/libonnxruntime4j_jni.so";
    try (InputStream in = OrtEnvironment.class.getResourceAsStream(library)) {
      Matcher names =
          Pattern.compile("\0(ai/onnxruntime/\\w+)(?=\0)")
              .matcher(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
      return names.results().map(name -> name.group(1).replace('/', '.')).distinct().toList();
    }
  }

  private static Class<?> load(JsonNode type) throws ClassNotFoundException {
    return Class.forName(
        type.path("name").asText(), false, NativeImageMetadataTest.class.getClassLoader());
  }

  private static List<Pattern> patterns(String module) throws IOException {
    JsonNode includes = read(module, "resource-config.json").path("resources").path("includes");
    return StreamSupport.stream(includes.spliterator(), false)
        .map(include -> Pattern.compile(include.path("pattern").asText()))
        .collect(Collectors.toList());
  }

  private static JsonNode read(String module, String name) throws IOException {
    Path file =
        ROOT.resolve(module)
            .resolve("src/main/resources/META-INF/native-image/io.longcat4j")
            .resolve(module)
            .resolve(name);
    return Files.exists(file) ? JSON.readTree(file.toFile()) : JSON.createObjectNode();
  }

  /** Services are found by native-image itself; generated sources are left by JavaCPP. */
  private static List<String> resources(String module) throws IOException {
    Path classes = ROOT.resolve(module).resolve("target/classes");
    if (!Files.exists(classes)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(classes)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> classes.relativize(file).toString().replace('\\', '/'))
          .filter(name -> !name.endsWith(".class") && !name.endsWith(".cpp"))
          .filter(name -> !name.startsWith("META-INF/"))
          .toList();
    }
  }

  /** Kernels of GPUs and native libraries are there only where this build could make them. */
  private static List<String> sources(String module) {
    return switch (module) {
      case "longcat-core" -> List.of("io/longcat4j/onnx/linux-x86_64/libjnilongcat_onnx.so");
      case "longcat-cuda" ->
          List.of(
              "io/longcat4j/cuda/linux-x86_64/libjnilongcat_cuda.so",
              "io/longcat4j/cuda/kernels/source/attention.cu");
      default -> List.of();
    };
  }
}
