package io.longcat4j.checkpoint;

import io.longcat4j.checkpoint.ModelConfig.BlockSize;
import io.longcat4j.checkpoint.ModelConfig.IntegerGroups;
import java.util.List;
import java.util.Optional;

/** Reads {@code quantization_config}: block FP8 as published, or the integers of this library. */
final class QuantizationReader {
  /** The {@code quant_method} of integer weights in groups. */
  static final String INTEGERS = "longcat4j";

  private static final String BITS = "bits";
  private static final String GROUP_SIZE = "group_size";

  /** What the keys of the head begin with. */
  private static final String HEAD_PREFIX = "head_";

  private static final String BLOCK = "weight_block_size";

  private final Optional<ConfigFile> quantization;

  QuantizationReader(ConfigFile config) {
    this.quantization = config.findChild("quantization_config");
    quantization.ifPresent(found -> ModelConfigKeys.checkQuantization(found, isIntegers(found)));
  }

  /** Beside integers there may be FP8 weights, those that were left as they were. */
  Optional<BlockSize> fp8Block() {
    return quantization
        .filter(found -> !isIntegers(found) || found.has(BLOCK))
        .map(QuantizationReader::block);
  }

  Optional<IntegerGroups> integerGroups() {
    return quantization
        .filter(QuantizationReader::isIntegers)
        .map(found -> groups(found, BITS, GROUP_SIZE));
  }

  Optional<IntegerGroups> headGroups() {
    return quantization
        .filter(QuantizationReader::isIntegers)
        .filter(found -> found.has(HEAD_PREFIX + BITS) || found.has(HEAD_PREFIX + GROUP_SIZE))
        .map(found -> groups(found, HEAD_PREFIX + BITS, HEAD_PREFIX + GROUP_SIZE));
  }

  private static boolean isIntegers(ConfigFile quantization) {
    return quantization.requireString("quant_method").equals(INTEGERS);
  }

  private static BlockSize block(ConfigFile quantization) {
    List<Integer> block = quantization.requireInts(BLOCK);
    if (block.size() != 2 || block.get(0) < 1 || block.get(1) < 1) {
      throw quantization.refuse(BLOCK, "expected [rows, columns], each at least 1");
    }
    return new BlockSize(block.get(0), block.get(1));
  }

  private static IntegerGroups groups(ConfigFile quantization, String bitsKey, String sizeKey) {
    if (quantization.requireInt("version") != 1) {
      throw quantization.refuse("version", "but only 1 is supported; use a newer version");
    }
    int bits = quantization.requireInt(bitsKey);
    if (bits != 4 && bits != 8) {
      throw quantization.refuse(bitsKey, "expected 4 or 8");
    }
    int size = quantization.requireInt(sizeKey);
    if (size < 1 || (bits == 4 && size % 2 != 0)) {
      throw quantization.refuse(sizeKey, "expected at least 1, and an even number for 4 bits");
    }
    return new IntegerGroups(bits, size);
  }
}
