package io.longcat4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LongCatTest {
  @Test
  void withoutAnEngineTheArtifactToAddIsNamed() {
    LongCat.Builder builder = LongCat.builder().model(Path.of("anywhere"));
    assertThatThrownBy(builder::build)
        .isInstanceOf(MissingModuleException.class)
        .hasMessageContaining("io.longcat4j:longcat-core");
  }

  @Test
  void withoutACheckpointTheCallToMakeIsNamed() {
    assertThatThrownBy(() -> LongCat.builder().build())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("call model(Path)");
  }

  @Test
  void withoutTheSmallModelTheArtifactToAddIsNamed() {
    assertThatThrownBy(LongCat::tiny)
        .isInstanceOf(MissingModuleException.class)
        .hasMessageContaining("io.longcat4j:longcat-tiny");
  }

  @Test
  void buildersRefuseImpossibleSizes() {
    assertThatThrownBy(() -> LongCat.builder().threads(0)).hasMessageContaining("threads is 0");
    assertThatThrownBy(() -> LongCat.builder().threads(100_000))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("threads is 100000")
        .hasMessageContaining("pass at most ");
    int processors = Runtime.getRuntime().availableProcessors();
    assertThat(LongCat.builder().threads(Math.max(64, 4 * processors))).isNotNull();
    assertThatThrownBy(() -> LongCat.builder().threads(Math.max(64, 4 * processors) + 1))
        .hasMessageContaining("processors");
    assertThatThrownBy(() -> LongCat.builder().contextLength(-1))
        .hasMessageContaining("contextLength is -1");
    assertThatThrownBy(() -> new Backend(" ")).hasMessageContaining("Backend.auto()");
  }

  @Test
  void loadingIsAbortedThroughItsEvent() {
    LoadingProgress progress =
        new LoadingProgress(LoadingProgress.Phase.VISION, "vision_model.pt", 1, 2);
    assertThat(progress.isAborted()).isFalse();
    progress.abort();
    assertThat(progress.isAborted()).isTrue();
  }
}
