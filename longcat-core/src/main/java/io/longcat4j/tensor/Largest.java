package io.longcat4j.tensor;

/** Where the largest of some numbers is. */
public final class Largest {
  private Largest() {}

  /**
   * The index of the largest number, of equal ones the first.
   *
   * @param numbers at least one
   * @return the index, or {@code -1 - index} of the first that is not a number
   */
  public static int of(float[] numbers) {
    int best = 0;
    float largest = numbers[0];
    for (int i = 0; i < numbers.length; i++) {
      // One comparison for both: NaN is not at most anything.
      if (!(numbers[i] <= largest)) {
        if (Float.isNaN(numbers[i])) {
          return -1 - i;
        }
        best = i;
        largest = numbers[i];
      }
    }
    return best;
  }
}
