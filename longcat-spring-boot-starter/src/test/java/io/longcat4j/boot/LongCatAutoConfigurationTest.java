package io.longcat4j.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import io.longcat4j.Attention;
import io.longcat4j.Backend;
import io.longcat4j.CachePrecision;
import io.longcat4j.Experts;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCat;
import io.longcat4j.MissingModuleException;
import io.longcat4j.Numerics;
import io.longcat4j.Prompt;
import io.longcat4j.WeightMemory;
import io.longcat4j.langchain4j.LongCatChatModel;
import io.longcat4j.micrometer.LongCatMetrics;
import io.longcat4j.scripted.ScriptedEngine;
import io.longcat4j.spi.EngineOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;

class LongCatAutoConfigurationTest {
  private final ScriptedEngine engine = ScriptedEngine.saying("hello there");
  private final ApplicationContextRunner application =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  LongCatAutoConfiguration.class,
                  LongCatMetricsAutoConfiguration.class,
                  LongCatLangchain4jAutoConfiguration.class,
                  LongCatActuatorHealthAutoConfiguration.class))
          .withPropertyValues("longcat.model=" + engine.directory());

  @Test
  void anApplicationHasAModelAndClosesIt() {
    application.run(
        context -> {
          assertThat(context.getBean(LongCat.class).generate(Prompt.user("hi")).text())
              .isEqualTo("hello there");
          assertThat(context).hasSingleBean(ChatModel.class);
          assertThat(context).hasSingleBean(StreamingChatModel.class);
          assertThat(context).hasSingleBean(LongCatMetrics.class);
          assertThat(engine.closings()).isZero();
        });
    assertThat(engine.closings()).isEqualTo(1);
  }

  @Test
  void whatIsNotOnTheClassPathIsNotMissed() {
    application
        .withClassLoader(
            new FilteredClassLoader(
                "io.longcat4j.langchain4j", "io.longcat4j.micrometer", "io.longcat4j.springai"))
        .run(
            context -> {
              assertThat(context).hasSingleBean(LongCat.class);
              assertThat(context).doesNotHaveBean(LongCatChatModel.class);
              assertThat(context).doesNotHaveBean(LongCatMetrics.class);
            });
  }

  @Test
  void propertiesReachTheBuilder() {
    application
        .withPropertyValues(
            "longcat.backend=reference",
            "longcat.numerics=bf16",
            "longcat.threads=3",
            "longcat.pin-threads=true",
            "longcat.context-length=500",
            "longcat.cache-directory=/tmp/here",
            "longcat.experts=sliced",
            "longcat.ranks=2",
            "longcat.weights.mode=on-demand",
            "longcat.weights.huge-pages=true",
            "longcat.devices.encoders=cuda:1",
            "longcat.devices.voice=cpu",
            "longcat.attention=top-k:64,sinks=4",
            "longcat.scheduling.max-running=4",
            "longcat.scheduling.queue-limit=9",
            "longcat.scheduling.prefill-chunk=32",
            "longcat.scheduling.max-gap=3.5",
            "longcat.scheduling.cache-size=64MB",
            "longcat.scheduling.cache-precision=bf16",
            "longcat.scheduling.speculative=false",
            "longcat.gpus.only=1,2",
            "longcat.gpus.memory=2GB",
            "longcat.gpus.sharing=true",
            "longcat.gpus.experts-on-host=true")
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              check(engine.options());
            });
  }

  private static void check(EngineOptions options) {
    assertThat(options.backend()).isEqualTo(Backend.reference());
    assertThat(options.numerics()).isEqualTo(Numerics.BF16);
    assertThat(options.threads().count()).isEqualTo(OptionalInt.of(3));
    assertThat(options.threads().pinned()).isTrue();
    assertThat(options.contextLength()).isEqualTo(OptionalInt.of(500));
    assertThat(options.cacheDirectory()).contains(Path.of("/tmp/here"));
    assertThat(options.experts()).isEqualTo(Experts.SLICED);
    assertThat(options.parallel().ranks()).isEqualTo(OptionalInt.of(2));
    assertThat(options.weightMemory()).isEqualTo(WeightMemory.onDemand().withHugePages());
    assertThat(options.senses().eyes()).hasToString("cuda:1");
    assertThat(options.senses().ears()).hasToString("cuda:1");
    assertThat(options.senses().voice()).hasToString("cpu");
    assertThat(options.attention()).isEqualTo(Attention.parse("top-k:64,sinks=4"));
    assertThat(options.scheduling().maxRunning()).isEqualTo(4);
    assertThat(options.scheduling().queueLimit()).isEqualTo(9);
    assertThat(options.scheduling().prefillChunk()).isEqualTo(32);
    assertThat(options.scheduling().maxGap()).isEqualTo(3.5);
    assertThat(options.scheduling().cacheBytes()).isEqualTo(OptionalLong.of(64L << 20));
    assertThat(options.scheduling().cachePrecision()).contains(CachePrecision.BF16);
    assertThat(options.scheduling().speculative()).isFalse();
    assertThat(options.gpus())
        .isEqualTo(
            io.longcat4j.Gpus.all().only(1, 2).memory(2L << 30).sharing().withExpertsOnHost());
  }

  @Test
  void chatPropertiesAreTheModelsDefaults() {
    application
        .withPropertyValues(
            "longcat.model-name=LongCat-Flash-Omni",
            "longcat.chat.max-tokens=1",
            "longcat.chat.temperature=0.5",
            "longcat.chat.top-k=7",
            "longcat.chat.seed=11",
            "longcat.chat.timeout=3s")
        .run(
            context -> {
              assertThat(context.getBean(ChatModel.class).chat("hi")).isEqualTo("hello ");
              assertThat(engine.lastGeneration().temperature()).isEqualTo(0.5);
              assertThat(engine.lastGeneration().topK()).isEqualTo(7);
              assertThat(engine.lastGeneration().seed()).hasValue(11);
              assertThat(engine.lastGeneration().timeout())
                  .hasValueSatisfying(timeout -> assertThat(timeout).hasSeconds(3));
              assertThat(context.getBean(ChatModel.class).defaultRequestParameters().modelName())
                  .isEqualTo("LongCat-Flash-Omni");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "longcat.modle=here",
        "longcat.scheduling.max-runing=3",
        "longcat.threads=many",
        "longcat.weights.mode=somewhere"
      })
  void unknownPropertiesAndValuesEndTheStart(String property) {
    application
        .withPropertyValues(property)
        .run(
            context -> {
              assertThat(context).hasFailed();
              assertThat(context.getStartupFailure()).hasStackTraceContaining("longcat");
            });
    assertThat(engine.closings()).isZero();
    assertThat(engine.options()).as("nothing was loaded").isNull();
  }

  @Test
  void whatTheBuilderRefusesIsToldInItsWords() {
    application
        .withPropertyValues("longcat.backend=abacus")
        .run(
            context -> {
              assertThat(context.getStartupFailure())
                  .rootCause()
                  .isInstanceOf(InvalidRequestException.class)
                  .hasMessageContaining("abacus");
              FailureAnalysis analysis =
                  new LongCatFailureAnalyzer().analyze(context.getStartupFailure());
              assertThat(analysis.getDescription()).contains("abacus");
            });
  }

  @Test
  void withoutAModelAndWithoutTinyTheMissingArtifactIsNamed() {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(LongCatAutoConfiguration.class))
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .isInstanceOf(MissingModuleException.class)
                    .hasMessageContaining("longcat-tiny"));
  }

  /** Fails after the model is there. */
  @Configuration
  static class FailsHalfWay {
    @Bean
    @DependsOn("longCat")
    Object broken() {
      throw new IllegalStateException("half way");
    }
  }

  @Test
  void aContextThatFailsHalfWayClosesTheModel() {
    application
        .withUserConfiguration(FailsHalfWay.class)
        .run(context -> assertThat(context).hasFailed());
    assertThat(engine.options()).as("the model was loaded").isNotNull();
    assertThat(engine.closings()).isEqualTo(1);
  }

  /** Has a model already. */
  @Configuration
  static class OwnModel {
    static final ScriptedEngine OWN = ScriptedEngine.saying("my own");

    @Bean
    LongCat mine() {
      return OWN.open();
    }
  }

  @Test
  void aModelOfTheApplicationsOwnIsKept() {
    application
        .withUserConfiguration(OwnModel.class)
        .run(
            context -> assertThat(context.getBean(ChatModel.class).chat("hi")).isEqualTo("my own"));
    assertThat(engine.options()).isNull();
    assertThat(OwnModel.OWN.closings()).isEqualTo(1);
  }

  /** Changes the builder. */
  @Configuration
  static class Customized {
    @Bean
    LongCatCustomizer fewPositions() {
      return builder -> builder.contextLength(77);
    }
  }

  @Test
  void aCustomizerHasTheLastWord() {
    application
        .withPropertyValues("longcat.context-length=500")
        .withUserConfiguration(Customized.class)
        .run(context -> assertThat(engine.options().contextLength()).hasValue(77));
  }

  @Test
  void healthTellsHowMuchThereIsToDo() {
    application
        .withPropertyValues("longcat.scheduling.max-running=1", "longcat.scheduling.queue-limit=5")
        .run(
            context -> {
              HealthIndicator health = context.getBean(HealthIndicator.class);
              assertThat(health.health().getStatus()).isEqualTo(Status.UP);
              assertThat(health.health().getDetails())
                  .isEqualTo(
                      Map.of(
                          "ready", true, "busy", false, "running", 0, "queue", 0, "queueLimit", 5));
              engine.options().engineListener().onSubmitted();
              engine.options().engineListener().onSubmitted();
              assertThat(health.health().getDetails())
                  .isEqualTo(
                      Map.of(
                          "ready", true, "busy", true, "running", 1, "queue", 1, "queueLimit", 5));
              LongCatActivity activity = context.getBean(LongCatActivity.class);
              engine.options().engineListener().onFailed(new GenerationCancelledException("a"));
              engine.options().engineListener().onFailed(new GenerationCancelledException("b"));
              assertThat(activity.active()).isZero();
              activity.stop();
              assertThat(health.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
            });
  }

  @Test
  void theEndWaitsForTheLastRequest() {
    LongCatActivity activity = new LongCatActivity(io.longcat4j.Scheduling.defaults());
    AtomicInteger ended = new AtomicInteger();
    activity.start();
    activity.onSubmitted();
    activity.onSubmitted();
    activity.stop(ended::incrementAndGet);
    assertThat(activity.isReady()).isFalse();
    activity.onFailed(new GenerationCancelledException("a"));
    assertThat(ended).hasValue(0);
    activity.onFailed(new GenerationCancelledException("b"));
    assertThat(ended).hasValue(1);
    activity.start();
    activity.stop(ended::incrementAndGet);
    assertThat(ended).hasValue(2);
  }
}
