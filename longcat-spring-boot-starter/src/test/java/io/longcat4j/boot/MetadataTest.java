package io.longcat4j.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What an editor completes. */
class MetadataTest {
  @Test
  void everyPropertyIsDescribed() throws IOException {
    Set<String> names = new HashSet<>();
    try (InputStream file =
        LongCatProperties.class.getResourceAsStream(
            "/META-INF/spring-configuration-metadata.json")) {
      for (JsonNode property : new ObjectMapper().readTree(file).path("properties")) {
        names.add(property.path("name").asText());
        assertThat(property.path("description").asText())
            .as(property.path("name").asText())
            .isNotBlank();
      }
    }
    assertThat(names)
        .hasSize(36)
        .contains(
            "longcat.model",
            "longcat.scheduling.max-running",
            "longcat.gpus.experts-on-host",
            "longcat.chat.timeout");
  }
}
