package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.PickleGlobals.Function;
import io.longcat4j.checkpoint.PickleGlobals.Global;
import io.longcat4j.checkpoint.PickleGlobals.StorageClass;
import io.longcat4j.checkpoint.PickleGlobals.TypedStorage;
import io.longcat4j.checkpoint.PickledTensor.PickledStorage;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs one pickle, protocols 2 to 5, as far as tensors need it. A pickle is a program; this machine
 * knows the data it can build and the few names in {@link PickleGlobals}, and refuses all else by
 * name. Its work and memory are bounded by the length of the pickle and by fixed limits.
 *
 * <p>Values are {@code Long}, {@code BigInteger}, {@code Double}, {@code Boolean}, {@code String},
 * {@code byte[]}, {@code List} (tuples too), {@link PickledDict}, {@link Global}, {@link
 * TypedStorage}, {@link PickledTensor}, and {@link #NONE}.
 */
final class PickleMachine {
  /** Python's None. */
  static final Object NONE =
      new Object() {
        @Override
        public String toString() {
          return "None";
        }
      };

  private static final int MAX_OPERATIONS = 16_000_000;
  private static final int MAX_CONTAINERS = 2_000_000;
  private static final int MAX_STACK = 1_000_000;
  private static final int MAX_MARKS = 1_000;

  private final String file;
  private final PickleInput input;
  private final List<Object> stack = new ArrayList<>();
  private final List<Integer> marks = new ArrayList<>();
  private final Map<Long, Object> memo = new HashMap<>();
  private final Map<String, PickledStorage> storages = new HashMap<>();
  private int containers;

  PickleMachine(String file, PickleInput input) {
    this.file = file;
    this.input = input;
  }

  /** Runs to the pickle's end, leaving the input behind it. */
  Object run() {
    for (int i = 0; i < MAX_OPERATIONS; i++) {
      int opcode = input.unsigned8();
      if (opcode == '.') {
        return pop();
      }
      step(opcode);
      if (stack.size() > MAX_STACK || containers > MAX_CONTAINERS) {
        throw input.damaged("builds more objects than a checkpoint needs");
      }
    }
    throw input.damaged("is longer than a checkpoint needs");
  }

  /** The storages the pickle referred to, by their keys. */
  Map<String, PickledStorage> storages() {
    return storages;
  }

  private void step(int opcode) {
    switch (opcode) {
      case 0x80 -> protocol();
      case 0x95 -> input.signed64();
      case '(' -> mark();
      case '0' -> discard();
      case '1' -> popToMark();
      case '2' -> push(peek());
      case 'q' -> memo.put((long) input.unsigned8(), peek());
      case 'r' -> memo.put(input.unsigned32(), peek());
      case 0x94 -> memo.put((long) memo.size(), peek());
      case 'h' -> recall(input.unsigned8());
      case 'j' -> recall(input.unsigned32());
      case 'c' -> push(PickleGlobals.find(file, input.line(), input.line()));
      case 0x93 -> stackGlobal();
      case 'R', 0x81 -> reduce();
      case 'b' -> build();
      case 'Q' -> push(persistent(pop()));
      default -> {
        if (!scalar(opcode) && !container(opcode)) {
          throw unknown(opcode);
        }
      }
    }
  }

  private boolean scalar(int opcode) {
    switch (opcode) {
      case 'N' -> push(NONE);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'J' -> push((long) input.signed32());
      case 'K' -> push((long) input.unsigned8());
      case 'M' -> push((long) input.unsigned16());
      case 0x8a -> push(input.integer(input.unsigned8()));
      case 0x8b -> push(input.integer(input.signed32()));
      case 'I' -> push(textInteger(input.line()));
      case 'L' -> push(textInteger(input.line()));
      case 'G' -> push(input.bigEndianDouble());
      case 'X' -> push(input.utf8(input.unsigned32()));
      case 0x8c -> push(input.utf8(input.unsigned8()));
      case 0x8d -> push(input.utf8(input.signed64()));
      case 'T' -> push(input.latin1(input.signed32()));
      case 'U' -> push(input.latin1(input.unsigned8()));
      case 'B' -> push(input.bytes(input.unsigned32()));
      case 'C' -> push(input.bytes(input.unsigned8()));
      case 0x8e, 0x96 -> push(input.bytes(input.signed64()));
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean container(int opcode) {
    switch (opcode) {
      case ']', 0x8f -> push(counted(new ArrayList<>()));
      case 'l' -> push(counted(popToMark()));
      case 'a' -> append(Collections.singletonList(pop()));
      case 'e', 0x90 -> append(popToMark());
      case ')' -> push(List.of());
      case 't', 0x91 -> push(tuple(popToMark()));
      case 0x85 -> push(tuple(pop(1)));
      case 0x86 -> push(tuple(pop(2)));
      case 0x87 -> push(tuple(pop(3)));
      case '}' -> push(counted(new PickledDict()));
      case 'd' -> {
        List<Object> items = popToMark();
        push(counted(new PickledDict()));
        putAll(items);
      }
      case 's' -> putAll(pop(2));
      case 'u' -> putAll(popToMark());
      default -> {
        return false;
      }
    }
    return true;
  }

  private void protocol() {
    int protocol = input.unsigned8();
    if (protocol > 5) {
      throw input.damaged("has protocol " + protocol + ", expected at most 5,");
    }
  }

  private void mark() {
    if (marks.size() == MAX_MARKS) {
      throw input.damaged("nests deeper than " + MAX_MARKS);
    }
    marks.add(stack.size());
  }

  private void recall(long index) {
    Object value = memo.get(index);
    if (value == null) {
      throw input.damaged("recalls the unknown memo " + index);
    }
    push(value);
  }

  private void stackGlobal() {
    List<Object> names = pop(2);
    if (!(names.get(0) instanceof String module) || !(names.get(1) instanceof String name)) {
      throw input.damaged("names a global by something else than text");
    }
    push(PickleGlobals.find(file, module, name));
  }

  private void reduce() {
    List<Object> call = pop(2);
    if (!(call.get(0) instanceof Function function)
        || !(call.get(1) instanceof List<?> arguments)) {
      throw input.damaged("calls something that is no function");
    }
    containers++;
    Object result;
    try {
      result = PickleGlobals.call(function, arguments);
    } catch (IllegalArgumentException e) {
      throw input.damaged("describes " + e.getMessage());
    }
    if (result == null) {
      throw input.damaged("calls " + function + " with arguments that do not fit,");
    }
    push(result);
  }

  /** Attributes of an ordered dictionary, such as {@code _metadata}, carry no tensors. */
  private void build() {
    pop();
    if (!(peek() instanceof PickledDict)) {
      throw input.damaged("sets attributes of something that is no dictionary");
    }
  }

  private TypedStorage persistent(Object id) {
    if (id instanceof List<?> parts
        && parts.size() >= 5
        && "storage".equals(parts.get(0))
        && parts.get(1) instanceof StorageClass type
        && parts.get(2) instanceof String key
        && parts.get(4) instanceof Long elements
        && (parts.size() == 5 || parts.get(5) == NONE)) {
      return new TypedStorage(storage(key, type.elementBytes(), elements), type.dtype());
    }
    throw input.damaged("refers to a storage in an unknown way");
  }

  private PickledStorage storage(String key, int elementBytes, long elements) {
    PickledStorage storage;
    try {
      storage = new PickledStorage(key, elementBytes, elements);
    } catch (IllegalArgumentException e) {
      throw input.damaged("describes " + e.getMessage());
    }
    PickledStorage known = storages.putIfAbsent(key, storage);
    if (known != null && !known.equals(storage)) {
      throw input.damaged("describes storage " + key + " in two ways");
    }
    return storage;
  }

  private void append(List<Object> values) {
    if (!(peek() instanceof ArrayList<?>)) {
      throw input.damaged("appends to something that is no list");
    }
    @SuppressWarnings("unchecked")
    List<Object> list = (List<Object>) peek();
    list.addAll(values);
  }

  private void putAll(List<Object> items) {
    if (!(peek() instanceof PickledDict dict) || items.size() % 2 != 0) {
      throw input.damaged("sets items of something that is no dictionary");
    }
    for (int i = 0; i < items.size(); i += 2) {
      Object key = items.get(i);
      if (!(key instanceof String || key instanceof Number || key instanceof Boolean)) {
        throw input.damaged("has a dictionary key that is neither text nor number");
      }
      dict.entries().put(key, items.get(i + 1));
    }
  }

  private Number textInteger(String line) {
    String digits = line.endsWith("L") ? line.substring(0, line.length() - 1) : line;
    if (!digits.matches("-?[0-9]{1,64}")) {
      throw input.damaged("holds the malformed integer " + line);
    }
    return PickleInput.narrowed(new BigInteger(digits));
  }

  private <T> T counted(T container) {
    containers++;
    return container;
  }

  private List<Object> tuple(List<Object> values) {
    return counted(Collections.unmodifiableList(values));
  }

  private void push(Object value) {
    stack.add(value);
  }

  private Object peek() {
    requireOperands(1);
    return stack.get(stack.size() - 1);
  }

  private Object pop() {
    requireOperands(1);
    return stack.remove(stack.size() - 1);
  }

  private List<Object> pop(int count) {
    requireOperands(count);
    return cut(stack.size() - count);
  }

  private List<Object> popToMark() {
    if (marks.isEmpty()) {
      throw input.damaged("closes a group that was never opened");
    }
    return cut(marks.remove(marks.size() - 1));
  }

  private void discard() {
    if (!marks.isEmpty() && marks.get(marks.size() - 1) == stack.size()) {
      marks.remove(marks.size() - 1);
    } else {
      pop();
    }
  }

  private List<Object> cut(int from) {
    List<Object> tail = stack.subList(from, stack.size());
    List<Object> values = new ArrayList<>(tail);
    tail.clear();
    return values;
  }

  /** Values below the innermost mark are out of reach. */
  private void requireOperands(int count) {
    int floor = marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
    if (stack.size() - floor < count) {
      throw input.damaged("takes a value from an empty stack");
    }
  }

  private CheckpointException unknown(int opcode) {
    return input.damaged(
        String.format("uses the operation 0x%02x, which tensors do not need,", opcode));
  }
}
