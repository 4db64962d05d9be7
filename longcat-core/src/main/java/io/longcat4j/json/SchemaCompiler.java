package io.longcat4j.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.json.Term.Aspect;
import io.longcat4j.spi.Cancellation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Turns a schema into a network of documents that satisfy it. What is asked of a value is a set of
 * schemas that all hold; each set is a part of its own, made once, so that references may go in
 * circles. Not every document that satisfies the schema is in the network: properties come in
 * order, and properties that a schema with {@code properties} does not name only where it has
 * {@code additionalProperties}. Not thread-safe.
 */
final class SchemaCompiler {
  /** Of all sets of schemas together; more are refused, before they take all memory. */
  private static final int MAX_TERMS = 2_000_000;

  private record Open(int start, List<Term> terms) {}

  private final Work work;
  private final SchemaIndex index;
  private final Conjunctions conjunctions;
  private final NetworkBuilder network;
  private final JsonParts parts;
  private final ExclusiveCases exclusive;
  private final Map<Integer, Integer> partOfSchema = new HashMap<>();
  private final Map<List<Integer>, Integer> partOfTerms = new HashMap<>();
  private final Deque<Open> open = new ArrayDeque<>();
  private int terms;

  private SchemaCompiler(JsonNode root, Work work) {
    this.work = work;
    this.index = new SchemaIndex(root, work);
    LocalReferences references = new LocalReferences(index, work);
    this.conjunctions = new Conjunctions(index, references, work);
    this.exclusive = new ExclusiveCases(index, references, work);
    this.network = new NetworkBuilder(work);
    this.parts = new JsonParts(network);
  }

  /**
   * Compiles a schema, or says why it cannot be.
   *
   * @param schema in JSON
   * @param wanted asked all the while
   */
  static Network compile(String schema, Cancellation wanted) {
    Work work = new Work(wanted);
    try {
      return new SchemaCompiler(SchemaText.read(schema, work), work).compile();
    } catch (NetworkBuilder.TooLargeException e) {
      throw new InvalidRequestException(
          "The JSON schema is too large for constrained output; lower its bounds on lengths and"
              + " items, its number of values, or how many anyOf hold at once",
          e);
    }
  }

  private Network compile() {
    int start = network.state();
    network.markEnd(network.call(network.call(start, parts.space()), part(List.of(index.root()))));
    while (!open.isEmpty()) {
      Open next = open.remove();
      fill(next.start(), next.terms());
    }
    Network built = network.build(start);
    if (built.start() < 0) {
      throw new InvalidRequestException(
          "No finite document satisfies the JSON schema; look for required properties that refer"
              + " back to their own schema, for false, and for bounds that exclude each other");
    }
    return built;
  }

  /** The part for values that satisfy all of some schemas; it is filled later. */
  int part(List<SchemaNode> schemas) {
    if (schemas.size() != 1) {
      return part(schemas, List.of());
    }
    Integer known = partOfSchema.get(schemas.get(0).number());
    if (known != null) {
      return known;
    }
    int part = part(schemas, List.of());
    partOfSchema.put(schemas.get(0).number(), part);
    return part;
  }

  private int part(Collection<SchemaNode> schemas, Collection<Term> rest) {
    work.step();
    SortedMap<Integer, Term> all = conjunctions.terms(schemas, rest);
    if (all == null) {
      return parts.none();
    }
    if (all.isEmpty()) {
      return parts.any();
    }
    List<Integer> key = List.copyOf(all.keySet());
    Integer known = partOfTerms.get(key);
    if (known != null) {
      return known;
    }
    terms += all.size();
    if (terms > MAX_TERMS) {
      throw new NetworkBuilder.TooLargeException();
    }
    int start = network.state();
    partOfTerms.put(key, start);
    open.add(new Open(start, List.copyOf(all.values())));
    return start;
  }

  SchemaIndex index() {
    return index;
  }

  NetworkBuilder network() {
    return network;
  }

  JsonParts parts() {
    return parts;
  }

  Work work() {
    return work;
  }

  private void fill(int start, List<Term> terms) {
    List<SchemaNode> leaves = new ArrayList<>();
    for (Term term : terms) {
      if (term.aspect() != Aspect.OWN) {
        alternatives(start, term, terms);
        return;
      }
      leaves.add(term.schema());
    }
    if (leaves.stream().anyMatch(ValueSchema::hasValues)) {
      TextSet texts = new TextSet(network);
      new ValueSchema(this, leaves).addTo(texts);
      texts.read(start);
      return;
    }
    for (String type : Types.of(leaves)) {
      network.skip(start, typed(type, leaves));
    }
  }

  /** One of several schemas, and whatever else is asked. */
  private void alternatives(int start, Term term, List<Term> terms) {
    JsonNode cases = term.schema().json().path(term.aspect().keyword());
    if (term.aspect() == Aspect.ONE_OF) {
      exclusive.check(cases, term.schema().place());
    }
    List<Term> rest = new ArrayList<>(terms);
    rest.remove(term);
    if (!rest.isEmpty()) {
      cases.forEach(one -> network.skip(start, part(List.of(index.of(one)), rest)));
      return;
    }
    TextSet texts = new TextSet(network);
    for (JsonNode one : cases) {
      List<SchemaNode> schemas = List.of(index.of(one));
      List<SchemaNode> leaves = leaves(conjunctions.terms(schemas, List.of()));
      if (leaves.stream().anyMatch(ValueSchema::hasValues)) {
        new ValueSchema(this, leaves).addTo(texts);
      } else {
        network.skip(start, part(schemas));
      }
    }
    texts.read(start);
  }

  /** The schemas of terms; none if there are alternatives among these. */
  private static List<SchemaNode> leaves(@Nullable Map<Integer, Term> terms) {
    if (terms == null || terms.values().stream().anyMatch(t -> t.aspect() != Aspect.OWN)) {
      return List.of();
    }
    return terms.values().stream().map(Term::schema).toList();
  }

  private int typed(String type, List<SchemaNode> leaves) {
    return switch (type) {
      case "object" -> new ObjectSchema(this, leaves).part();
      case "array" -> new ArraySchema(this, leaves).part();
      case "string" ->
          parts.string(
              SchemaCounts.most(leaves, "minLength"), SchemaCounts.least(leaves, "maxLength"));
      case "integer" -> new NumberSchema(this, leaves).part(/* fractions= */ false);
      case "number" -> new NumberSchema(this, leaves).part(/* fractions= */ true);
      case "boolean" -> parts.truth();
      case "null" -> parts.nothing();
      default -> throw new IllegalStateException("keywords are checked, but " + type + " is left");
    };
  }
}
