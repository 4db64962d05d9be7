package io.longcat4j.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.longcat4j.CheckpointException;
import io.longcat4j.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parses the JSON header of one safetensors file. */
final class SafetensorsHeader {
  private static final int MAX_RANK = 64;
  private static final Map<String, DType> DTYPES = dtypes();

  /** Each of the many names is read once, so that sharing them costs more than it saves. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(8).build())
          .build();

  private final String file;
  private final JsonParser parser;

  /** Of the list that is being read: a header has hundred thousands of them. */
  private final long[] sizes = new long[MAX_RANK];

  private SafetensorsHeader(String file, JsonParser parser) {
    this.file = file;
    this.parser = parser;
  }

  /**
   * One tensor of a header.
   *
   * @param name its key
   * @param dtype its number format
   * @param dims its sizes
   * @param begin first byte, from the start of the data
   * @param end byte behind the last one; the difference fits dtype and sizes
   */
  record Entry(String name, DType dtype, long[] dims, long begin, long end) {}

  private static Map<String, DType> dtypes() {
    Map<String, DType> dtypes = new LinkedHashMap<>();
    for (DType dtype : DType.values()) {
      dtypes.put(dtype.name(), dtype);
    }
    return dtypes;
  }

  static List<Entry> parse(String file, ByteBuffer json) {
    byte[] text = new byte[json.remaining()];
    json.get(text);
    try (JsonParser parser = JSON.createParser(text)) {
      return new SafetensorsHeader(file, parser).entries();
    } catch (IOException e) {
      throw new CheckpointException(
          file
              + ": the safetensors header is not valid JSON ("
              + e.getMessage()
              + "); the file is damaged, fetch it again",
          e);
    }
  }

  private List<Entry> entries() throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw damaged("the header is no JSON object");
    }
    List<Entry> entries = new ArrayList<>();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      if (name.equals("__metadata__")) {
        parser.nextToken();
        parser.skipChildren();
      } else {
        entries.add(entry(name));
      }
    }
    if (parser.nextToken() != null) {
      throw damaged("text follows the header's JSON object");
    }
    return entries;
  }

  private Entry entry(String name) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw damaged("tensor " + name + " is no JSON object");
    }
    DType dtype = null;
    long[] dims = null;
    long[] offsets = null;
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      switch (key) {
        case "dtype" -> dtype = dtype(name);
        case "shape" -> dims = sizes(name, "shape");
        case "data_offsets" -> offsets = sizes(name, "data_offsets");
        default -> throw damaged("tensor " + name + " has the unknown key " + key);
      }
    }
    return checked(
        name,
        present(name, "dtype", dtype),
        present(name, "shape", dims),
        present(name, "data_offsets", offsets));
  }

  private DType dtype(String tensor) throws IOException {
    String name = parser.nextTextValue();
    if (name == null) {
      throw damaged("tensor " + tensor + " has a dtype that is no text");
    }
    DType dtype = DTYPES.get(name);
    if (dtype == null) {
      throw new CheckpointException(
          file
              + ": tensor "
              + tensor
              + " has the unknown dtype "
              + name
              + ", expected one of "
              + DTYPES.keySet()
              + "; convert the checkpoint");
    }
    return dtype;
  }

  private long[] sizes(String tensor, String key) throws IOException {
    if (parser.nextToken() != JsonToken.START_ARRAY) {
      throw damaged("tensor " + tensor + ": " + key + " is no list");
    }
    int count = 0;
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      if (token != JsonToken.VALUE_NUMBER_INT || count == MAX_RANK) {
        throw damaged(
            "tensor " + tensor + ": " + key + " is no list of up to " + MAX_RANK + " integers");
      }
      long size = parser.getLongValue();
      if (size < 0) {
        throw damaged("tensor " + tensor + ": " + key + " has the negative entry " + size);
      }
      sizes[count++] = size;
    }
    return Arrays.copyOf(sizes, count);
  }

  private Entry checked(String name, DType dtype, long[] dims, long[] offsets) {
    if (offsets.length != 2 || offsets[0] > offsets[1]) {
      throw damaged(
          "tensor "
              + name
              + ": data_offsets are "
              + Arrays.toString(offsets)
              + ", expected [begin, end]");
    }
    long needed;
    try {
      long elements = 1;
      for (long dim : dims) {
        elements = Math.multiplyExact(elements, dim);
      }
      needed = dtype.bytes(elements);
    } catch (ArithmeticException e) {
      throw damaged("tensor " + name + " has shape " + Arrays.toString(dims) + ", beyond 64 bits");
    }
    if (offsets[1] - offsets[0] != needed) {
      throw damaged(
          "tensor "
              + name
              + ": data_offsets span "
              + (offsets[1] - offsets[0])
              + " bytes, but "
              + dtype
              + " of shape "
              + Arrays.toString(dims)
              + " needs "
              + needed);
    }
    return new Entry(name, dtype, dims, offsets[0], offsets[1]);
  }

  private <T> T present(String tensor, String key, @Nullable T value) {
    if (value == null) {
      throw damaged("tensor " + tensor + " has no " + key);
    }
    return value;
  }

  private CheckpointException damaged(String what) {
    return new CheckpointException(file + ": " + what + "; the file is damaged, fetch it again");
  }
}
