package io.longcat4j.json;

import static io.longcat4j.json.Schemas.assertAccepts;
import static io.longcat4j.json.Schemas.assertNoSchema;
import static io.longcat4j.json.Schemas.assertRefuses;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

@Tag("once")
class NumberRangesTest {
  @Property(tries = 1500)
  void exactlyTheNumbersBetweenTheBoundsAreAccepted(
      @ForAll @IntRange(min = -12_000, max = 12_000) int lowest,
      @ForAll @IntRange(min = 0, max = 12_000) int span,
      @ForAll @IntRange(min = 0, max = 3) int scale,
      @ForAll boolean withoutLowest,
      @ForAll boolean withoutHighest,
      @ForAll @IntRange(min = -140_000, max = 140_000) int offset,
      @ForAll @IntRange(min = 0, max = 2) int zeros) {
    BigDecimal low = BigDecimal.valueOf(lowest, scale);
    BigDecimal high = BigDecimal.valueOf((long) lowest + span, scale);
    BigDecimal value =
        BigDecimal.valueOf(10L * lowest + offset % (10L * span + 20), scale + 1)
            .setScale(scale + 1 + zeros);
    String schema =
        "{'type': 'number', '%s': %s, '%s': %s}"
            .formatted(
                withoutLowest ? "exclusiveMinimum" : "minimum",
                low.toPlainString(),
                withoutHighest ? "exclusiveMaximum" : "maximum",
                high.toPlainString());
    boolean inside =
        value.compareTo(low) >= (withoutLowest ? 1 : 0)
            && value.compareTo(high) <= (withoutHighest ? -1 : 0);
    if (span > 0 || !(withoutLowest || withoutHighest)) {
      assertThat(Schemas.accepts(Schemas.compile(Schemas.quoted(schema)), value.toPlainString()))
          .as("%s in %s", value.toPlainString(), schema)
          .isEqualTo(inside);
    }
  }

  @Test
  void wholeNumbersMayHaveAFractionOfZerosWhereNumbersAreAsked() {
    String schema = "{'type': 'number', 'minimum': -2, 'maximum': 1}";
    assertAccepts(schema, "-2.0", "1.0", "0.0", "1.000", "-2", "-1.9999");
    assertRefuses(schema, "-2.1", "1.01", "1.0001", "-2.00001", "-3", "2");
    assertRefuses("{'type': 'number', 'exclusiveMaximum': 1}", "1.0", "1", "1.00");
    assertAccepts(
        "{'type': 'number', 'exclusiveMaximum': 1, 'minimum': 0.25}", "0.25", "0.999", "0.250");
    assertRefuses(
        "{'type': 'number', 'exclusiveMaximum': 1, 'minimum': 0.25}", "0.2", "0.2499", "0");
  }

  @Test
  void boundsMayBeLarge() {
    assertAccepts(
        "{'type': 'integer', 'minimum': 1e18}", "1000000000000000000", "9999999999999999999");
    assertRefuses(
        "{'type': 'integer', 'minimum': 1e18}", "999999999999999999", "-1000000000000000001");
    String nines = "9".repeat(300);
    String bounded = "{'type': 'integer', 'maximum': " + nines + ", 'minimum': -" + nines + "}";
    assertAccepts(bounded, nines, "-" + nines, "0", nines.substring(1) + "8");
    assertRefuses(bounded, "1" + "0".repeat(300), "-1" + "0".repeat(300));
    assertAccepts(
        "{'type': 'number', 'minimum': 1" + "0".repeat(299) + ".5}", "1" + "0".repeat(299) + ".75");
    assertAccepts(
        "{'type': 'integer', 'maximum': 1e999999999, 'exclusiveMinimum': -1e999999999}", "5");
    assertNoSchema(
        "{'minimum': 1e999999999}", "numbers have less than 1000 digits before the point");
    assertNoSchema("{'maximum': -1e1000}", "numbers have less than 1000 digits");
    assertNoSchema(
        "{'minimum': 1" + "0".repeat(1000) + "}", "a number of more than 1000 characters");
    for (String exponent : new String[] {"99999999999", "-99999999999"}) {
      assertNoSchema("{'const': 1e" + exponent + "}", "exponent is out of range");
    }
    // JDKs differ in whether these are numbers.
    assertNoSchema("{'minimum': 1e2147483648}", "number");
    assertNoSchema("{'maximum': -1e2147483648}", "number");
  }

  @Test
  void boundsMayBeSmall() {
    assertAccepts(
        "{'type': 'number', 'exclusiveMinimum': 1e-300, 'maximum': 1}",
        "0." + "0".repeat(299) + "11");
    assertRefuses(
        "{'type': 'number', 'exclusiveMinimum': 1e-300, 'maximum': 1}",
        "0",
        "0." + "0".repeat(299) + "1");
    String smallest = "{'type': 'number', 'minimum': 1e-999999999, 'maximum': 1}";
    assertAccepts(smallest, "0.5", "1");
    assertRefuses(smallest, "0", "0.0", "-1");
    assertAccepts("{'type': 'integer', 'minimum': -1e-999999999}", "0", "1");
    assertRefuses("{'type': 'integer', 'minimum': 1e-999999999}", "0", "-1");
  }
}
