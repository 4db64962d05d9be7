package io.longcat4j.onnx;

/** A named constant of a node. */
public sealed interface Attribute {
  /**
   * The name that the operator's specification gives it.
   *
   * @return not blank
   */
  String name();

  /**
   * A whole number.
   *
   * @param name as in the operator's specification
   * @param value the number
   */
  record Int(String name, long value) implements Attribute {}

  /**
   * A list of whole numbers.
   *
   * @param name as in the operator's specification
   * @param values the numbers; not to be changed
   */
  record Ints(String name, long[] values) implements Attribute {}

  /**
   * A number.
   *
   * @param name as in the operator's specification
   * @param value the number
   */
  record Real(String name, float value) implements Attribute {}

  /**
   * A word.
   *
   * @param name as in the operator's specification
   * @param value the word
   */
  record Text(String name, String value) implements Attribute {}

  /**
   * A whole number.
   *
   * @param name as in the operator's specification
   * @param value the number
   * @return the attribute
   */
  static Attribute of(String name, long value) {
    return new Int(name, value);
  }

  /**
   * A list of whole numbers.
   *
   * @param name as in the operator's specification
   * @param values the numbers; copied
   * @return the attribute
   */
  static Attribute ofList(String name, long... values) {
    return new Ints(name, values.clone());
  }

  /**
   * A number.
   *
   * @param name as in the operator's specification
   * @param value the number
   * @return the attribute
   */
  static Attribute of(String name, float value) {
    return new Real(name, value);
  }

  /**
   * A word.
   *
   * @param name as in the operator's specification
   * @param value the word
   * @return the attribute
   */
  static Attribute of(String name, String value) {
    return new Text(name, value);
  }
}
