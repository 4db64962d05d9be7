package io.longcat4j.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.longcat4j.download.Checkpoints;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What of all modules may open connections, and to whom. */
@Tag("once")
class WhoConnectsTest {
  private static final JavaClasses ALL = ownClasses();

  /** Without looking into what they depend on: names are enough. */
  private static JavaClasses ownClasses() {
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    return new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        .importPackages("io.longcat4j");
  }

  /** Benchmarks ask a server that they name. */
  @Test
  void downloads_alone_use_a_client_of_http() {
    assertThat(ALL.contain(Checkpoints.class)).isTrue();
    noClasses()
        .that()
        .resideOutsideOfPackages("io.longcat4j.download", "io.longcat4j.benchmarks..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.net.http..")
        .check(ALL);
  }

  /** What lies in a jar is read through one, too. */
  @Test
  void addresses_are_opened_by_nobody_but_for_files_of_jars() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.longcat4j.natives")
        .should()
        .dependOnClassesThat()
        .haveNameMatching("java\\.net\\.(Http|Jar)?URLConnection")
        .check(ALL);
  }

  /** Ranks meet at addresses that their user names; the server listens. */
  @Test
  void ranks_and_servers_alone_know_sockets() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.longcat4j.parallel..", "io.longcat4j.server..", "io.longcat4j.benchmarks..")
        .should()
        .dependOnClassesThat()
        .haveNameMatching("java\\.net\\.(Datagram|Server|Multicast)?Socket")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("java\\.nio\\.channels\\.\\w*(Socket|Datagram)Channel")
        .check(ALL);
  }

  @Test
  void nothing_but_the_command_line_and_its_measurements_needs_downloads() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.longcat4j.download", "io.longcat4j.cli..", "io.longcat4j.benchmarks")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.longcat4j.download")
        .check(ALL);
  }
}
