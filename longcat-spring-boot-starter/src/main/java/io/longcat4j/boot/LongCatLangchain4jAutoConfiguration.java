package io.longcat4j.boot;

import dev.langchain4j.model.chat.listener.ChatModelListener;
import io.longcat4j.LongCat;
import io.longcat4j.langchain4j.LongCatChatModel;
import io.longcat4j.langchain4j.LongCatChatRequestParameters;
import io.longcat4j.langchain4j.LongCatStreamingChatModel;
import io.longcat4j.langchain4j.LongCatTextToSpeechModel;
import io.longcat4j.langchain4j.LongCatTranscriptionModel;
import io.longcat4j.langchain4j.MediaFetcher;
import io.longcat4j.langchain4j.ModelBuilder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** The models of langchain4j, where {@code longcat-langchain4j} is there. */
@AutoConfiguration(after = LongCatAutoConfiguration.class)
@ConditionalOnClass(LongCatChatModel.class)
public class LongCatLangchain4jAutoConfiguration {
  /** Made by Spring. */
  public LongCatLangchain4jAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  LongCatChatModel longCatLangchain4jChatModel(
      LongCat longcat,
      LongCatProperties properties,
      ObjectProvider<ChatModelListener> listeners,
      ObjectProvider<MediaFetcher> fetcher) {
    return with(LongCatChatModel.builder(), longcat, properties, listeners, fetcher).build();
  }

  @Bean
  @ConditionalOnMissingBean
  LongCatStreamingChatModel longCatLangchain4jStreamingChatModel(
      LongCat longcat,
      LongCatProperties properties,
      ObjectProvider<ChatModelListener> listeners,
      ObjectProvider<MediaFetcher> fetcher,
      Environment environment) {
    return with(LongCatStreamingChatModel.builder(), longcat, properties, listeners, fetcher)
        .executor(LongCatAutoConfiguration.executor(environment))
        .build();
  }

  @Bean
  @ConditionalOnMissingBean
  LongCatTranscriptionModel longCatLangchain4jTranscriptionModel(LongCat longcat) {
    return new LongCatTranscriptionModel(longcat);
  }

  @Bean
  @ConditionalOnMissingBean
  LongCatTextToSpeechModel longCatLangchain4jTextToSpeechModel(LongCat longcat) {
    return new LongCatTextToSpeechModel(longcat);
  }

  private static <B extends ModelBuilder<B>> B with(
      B builder,
      LongCat longcat,
      LongCatProperties properties,
      ObjectProvider<ChatModelListener> listeners,
      ObjectProvider<MediaFetcher> fetcher) {
    fetcher.ifAvailable(builder::mediaFetcher);
    return builder
        .longcat(longcat)
        .modelName(properties.modelName())
        .videoSound(properties.videoSound())
        .listeners(listeners.orderedStream().toList())
        .defaultRequestParameters(parameters(properties.chat()));
  }

  private static LongCatChatRequestParameters parameters(LongCatProperties.Chat chat) {
    LongCatChatRequestParameters.Builder builder =
        LongCatChatRequestParameters.builder()
            .speech(chat.speech())
            .maxOutputTokens(chat.maxTokens())
            .temperature(chat.temperature())
            .topP(chat.topP())
            .topK(chat.topK());
    Builders.set(chat.seed(), builder::seed);
    Builders.set(chat.timeout(), builder::timeout);
    return builder.build();
  }
}
