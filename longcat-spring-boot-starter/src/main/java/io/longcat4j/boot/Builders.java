package io.longcat4j.boot;

import io.longcat4j.Attention;
import io.longcat4j.Backend;
import io.longcat4j.Device;
import io.longcat4j.Gpus;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCat;
import io.longcat4j.Parallel;
import io.longcat4j.Scheduling;
import io.longcat4j.WeightMemory;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Properties as what the API builds a model from. */
final class Builders {
  private Builders() {}

  static LongCat.Builder of(LongCatProperties properties) {
    LongCat.Builder builder = LongCat.builder();
    if (properties.model() == null) {
      builder.tiny();
    } else {
      builder.model(properties.model());
    }
    set(properties.backend(), name -> builder.backend(backend(name)));
    set(properties.numerics(), builder::numerics);
    set(properties.threads(), builder::threads);
    set(properties.pinThreads(), builder::pinThreads);
    set(properties.contextLength(), builder::contextLength);
    set(properties.cacheDirectory(), builder::cacheDirectory);
    set(properties.experts(), builder::experts);
    set(properties.ranks(), ranks -> builder.parallel(Parallel.local(ranks)));
    set(properties.devices().encoders(), name -> builder.encoders(Device.of(name)));
    set(properties.devices().eyes(), name -> builder.eyes(Device.of(name)));
    set(properties.devices().ears(), name -> builder.ears(Device.of(name)));
    set(properties.devices().voice(), name -> builder.voice(Device.of(name)));
    set(properties.attention(), text -> builder.attention(Attention.parse(text)));
    return builder
        .weights(weights(properties.weights()))
        .scheduling(scheduling(properties.scheduling()))
        .gpus(gpus(properties.gpus()));
  }

  private static Backend backend(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "auto" -> Backend.auto();
      case "cpu" -> Backend.cpu();
      case "reference" -> Backend.reference();
      case "cuda" -> Backend.cuda();
      default ->
          throw new InvalidRequestException(
              "longcat.backend is '" + name + "'; there are auto, cpu, reference and cuda");
    };
  }

  private static WeightMemory weights(LongCatProperties.Weights weights) {
    WeightMemory.Mode mode = weights.mode();
    return mode == null
        ? new WeightMemory(WeightMemory.readAhead().mode(), weights.hugePages())
        : new WeightMemory(mode, weights.hugePages());
  }

  static Scheduling scheduling(LongCatProperties.Schedule schedule) {
    Scheduling.Builder builder = Scheduling.builder();
    set(schedule.maxRunning(), builder::maxRunning);
    set(schedule.queueLimit(), builder::queueLimit);
    set(schedule.prefillChunk(), builder::prefillChunk);
    set(schedule.maxGap(), builder::maxGap);
    set(schedule.cacheSize(), size -> builder.cacheBytes(size.toBytes()));
    set(schedule.cachePrecision(), builder::cachePrecision);
    set(schedule.speculative(), builder::speculative);
    return builder.build();
  }

  private static Gpus gpus(LongCatProperties.GpuChoice choice) {
    Gpus gpus =
        choice.only().isEmpty()
            ? Gpus.all()
            : Gpus.all().only(choice.only().toArray(new Integer[0]));
    if (choice.memory() != null) {
      gpus = gpus.memory(choice.memory().toBytes());
    }
    if (choice.sharing()) {
      gpus = gpus.sharing();
    }
    return choice.expertsOnHost() ? gpus.withExpertsOnHost() : gpus;
  }

  static <T> void set(@Nullable T value, Consumer<T> setter) {
    if (value != null) {
      setter.accept(value);
    }
  }
}
