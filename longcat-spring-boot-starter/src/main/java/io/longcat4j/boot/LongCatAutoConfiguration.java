package io.longcat4j.boot;

import io.longcat4j.EngineListener;
import io.longcat4j.LongCat;
import java.util.List;
import java.util.concurrent.Executor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * Loads the model that {@link LongCatProperties} name, and closes it with the application. An
 * application that has a {@link LongCat} of its own keeps it.
 */
@AutoConfiguration
@EnableConfigurationProperties(LongCatProperties.class)
public class LongCatAutoConfiguration {
  private static final int FIRST_WITH_VIRTUAL_THREADS = 21;

  /** Made by Spring. */
  public LongCatAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  LongCatActivity longCatActivity(LongCatProperties properties) {
    return new LongCatActivity(Builders.scheduling(properties.scheduling()));
  }

  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  LongCat longCat(
      LongCatProperties properties,
      ObjectProvider<EngineListener> listeners,
      ObjectProvider<LongCatCustomizer> customizers) {
    List<EngineListener> all = listeners.orderedStream().toList();
    LongCat.Builder builder = Builders.of(properties).listener(new Listeners(all));
    customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
    return builder.build();
  }

  /** Runs replies as they come: on virtual threads where the application has them. */
  static Executor executor(Environment environment) {
    SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("longcat-reply-");
    executor.setDaemon(true);
    boolean virtual =
        environment.getProperty("spring.threads.virtual.enabled", Boolean.class, false);
    if (virtual && Runtime.version().feature() >= FIRST_WITH_VIRTUAL_THREADS) {
      executor.setVirtualThreads(true);
    }
    return executor;
  }
}
