package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the named tensors in what a pickle holds.
 *
 * <ul>
 *   <li>A dictionary with tensors: those, under their keys. Entries that are neither tensors nor
 *       dictionaries (epochs, versions, lists) are ignored.
 *   <li>No tensors, but one dictionary that has some (such as {@code {"model": {...}}}): the
 *       tensors of that one, under its keys; at most four levels deep.
 *   <li>No tensors, but several such dictionaries (an optimizer beside the model): the one named
 *       {@code state_dict}, {@code model_state_dict}, {@code model} or {@code module}, if exactly
 *       one of these is there.
 *   <li>Anything else has several readings and is refused.
 * </ul>
 */
final class StateDict {
  private static final int MAX_DEPTH = 4;
  private static final Set<String> MODELS =
      Set.of("state_dict", "model_state_dict", "model", "module");

  /** A dictionary may occur in several places of a damaged file; this bounds the search. */
  private static final int MAX_VISITS = 4_000_000;

  private final String file;
  private int visits;

  private StateDict(String file) {
    this.file = file;
  }

  static Map<String, PickledTensor> of(String file, Object value) {
    return new StateDict(file).tensors(value);
  }

  private Map<String, PickledTensor> tensors(Object value) {
    Object inner = value;
    for (int depth = 0; depth < MAX_DEPTH; depth++) {
      if (!(inner instanceof PickledDict dict)) {
        throw refused("holds no dictionary of tensors");
      }
      Map<String, PickledTensor> direct = direct(dict);
      Map<String, PickledDict> nested = nested(dict);
      if (!direct.isEmpty() && !nested.isEmpty()) {
        throw refused("has tensors beside the nested dictionaries " + nested.keySet());
      }
      if (nested.isEmpty()) {
        return direct;
      }
      inner = model(nested);
    }
    throw refused("nests dictionaries deeper than " + MAX_DEPTH);
  }

  private Map<String, PickledTensor> direct(PickledDict dict) {
    Map<String, PickledTensor> tensors = new LinkedHashMap<>();
    dict.entries()
        .forEach(
            (key, value) -> {
              if (value instanceof PickledTensor tensor) {
                if (!(key instanceof String name)) {
                  throw refused("has a tensor under the key " + key + ", which is no text");
                }
                tensors.put(name, tensor);
              }
            });
    return tensors;
  }

  private Map<String, PickledDict> nested(PickledDict dict) {
    Map<String, PickledDict> nested = new LinkedHashMap<>();
    dict.entries()
        .forEach(
            (key, value) -> {
              if (value instanceof PickledDict child && hasTensors(child, MAX_DEPTH - 1)) {
                nested.put(String.valueOf(key), child);
              }
            });
    return nested;
  }

  private boolean hasTensors(PickledDict dict, int depth) {
    for (Object value : dict.entries().values()) {
      if (++visits > MAX_VISITS) {
        throw refused("has more entries than a checkpoint needs");
      }
      if (value instanceof PickledTensor
          || (depth > 1 && value instanceof PickledDict child && hasTensors(child, depth - 1))) {
        return true;
      }
    }
    return false;
  }

  private PickledDict model(Map<String, PickledDict> nested) {
    List<PickledDict> candidates = new ArrayList<>(nested.values());
    if (candidates.size() > 1) {
      candidates.clear();
      nested.forEach(
          (name, dict) -> {
            if (MODELS.contains(name)) {
              candidates.add(dict);
            }
          });
    }
    if (candidates.size() != 1) {
      throw refused("has several dictionaries of tensors, " + nested.keySet());
    }
    return candidates.get(0);
  }

  private CheckpointException refused(String what) {
    return new CheckpointException(
        file + ": " + what + "; save one plain dictionary of tensors with torch.save");
  }
}
