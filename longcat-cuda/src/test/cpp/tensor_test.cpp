// Products on tensor cores: kernels change with the number of rows, bits do not; weights go over
// the memory's wires once.
#include "bench.h"
#include "tensor_products.h"

namespace longcat::test {

namespace {

const int kFormats[] = {device::kBf16, device::kFp8, device::kInt8, device::kInt4};

Rows linear(EmulatedLauncher& launcher, const WeightView& weight, const Rows& x) {
  Matrix from(x);
  Matrix into(Rows(x.size(), std::vector<float>(static_cast<size_t>(weight.rows), NAN)));
  require_done(launcher, cuda::linear(launcher, weight, nullptr, from.view(), into.view()),
               "linear");
  return into.read();
}

Rows gated(EmulatedLauncher& launcher, const WeightView& gate, const WeightView& up,
           const Rows& x) {
  Matrix from(x);
  Matrix into(Rows(x.size(), std::vector<float>(static_cast<size_t>(gate.rows), NAN)));
  require_done(launcher, cuda::gated_linear(launcher, gate, up, from.view(), into.view()), "gated");
  return into.read();
}

bool launched(const EmulatedLauncher& launcher, const std::string& kernel) {
  return std::count(launcher.launches.begin(), launcher.launches.end(), kernel) > 0;
}

void the_number_of_rows_changes_kernels_and_no_bits() {
  Random random(1);
  for (bool bf16 : {false, true}) {
    for (int format : kFormats) {
      if (bf16 && format >= device::kInt8) continue;
      // Nine chunks: runs of two, the last one shorter; blocks of scales cut rows unevenly.
      Weight weight(format, 150, 9 * 128, random, {40, format == device::kInt4 ? 32 : 384});
      Rows x = random_rows(99, 9 * 128, random);
      EmulatedLauncher launcher;
      launcher.bf16_numerics = bf16;
      Rows all = linear(launcher, weight.view(), x);
      Rows gates = gated(launcher, weight.view(), weight.view(), x);
      std::string name = cuda::TensorFormat::of(launcher, format).name;
      require(launched(launcher, "tile_" + name + (bf16 ? "_48" : "_32")), "not in large tiles");
      for (size_t count : {1, 4, 5, 33}) {
        Rows some(x.begin() + 60, x.begin() + 60 + static_cast<long>(count));
        launcher.launches.clear();
        Rows alone = linear(launcher, weight.view(), some);
        Rows alone_gated = gated(launcher, weight.view(), weight.view(), some);
        require(launched(launcher, count <= 4 ? "tensor_" + name : "tile_" + name + "_32"),
                "another kernel for " + std::to_string(count));
        for (size_t r = 0; r < count; r++) {
          require_same(alone[r], all[60 + r], name + ", rows " + std::to_string(count));
          require_same(alone_gated[r], gates[60 + r], name + " gated");
        }
      }
      if (bf16) continue;
      require_close(all, expected_linear(weight.numbers, x), 9 * 128, name);
    }
  }
}

void tensor_cores_that_cut_sums_off_are_close_enough() {
  Random random(2);
  emulator::Settings before = emulator::settings();
  require(emulator::configure("tensor=truncating"), "settings");
  EmulatedLauncher launcher;
  for (int format : kFormats) {
    Weight weight(format, 48, 3072, random);
    Rows x = random_rows(3, 3072, random);
    require_close(linear(launcher, weight.view(), x), expected_linear(weight.numbers, x), 3072,
                  std::string("truncating ") + format_name(format));
  }
  emulator::configure(before);
}

void very_small_and_very_large_inputs_are_multiplied_exactly() {
  Random random(3);
  EmulatedLauncher launcher;
  for (int format : kFormats) {
    Weight weight(format, 32, 256, random);
    Rows x = random_rows(6, 256, random);
    Wide expected = expected_linear(weight.numbers, x);
    Rows scaled = x;
    for (size_t r = 0; r < x.size(); r++) {
      int exponent = r % 2 == 0 ? 90 : -90;
      for (float& v : scaled[r]) v = std::ldexp(v, exponent);
    }
    scaled[5].assign(256, 0.0f);
    Rows actual = linear(launcher, weight.view(), scaled);
    for (size_t r = 0; r < 5; r++) {
      for (float& v : actual[r]) v = std::ldexp(v, r % 2 == 0 ? -90 : 90);
    }
    expected[5].assign(32, 0.0);
    require_close(actual, expected, 256, std::string("scaled ") + format_name(format));
    for (float v : actual[5]) require(v == 0, "zeros give zeros");
  }
}

void weights_with_odd_blocks_go_the_general_way() {
  Random random(4);
  EmulatedLauncher launcher;
  for (Cut cut : {Cut{128, 64}, Cut{128, 48}}) {
    Weight weight(device::kFp8, 20, 256, random, cut);
    Rows x = random_rows(3, 256, random);
    require_close(linear(launcher, weight.view(), x), expected_linear(weight.numbers, x), 256,
                  "odd");
  }
  require(!launched(launcher, "tensor_fp8"), "blocks are cut by chunks");
}

// Inputs as E4M3 with a factor for every 128 columns, in double precision.
Rows quantised(const Rows& x) {
  Rows result = x;
  for (auto& row : result) {
    for (size_t first = 0; first < row.size(); first += device::kChunk) {
      size_t end = std::min(row.size(), first + device::kChunk);
      float largest = 0;
      for (size_t c = first; c < end; c++) largest = std::max(largest, std::fabs(row[c]));
      float factor = largest / 448.0f;
      for (size_t c = first; c < end; c++) {
        row[c] = nearest_fp8(row[c] / factor) * factor;
      }
    }
  }
  return result;
}

// Of sums that tensor cores add with as few bits as those of FP8 have, over those of exact ones.
double times_of_fp8() { return emulator::settings().truncating ? 60 : 1; }

void inputs_of_fp8_are_rounded_by_blocks_whatever_kernel_takes_them() {
  Random random(7);
  emulator::Settings before = emulator::settings();
  for (const char* model : {"arch=90,tensor=ieee", "arch=90,tensor=truncating"}) {
    require(emulator::configure(model), "settings");
    // Nine chunks on tensor cores; blocks of scales that go the general way; a last chunk cut off.
    for (auto [columns, block] : {std::pair<int64_t, int64_t>{9 * 128, 384}, {512, 48}, {340, 128}}) {
      Weight weight(device::kFp8, 150, columns, random, {40, block});
      Rows x = random_rows(99, columns, random);
      EmulatedLauncher launcher;
      launcher.fp8_numerics = true;
      Rows all = linear(launcher, weight.view(), x);
      Rows gates = gated(launcher, weight.view(), weight.view(), x);
      require_close(all, expected_linear(weight.numbers, quantised(x)), columns, model,
                    columns == 1152 ? times_of_fp8() : 1);
      require(launched(launcher, "tile_fp8_both_48") == (columns == 1152), "large tiles of codes");
      for (size_t count : {1, 4, 5, 33}) {
        Rows some(x.begin() + 60, x.begin() + 60 + static_cast<long>(count));
        Rows alone = linear(launcher, weight.view(), some);
        Rows alone_gated = gated(launcher, weight.view(), weight.view(), some);
        for (size_t r = 0; r < count; r++) {
          require_same(alone[r], all[60 + r], "codes, rows " + std::to_string(count));
          require_same(alone_gated[r], gates[60 + r], "codes gated");
        }
      }
    }
  }
  emulator::configure(before);
}

void slices_of_fp8_inputs_are_rounded_each_for_itself() {
  Random random(8);
  emulator::Settings before = emulator::settings();
  require(emulator::configure("arch=90"), "settings");
  EmulatedLauncher launcher;
  launcher.fp8_numerics = true;
  Weight weight(device::kFp8, 40, 1024, random, {}, 4);
  for (int64_t rows : {3, 20}) {
    Rows x = random_rows(rows, 1024, random);
    require_close(linear(launcher, weight.view(), x),
                  expected_linear(weight.numbers, quantised(x)), 1024, "slices", times_of_fp8());
  }
  emulator::configure(before);
}

void what_is_no_number_stays_in_its_row_of_the_input_and_of_the_weight() {
  Random random(9);
  emulator::Settings before = emulator::settings();
  require(emulator::configure("arch=90"), "settings");
  for (int numerics = 0; numerics < 3; numerics++) {
    for (int code : {0x7f, 0xff}) {
      Weight weight(device::kFp8, 32, 256, random);
      weight.put_code(19, 200, static_cast<uint8_t>(code));
      EmulatedLauncher launcher;
      launcher.bf16_numerics = numerics == 1;
      launcher.fp8_numerics = numerics == 2;
      for (size_t count : {2, 40}) {
        Rows x = random_rows(static_cast<int64_t>(count), 256, random);
        x[1][3] = INFINITY;
        Matrix from(x);
        Matrix into(Rows(count, std::vector<float>(32, 0.0f)), 0);
        require_done(launcher,
                     cuda::linear(launcher, weight.view(), nullptr, from.view(), into.view()),
                     "linear");
        const float* out = into.view().data;
        for (size_t r = 0; r < count; r++) {
          for (size_t o = 0; o < 32; o++) {
            bool number = std::isfinite(out[r * 32 + o]);
            require(number == (r != 1 && o != 19), "what is no number, in row " + std::to_string(r));
          }
        }
      }
    }
  }
  emulator::configure(before);
}

// Bytes that kernels moved, over those of weights, inputs and outputs.
double over_floor(int format, int64_t rows, bool with_gate) {
  Random random(5);
  EmulatedLauncher launcher;
  int64_t outputs = 1536;
  int64_t columns = 1024;
  Weight weight(format, outputs, columns, random);
  Weight up(format, outputs, columns, random);
  Rows x = random_rows(rows, columns, random);
  emulator::Settings before = emulator::settings();
  require(emulator::configure("count=1"), "settings");
  emulator::reset_traffic();
  if (with_gate) {
    gated(launcher, weight.view(), up.view(), x);
  } else {
    linear(launcher, weight.view(), x);
  }
  emulator::Traffic traffic = emulator::traffic();
  emulator::configure(before);
  double moved = static_cast<double>(traffic.streamed + traffic.read + traffic.written);
  double floor =
      static_cast<double>(weight.bytes() * (with_gate ? 2 : 1) + 4 * rows * (columns + outputs));
  return moved / floor;
}

void few_rows_move_little_more_than_the_weights() {
  for (int format : kFormats) {
    for (int64_t rows : {1, 4}) {
      for (bool with_gate : {false, true}) {
        double over = over_floor(format, rows, with_gate);
        std::printf("   %s, %d rows%s: %.3f of the floor\n", format_name(format),
                    static_cast<int>(rows), with_gate ? ", gated" : "", over);
        require(over <= 1.10, "bytes moved");
      }
    }
  }
}

void a_product_of_a_token_takes_one_launch() {
  Random random(6);
  EmulatedLauncher launcher;
  Weight weight(device::kFp8, 64, 256, random);
  Rows x = random_rows(1, 256, random);
  linear(launcher, weight.view(), x);
  require(launcher.launches.size() == 1, "launches of a product");
  gated(launcher, weight.view(), weight.view(), x);
  require(launcher.launches.size() == 2, "launches of a gated product");
}

}  // namespace

}  // namespace longcat::test

int main(int count, char** arguments) {
  using namespace longcat::test;
#define TEST(name) {#name, name}
  return run_tests(count, arguments,
                   {TEST(inputs_of_fp8_are_rounded_by_blocks_whatever_kernel_takes_them),
                    TEST(slices_of_fp8_inputs_are_rounded_each_for_itself),
                    TEST(what_is_no_number_stays_in_its_row_of_the_input_and_of_the_weight),
                    TEST(the_number_of_rows_changes_kernels_and_no_bits),
                    TEST(tensor_cores_that_cut_sums_off_are_close_enough),
                    TEST(very_small_and_very_large_inputs_are_multiplied_exactly),
                    TEST(weights_with_odd_blocks_go_the_general_way),
                    TEST(few_rows_move_little_more_than_the_weights),
                    TEST(a_product_of_a_token_takes_one_launch)});
}
