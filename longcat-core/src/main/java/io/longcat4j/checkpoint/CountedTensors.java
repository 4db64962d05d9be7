package io.longcat4j.checkpoint;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The tensors of a file of which all are expected to be used. One that is left over may belong to a
 * network other than the one being built, so its user is told. Not thread-safe.
 */
public final class CountedTensors implements TensorSource {
  private final TensorSource source;
  private final Set<String> used = new HashSet<>();

  /**
   * Counts from now on.
   *
   * @param source where the tensors are
   */
  public CountedTensors(TensorSource source) {
    this.source = source;
  }

  @Override
  public String describe() {
    return source.describe();
  }

  @Override
  public Set<String> names() {
    return source.names();
  }

  @Override
  public Optional<StoredTensor> find(String name) {
    used.add(name);
    return source.find(name);
  }

  @Override
  public StoredTensor require(String name) {
    used.add(name);
    return source.require(name);
  }

  /**
   * Tensors that the published files have, though the network does not need them.
   *
   * @param prefix of their names
   */
  public void expectUnused(String prefix) {
    names().stream().filter(name -> name.startsWith(prefix)).forEach(used::add);
  }

  /**
   * Says how many tensors nobody asked for, if there are any.
   *
   * @param warnings hears one sentence at most
   */
  public void warnOfUnused(Consumer<String> warnings) {
    warn(
        describe(),
        names().stream().filter(name -> !used.contains(name)).sorted().toList(),
        warnings);
  }

  /**
   * Says which tensors have no place, if there are any.
   *
   * @param file where they are
   * @param unused their names
   * @param warnings hears one sentence at most
   */
  public static void warn(String file, List<String> unused, Consumer<String> warnings) {
    if (!unused.isEmpty()) {
      warnings.accept(
          file
              + ": "
              + (unused.size() == 1 ? "1 tensor has" : unused.size() + " tensors have")
              + " no place in the network that the configuration describes and "
              + (unused.size() == 1 ? "is" : "are")
              + " not used: "
              + unused.get(0)
              + (unused.size() == 1 ? "" : " and others")
              + "; check that the configuration is the one shipped with the weights");
    }
  }
}
