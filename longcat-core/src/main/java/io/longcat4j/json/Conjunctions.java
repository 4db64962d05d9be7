package io.longcat4j.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.longcat4j.json.Term.Aspect;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What several schemas together ask of one value: {@code $ref} and {@code allOf} are replaced by
 * what they lead to. Refuses what is not supported, and circles of schemas for the same value. Not
 * thread-safe.
 */
final class Conjunctions {
  private final SchemaIndex index;
  private final LocalReferences references;
  private final Work work;
  private final Set<Integer> checked = new HashSet<>();

  /** For schemas on the path or done, whether they are done. */
  private final Map<Integer, Boolean> visited = new HashMap<>();

  private record Visit(SchemaNode schema, Deque<SchemaNode> next) {}

  Conjunctions(SchemaIndex index, LocalReferences references, Work work) {
    this.index = index;
    this.references = references;
    this.work = work;
  }

  /**
   * The terms of schemas.
   *
   * @param schemas all of which hold
   * @param rest terms that hold too
   * @return in the order of the document, by their keys; null if no value satisfies them
   */
  @Nullable SortedMap<Integer, Term> terms(Collection<SchemaNode> schemas, Collection<Term> rest) {
    TreeMap<Integer, Term> terms = new TreeMap<>();
    for (Term term : rest) {
      work.step();
      put(term, terms);
    }
    Deque<SchemaNode> open = new ArrayDeque<>(schemas);
    Set<Integer> seen = new HashSet<>();
    while (!open.isEmpty()) {
      work.step();
      SchemaNode schema = open.remove();
      if (schema.json().isBoolean() && !schema.json().booleanValue()) {
        return null;
      }
      if (schema.json().isObject() && seen.add(schema.number())) {
        check(schema);
        add(schema, terms, open);
      }
    }
    return terms;
  }

  private void add(SchemaNode schema, Map<Integer, Term> terms, Deque<SchemaNode> open) {
    if (schema.json().has("$ref")) {
      open.add(references.target(schema));
      if (index.draft().ignoresNeighboursOfReferences()) {
        return;
      }
    }
    for (JsonNode one : schema.json().path("allOf")) {
      work.step();
      open.add(index.of(one));
    }
    if (Keywords.hasOwn(schema.json())) {
      put(new Term(schema, Aspect.OWN), terms);
    }
    if (schema.json().has("anyOf")) {
      put(new Term(schema, Aspect.ANY_OF), terms);
    }
    if (schema.json().has("oneOf")) {
      put(new Term(schema, Aspect.ONE_OF), terms);
    }
  }

  private static void put(Term term, Map<Integer, Term> terms) {
    terms.put(term.key(), term);
  }

  private void check(SchemaNode schema) {
    if (!checked.add(schema.number())) {
      return;
    }
    if (!(schema.json().has("$ref") && index.draft().ignoresNeighboursOfReferences())) {
      Keywords.check(schema, index.draft());
    }
    refuseCircle(schema);
  }

  /** Fails where a schema leads back to itself without anything to read on the way. */
  private void refuseCircle(SchemaNode start) {
    if (visited.containsKey(start.number())) {
      return;
    }
    Deque<Visit> path = new ArrayDeque<>();
    path.push(visit(start));
    while (!path.isEmpty()) {
      work.step();
      Visit visit = path.element();
      SchemaNode next = visit.next().poll();
      if (next == null) {
        visited.put(visit.schema().number(), true);
        path.pop();
        continue;
      }
      Boolean done = visited.get(next.number());
      if (done == null) {
        path.push(visit(next));
      } else if (!done) {
        throw Keywords.refused(
            "$ref",
            visit.schema().place(),
            "leads back to itself without an object or an array in between; break the circle");
      }
    }
  }

  private Visit visit(SchemaNode schema) {
    visited.put(schema.number(), false);
    Deque<SchemaNode> next = new ArrayDeque<>();
    if (schema.json().has("$ref")) {
      next.add(references.target(schema));
      if (index.draft().ignoresNeighboursOfReferences()) {
        return new Visit(schema, next);
      }
    }
    for (String keyword : List.of("allOf", "anyOf", "oneOf")) {
      for (JsonNode one : schema.json().path(keyword)) {
        work.step();
        next.add(index.of(one));
      }
    }
    return new Visit(schema, next);
  }
}
