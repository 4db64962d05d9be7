package io.longcat4j.boot;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** The model's health, for the actuator of Spring Boot 4. */
@AutoConfiguration(after = LongCatAutoConfiguration.class)
@ConditionalOnClass(HealthIndicator.class)
@ConditionalOnBean(LongCatActivity.class)
@ConditionalOnProperty(name = "management.health.longcat.enabled", matchIfMissing = true)
public class LongCatHealthAutoConfiguration {
  /** Made by Spring. */
  public LongCatHealthAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean(name = "longcatHealthIndicator")
  HealthIndicator longcatHealthIndicator(LongCatActivity activity) {
    return () ->
        (activity.isReady() ? Health.up() : Health.outOfService())
            .withDetails(activity.details())
            .build();
  }
}
