package io.longcat4j.boot;

import io.longcat4j.micrometer.LongCatMetrics;
import io.micrometer.core.instrument.Tag;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Meters of every request, where {@code longcat-micrometer} is there; Spring binds them. */
@AutoConfiguration(before = LongCatAutoConfiguration.class)
@ConditionalOnClass(LongCatMetrics.class)
public class LongCatMetricsAutoConfiguration {
  /** Made by Spring. */
  public LongCatMetricsAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  LongCatMetrics longCatMetrics(LongCatProperties properties) {
    return new LongCatMetrics(Tag.of("model", properties.modelName()));
  }
}
