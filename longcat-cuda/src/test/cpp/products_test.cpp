// Dense products against sums in double precision.
#include "bench.h"

namespace longcat::test {

namespace {

Rows linear(EmulatedLauncher& launcher, const WeightView& weight, const WeightView* bias,
            const Rows& x) {
  Matrix from(x);
  Matrix into(Rows(x.size(), std::vector<float>(static_cast<size_t>(weight.rows), NAN)));
  require_done(launcher, cuda::linear(launcher, weight, bias, from.view(), into.view()), "linear");
  return into.read();
}

Rows gated(EmulatedLauncher& launcher, const WeightView& gate, const WeightView& up,
           const Rows& x) {
  Matrix from(x);
  Matrix into(Rows(x.size(), std::vector<float>(static_cast<size_t>(gate.rows), NAN)));
  require_done(launcher, cuda::gated_linear(launcher, gate, up, from.view(), into.view()), "gated");
  return into.read();
}

void check(EmulatedLauncher& launcher, const Weight& weight, int64_t rows, Random& random) {
  int64_t columns = weight.view().columns;
  Rows x = random_rows(rows, columns, random);
  require_close(
      linear(launcher, weight.view(), nullptr, x), expected_linear(weight.numbers, x), columns,
      std::string(format_name(weight.view().format)) + " " + std::to_string(weight.view().rows) +
          " x " + std::to_string(columns) + ", " + std::to_string(rows) + " rows");
}

void every_format_and_odd_size_is_right() {
  Random random(10);
  EmulatedLauncher launcher;
  for (int format = 0; format <= device::kInt4; format++) {
    for (int64_t size : {1, 2, 3, 5, 16, 31, 70}) {
      check(launcher, Weight(format, 1 + size % 19, size, random), 1, random);
      check(launcher, Weight(format, size, 71 - size, random), 1 + size % 9, random);
    }
    for (int64_t columns : {127, 257, 1030}) {
      for (int64_t rows : {1, 5, 13})
        check(launcher, Weight(format, 35, columns, random), rows, random);
    }
  }
}

void ragged_blocks_and_groups_are_right() {
  Random random(12);
  EmulatedLauncher launcher;
  for (Cut cut : {Cut{1, 1}, Cut{3, 5}, Cut{16, 16}, Cut{7, 32}, Cut{17, 8}, Cut{300, 300}}) {
    for (int64_t columns : {1, 31, 129, 277}) {
      check(launcher, Weight(device::kFp8, 37, columns, random, cut), 4, random);
    }
  }
  for (int64_t group : {2, 6, 16, 48, 300}) {
    check(launcher, Weight(device::kInt8, 19, 277, random, {1, group}), 5, random);
    check(launcher, Weight(device::kInt4, 19, 277, random, {1, group}), 5, random);
  }
  check(launcher, Weight(device::kInt8, 19, 51, random, {1, 3}), 5, random);
}

void a_row_has_the_same_bits_alone() {
  Random random(15);
  EmulatedLauncher launcher;
  for (int format = 0; format <= device::kInt4; format++) {
    for (int64_t columns : {261, 512}) {
      Weight weight(format, 51, columns, random);
      Rows x = random_rows(37, columns, random);
      Rows all = linear(launcher, weight.view(), nullptr, x);
      Rows gates = gated(launcher, weight.view(), weight.view(), x);
      for (size_t row : {0, 3, 9, 36}) {
        require_same(linear(launcher, weight.view(), nullptr, {x[row]})[0], all[row],
                     "linear alone");
        require_same(gated(launcher, weight.view(), weight.view(), {x[row]})[0], gates[row],
                     "gated alone");
      }
    }
  }
}

void slices_have_the_bits_of_their_parts_joined() {
  Random random(60);
  EmulatedLauncher launcher;
  for (int format = 0; format <= device::kInt4; format++) {
    for (int64_t width : {14, 128}) {
      Weight weight(format, 35, 8 * width, random, {128, width % 128 == 0 ? 128 : 2}, 8);
      Weight bias(device::kF32, 1, 35, random);
      Rows x = random_rows(9, 8 * width, random);
      Rows whole = linear(launcher, weight.view(), &bias.view(), x);
      std::vector<Rows> sums;
      for (int64_t s = 0; s < 8; s++) {
        WeightView slice = weight.view();
        int64_t bits = format == device::kF32    ? 32
                       : format <= device::kF16  ? 16
                       : format == device::kInt4 ? 4
                                                 : 8;
        // Rows of a slice have to begin at a multiple of 16 bytes.
        int64_t bytes = width * bits / 8;
        Memory<uint8_t> own(slice.rows * 2 * (bytes + 15));
        std::memset(own.data(), 0, static_cast<size_t>(own.count()));
        for (int64_t r = 0; r < slice.rows; r++) {
          std::memcpy(own.data() + r * ((bytes + 15) / 16 * 16),
                      slice.data + r * slice.row_bytes + s * bytes, static_cast<size_t>(bytes));
        }
        slice.data = own.data();
        slice.row_bytes = (bytes + 15) / 16 * 16;
        slice.columns = width;
        slice.slices = 1;
        if (slice.scales != nullptr) slice.scales += s * width / slice.block_columns;
        if (slice.factors != nullptr) slice.factors += s * width / slice.block_columns;
        Rows part;
        for (const auto& row : x) {
          part.emplace_back(row.begin() + s * width, row.begin() + (s + 1) * width);
        }
        sums.push_back(linear(launcher, slice, nullptr, part));
      }
      for (size_t row = 0; row < x.size(); row++) {
        std::vector<float> expected(35);
        for (size_t o = 0; o < 35; o++) {
          auto at = [&](size_t s) { return sums[s][row][o]; };
          expected[o] =
              (((at(0) + at(1)) + (at(2) + at(3))) + ((at(4) + at(5)) + (at(6) + at(7)))) +
              static_cast<float>(bias.numbers[0][o]);
        }
        require_same(whole[row], expected, std::string("slices ") + format_name(format));
      }
    }
  }
}

void what_is_not_finite_stays_in_its_row() {
  Random random(18);
  EmulatedLauncher launcher;
  for (int format = 0; format <= device::kInt4; format++) {
    for (int64_t columns : {261, 256}) {
      Weight weight(format, 32, columns, random);
      Rows x = random_rows(3, columns, random);
      Rows sound = linear(launcher, weight.view(), nullptr, x);
      for (float odd : {NAN, INFINITY, -INFINITY}) {
        Rows changed = x;
        changed[1][200] = odd;
        Rows found = linear(launcher, weight.view(), nullptr, changed);
        for (float v : found[1]) require(!std::isfinite(v), "a number from what is none");
        require_same(found[0], sound[0], "the row before");
        require_same(found[2], sound[2], "the row behind");
      }
    }
  }
}

void gated_products_are_right() {
  Random random(14);
  EmulatedLauncher launcher;
  for (int format = 0; format <= device::kInt4; format++) {
    for (int64_t columns : {61, 512}) {
      for (int64_t rows : {1, 7, 19}) {
        Weight gate(format, 37, columns, random);
        Weight up(format, 37, columns, random);
        Rows x = random_rows(rows, columns, random);
        Wide expected = expected_linear(gate.numbers, x);
        Wide ups = expected_linear(up.numbers, x);
        for (size_t r = 0; r < expected.size(); r++) {
          for (size_t o = 0; o < expected[r].size(); o++) {
            expected[r][o] = expected[r][o] / (1 + std::exp(-expected[r][o])) * ups[r][o];
          }
        }
        require_close(gated(launcher, gate.view(), up.view(), x), expected, 2 * columns,
                      std::string("gated ") + format_name(format));
      }
    }
  }
}

void inputs_are_rounded_where_numerics_say_so() {
  Random random(19);
  EmulatedLauncher launcher;
  launcher.bf16_numerics = true;
  for (int format : {device::kF32, device::kBf16, device::kFp8, device::kInt8}) {
    for (int64_t columns : {61, 512}) {
      Weight weight(format, 33, columns, random);
      Rows x = random_rows(5, columns, random);
      Rows rounded = x;
      for (auto& row : rounded) {
        for (float& v : row) v = bf16_to_float(float_to_bf16(v));
      }
      bool rounds = format == device::kBf16 || format == device::kFp8;
      require_close(linear(launcher, weight.view(), nullptr, x),
                    expected_linear(weight.numbers, rounds ? rounded : x), columns,
                    std::string("rounded ") + format_name(format));
    }
  }
}

}  // namespace

}  // namespace longcat::test

int main(int count, char** arguments) {
  using namespace longcat::test;
  return run_tests(
      count, arguments,
      {{"every_format_and_odd_size_is_right", every_format_and_odd_size_is_right},
       {"ragged_blocks_and_groups_are_right", ragged_blocks_and_groups_are_right},
       {"a_row_has_the_same_bits_alone", a_row_has_the_same_bits_alone},
       {"slices_have_the_bits_of_their_parts_joined", slices_have_the_bits_of_their_parts_joined},
       {"what_is_not_finite_stays_in_its_row", what_is_not_finite_stays_in_its_row},
       {"gated_products_are_right", gated_products_are_right},
       {"inputs_are_rounded_where_numerics_say_so", inputs_are_rounded_where_numerics_say_so}});
}
