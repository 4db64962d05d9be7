package io.longcat4j.checkpoint;

import java.io.ByteArrayInputStream;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.reader.UnicodeReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Plain data from YAML, in time and memory that the text's length bounds. YAML can name a part and
 * use it again, which makes a short text mean a long one, or one that contains itself: what it
 * means is counted before anything is made of it.
 */
final class BoundedYaml {
  private static final int MAX_ALIASES = 50;
  private static final int MAX_NODES = 100_000;
  private static final int MAX_NUMBER = 64;
  private static final int MAX_KEY = 4096;

  private final IdentityHashMap<Node, Integer> sizes = new IdentityHashMap<>();

  private BoundedYaml() {}

  /**
   * Reads one document.
   *
   * @param text UTF-8 or UTF-16
   * @param maxDepth of lists and mappings
   * @return maps, lists, texts, numbers, booleans, dates, or null
   * @throws YAMLException if it is no YAML, repeats a key, or means more than a configuration needs
   */
  static @Nullable Object load(byte[] text, int maxDepth) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setAllowRecursiveKeys(false);
    options.setMaxAliasesForCollections(MAX_ALIASES);
    options.setNestingDepthLimit(maxDepth);
    options.setCodePointLimit(Math.max(1, text.length));
    StreamReader reader = new StreamReader(new UnicodeReader(new ByteArrayInputStream(text)));
    Composer composer = new Composer(new ParserImpl(reader, options), new Resolver(), options);
    @Nullable Node document = composer.getSingleNode();
    if (document == null) {
      return null;
    }
    new BoundedYaml().size(document);
    return new Plain(options).construct(document);
  }

  /** Nodes that a part stands for, each as often as it is used. */
  private int size(Node node) {
    Integer known = sizes.get(node);
    if (known != null) {
      if (known == 0) {
        throw refused("a part contains itself", node);
      }
      return known;
    }
    sizes.put(node, 0);
    int size = 1;
    if (node instanceof ScalarNode scalar) {
      check(scalar);
    } else if (node instanceof SequenceNode list) {
      for (Node element : list.getValue()) {
        size = sum(size, size(element), node);
      }
    } else if (node instanceof MappingNode mapping) {
      for (NodeTuple entry : mapping.getValue()) {
        checkKey(entry.getKeyNode());
        size = sum(size, 1 + size(entry.getValueNode()), node);
      }
    }
    sizes.put(node, size);
    return size;
  }

  private static int sum(int size, int more, Node node) {
    if (size + more > MAX_NODES) {
      throw refused("aliases make more than " + MAX_NODES + " values", node);
    }
    return size + more;
  }

  private static void check(ScalarNode scalar) {
    boolean isNumber = scalar.getTag().equals(Tag.INT) || scalar.getTag().equals(Tag.FLOAT);
    if (isNumber && scalar.getValue().length() > MAX_NUMBER) {
      throw refused("a number has more than " + MAX_NUMBER + " characters", scalar);
    }
  }

  /** A key of several parts would be compared with all others. */
  private static void checkKey(Node key) {
    if (!(key instanceof ScalarNode scalar) || scalar.getValue().length() > MAX_KEY) {
      throw refused("a key is no text of at most " + MAX_KEY + " characters", key);
    }
    check(scalar);
  }

  private static YAMLException refused(String what, Node node) {
    return new YAMLException(what + ", in line " + (node.getStartMark().getLine() + 1));
  }

  /** Makes data of nodes, no language types. */
  private static final class Plain extends SafeConstructor {
    Plain(LoaderOptions options) {
      super(options);
      setAllowDuplicateKeys(false);
    }

    Object construct(Node document) {
      return constructDocument(document);
    }
  }
}
