package io.longcat4j;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the code against the table of rooms in docs/architecture.md. */
@Tag("once")
class RoomsTest {
  private static final String BASE = "io.longcat4j.";

  /** Which rooms each room of longcat-core may know, beside the API. */
  private static final Map<String, List<String>> MAY_KNOW =
      Map.ofEntries(
          Map.entry("tensor", List.of()),
          Map.entry("natives", List.of()),
          Map.entry("checkpoint", List.of("tensor")),
          Map.entry("tokenizer", List.of()),
          Map.entry("prompt", List.of("tokenizer")),
          Map.entry("attention", List.of()),
          Map.entry("compute", List.of("attention", "tensor", "checkpoint")),
          Map.entry("compute.reference", List.of("compute", "attention", "tensor", "checkpoint")),
          Map.entry(
              "compute.cpu", List.of("natives", "compute", "attention", "tensor", "checkpoint")),
          Map.entry("parallel", List.of("compute")),
          Map.entry("cache", List.of("attention")),
          Map.entry(
              "model",
              List.of("cache", "attention", "parallel", "compute", "checkpoint", "tensor")),
          Map.entry("decode", List.of("model", "cache", "attention", "checkpoint", "tensor")),
          Map.entry("schedule", List.of("decode", "model", "cache", "attention")),
          Map.entry(
              "quantize", List.of("model", "cache", "parallel", "compute", "checkpoint", "tensor")),
          Map.entry("onnx", List.of("natives", "tensor", "checkpoint")),
          Map.entry("json", List.of("decode", "tokenizer")),
          Map.entry("modality", List.of("prompt")),
          Map.entry("remote", List.of("modality", "parallel", "prompt")),
          Map.entry("session", List.of()),
          Map.entry("stream", List.of("modality", "decode", "prompt")),
          Map.entry(
              "engine",
              List.of(
                  "natives",
                  "session",
                  "stream",
                  "modality",
                  "remote",
                  "schedule",
                  "cache",
                  "attention",
                  "json",
                  "decode",
                  "model",
                  "parallel",
                  "compute",
                  "prompt",
                  "tokenizer",
                  "checkpoint",
                  "tensor")));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.longcat4j");

  static List<String> rooms() {
    return MAY_KNOW.keySet().stream().sorted().toList();
  }

  @ParameterizedTest
  @MethodSource("rooms")
  void aRoomKnowsOnlyTheRoomsInTheTable(String room) {
    List<String> allowed = new ArrayList<>();
    allowed.add("io.longcat4j");
    allowed.add("io.longcat4j.spi");
    allowed.add(BASE + room);
    MAY_KNOW.get(room).forEach(known -> allowed.add(BASE + known));
    noClasses()
        .that()
        .resideInAPackage(BASE + room)
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "are in a room outside " + allowed,
                type ->
                    type.getPackageName().startsWith("io.longcat4j")
                        && !allowed.contains(type.getPackageName())))
        .check(CLASSES);
  }

  @Test
  void everyPackageIsInTheTable() {
    classes()
        .that()
        .resideInAPackage("io.longcat4j..")
        .should()
        .resideInAnyPackage(
            Stream.concat(
                    Stream.of("io.longcat4j", "io.longcat4j.spi"),
                    MAY_KNOW.keySet().stream().map(BASE::concat))
                .toArray(String[]::new))
        .check(CLASSES);
  }

  @Test
  void theApiKnowsNothingButAnnotations() {
    noClasses()
        .that()
        .resideInAnyPackage("io.longcat4j", "io.longcat4j.spi")
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "io.longcat4j", "io.longcat4j.spi", "java..", "org.jspecify.annotations")
        .check(CLASSES);
  }

  @Test
  void theModelTouchesNoNumberItself() {
    noClasses()
        .that()
        .resideInAPackage("io.longcat4j.model")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.nio", "io.longcat4j.compute.reference", "io.longcat4j.compute.cpu")
        .check(CLASSES);
  }

  @Test
  void roomsHaveNoCycles() {
    SlicesRuleDefinition.slices()
        .matching("io.longcat4j.(*)..")
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
  }
}
