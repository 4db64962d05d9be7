package io.longcat4j.samples.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.longcat4j.boot.LongCatAutoConfiguration;
import io.longcat4j.boot.LongCatLangchain4jAutoConfiguration;
import io.longcat4j.boot.LongCatSpringAiAutoConfiguration;
import io.longcat4j.langchain4j.LongCatChatModel;
import io.longcat4j.scripted.ScriptedEngine;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** The starter, which is compiled against an older Boot, in the one of this application. */
class StarterTest {
  private final ScriptedEngine engine = ScriptedEngine.saying("hello there");
  private final ApplicationContextRunner application =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  LongCatAutoConfiguration.class, LongCatLangchain4jAutoConfiguration.class))
          .withPropertyValues("longcat.model=" + engine.directory());

  @Test
  void langchain4jsModelAnswers() {
    application.run(
        context ->
            assertThat(context.getBean(LongCatChatModel.class).chat("hi"))
                .isEqualTo("hello there"));
    assertThat(engine.closings()).isEqualTo(1);
  }

  /** By name, because Boot 3.5 does not have it. */
  @Test
  void springAisModelAnswers() {
    assumeThat(SpringBootVersion.getVersion()).as("the version of Boot").startsWith("4");
    application
        .withConfiguration(AutoConfigurations.of(LongCatSpringAiAutoConfiguration.class))
        .withPropertyValues("longcat.chat.max-tokens=1")
        .run(
            context -> {
              Class<?> type = Class.forName("org.springframework.ai.chat.model.ChatModel");
              Object model = context.getBean(type);
              assertThat(type.getMethod("call", String.class).invoke(model, "hi"))
                  .isEqualTo("hello ");
              assertThat(
                      context.getBean(
                          Class.forName(
                              "org.springframework.ai.audio.transcription.TranscriptionModel")))
                  .isNotNull();
              assertThat(
                      context.getBean(
                          Class.forName("org.springframework.ai.audio.tts.TextToSpeechModel")))
                  .isNotNull();
            });
  }
}
