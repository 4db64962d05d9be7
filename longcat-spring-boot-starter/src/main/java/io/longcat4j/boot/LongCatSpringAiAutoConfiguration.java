package io.longcat4j.boot;

import io.longcat4j.LongCat;
import io.longcat4j.springai.LongCatChatModel;
import io.longcat4j.springai.LongCatChatOptions;
import io.longcat4j.springai.LongCatTextToSpeechModel;
import io.longcat4j.springai.LongCatTranscriptionModel;
import io.longcat4j.springai.MediaFetcher;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** The models of Spring AI, where {@code longcat-spring-ai} is there; that needs Boot 4. */
@AutoConfiguration(
    after = LongCatAutoConfiguration.class,
    beforeName =
        "org.springframework.ai.model.chat.client.autoconfigure.ChatClientAutoConfiguration")
@ConditionalOnClass(LongCatChatModel.class)
public class LongCatSpringAiAutoConfiguration {
  /** Made by Spring. */
  public LongCatSpringAiAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  LongCatChatModel longCatSpringAiChatModel(
      LongCat longcat,
      LongCatProperties properties,
      ObjectProvider<ObservationRegistry> observations,
      ObjectProvider<MediaFetcher> fetcher,
      Environment environment) {
    LongCatChatModel.Builder builder =
        LongCatChatModel.builder()
            .longcat(longcat)
            .modelName(properties.modelName())
            .videoSound(properties.videoSound())
            .options(options(properties.chat()))
            .executor(LongCatAutoConfiguration.executor(environment));
    observations.ifUnique(builder::observationRegistry);
    fetcher.ifAvailable(builder::mediaFetcher);
    return builder.build();
  }

  @Bean
  @ConditionalOnMissingBean
  LongCatTranscriptionModel longCatSpringAiTranscriptionModel(LongCat longcat) {
    return new LongCatTranscriptionModel(longcat);
  }

  @Bean
  @ConditionalOnMissingBean
  LongCatTextToSpeechModel longCatSpringAiTextToSpeechModel(LongCat longcat) {
    return new LongCatTextToSpeechModel(longcat);
  }

  private static LongCatChatOptions options(LongCatProperties.Chat chat) {
    LongCatChatOptions.Builder builder =
        LongCatChatOptions.builder()
            .speech(chat.speech())
            .maxTokens(chat.maxTokens())
            .temperature(chat.temperature())
            .topP(chat.topP())
            .topK(chat.topK());
    Builders.set(chat.seed(), builder::seed);
    Builders.set(chat.timeout(), builder::timeout);
    return builder.build();
  }
}
