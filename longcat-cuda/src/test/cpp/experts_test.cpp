// The router and the experts against sums in double precision.
#include <numeric>

#include "bench.h"

namespace longcat::test {

namespace {

struct Picks {
  std::vector<int> ids;
  std::vector<float> weights;
  int top_k;
};

struct RouterCase {
  int64_t experts;
  int top_k;
  bool normalise;
};

Picks route(EmulatedLauncher& launcher, const Rows& x, const Weight& classifier, const Weight* bias,
            const Weight* correction, const cuda::RouterRule& rule) {
  int64_t count = static_cast<int64_t>(x.size()) * rule.top_k;
  Memory<int> ids(count);
  Memory<float> weights(count);
  Matrix from(x);
  require_done(launcher,
               cuda::route(launcher, from.view(), classifier.view(),
                           bias != nullptr ? &bias->view() : nullptr,
                           correction != nullptr ? &correction->view() : nullptr, rule,
                           {ids.data(), weights.data(), rule.top_k}),
               "route");
  return {ids.values(), weights.values(), rule.top_k};
}

void check_router(const RouterCase& c, int format, Random& random) {
  EmulatedLauncher launcher;
  Weight classifier(format, c.experts, 43, random);
  Weight bias(device::kF32, 1, c.experts, random);
  Weight correction(device::kF32, 1, c.experts, random);
  Rows x = random_rows(11, 43, random);
  Picks picks = route(launcher, x, classifier, &bias, &correction, {c.top_k, 6, c.normalise});
  Wide logits = expected_linear(classifier.numbers, x);
  for (size_t row = 0; row < x.size(); row++) {
    std::vector<double> scores = logits[row];
    double largest = -1e300;
    double sum = 0;
    for (size_t e = 0; e < scores.size(); e++) {
      scores[e] += bias.numbers[0][e];
      largest = std::max(largest, scores[e]);
    }
    for (double& s : scores) sum += s = std::exp(s - largest);
    for (double& s : scores) s /= sum;
    std::vector<int> order(scores.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
      return scores[static_cast<size_t>(a)] + correction.numbers[0][static_cast<size_t>(a)] >
             scores[static_cast<size_t>(b)] + correction.numbers[0][static_cast<size_t>(b)];
    });
    double total = 0;
    for (int k = 0; k < c.top_k; k++)
      total += scores[static_cast<size_t>(order[static_cast<size_t>(k)])];
    for (int k = 0; k < c.top_k; k++) {
      size_t at = row * static_cast<size_t>(c.top_k) + static_cast<size_t>(k);
      size_t id = static_cast<size_t>(order[static_cast<size_t>(k)]);
      require(picks.ids[at] == order[static_cast<size_t>(k)], "another expert was picked");
      double weight = scores[id] * 6 / (c.normalise ? total : 1);
      require(std::fabs(picks.weights[at] - weight) < 1e-5, "a pick has another weight");
    }
  }
}

void a_router_picks_the_best_and_weighs_them() {
  Random random(30);
  for (int64_t experts : {1, 2, 5, 17, 72, 131}) {
    for (bool normalise : {false, true}) {
      int top_k = static_cast<int>(std::min<int64_t>(experts, 6));
      check_router({experts, top_k, normalise}, static_cast<int>(experts % 6), random);
    }
  }
  check_router({40, 40, true}, device::kF32, random);
}

void of_equal_scores_the_lower_ids_are_picked() {
  Random random(31);
  EmulatedLauncher launcher;
  Weight classifier(device::kF32, 70, 8, random);
  Picks picks = route(launcher, Rows(3, std::vector<float>(8, 0.0f)), classifier, nullptr, nullptr,
                      {5, 1, false});
  for (size_t i = 0; i < picks.ids.size(); i++) {
    require(picks.ids[i] == static_cast<int>(i % 5), "not the lower ids");
  }
}

void a_routed_row_has_the_same_bits_alone() {
  Random random(32);
  EmulatedLauncher launcher;
  Weight classifier(device::kBf16, 72, 256, random);
  Rows x = random_rows(21, 256, random);
  Picks all = route(launcher, x, classifier, nullptr, nullptr, {6, 2, true});
  for (size_t row : {0, 8, 20}) {
    Picks one = route(launcher, {x[row]}, classifier, nullptr, nullptr, {6, 2, true});
    for (size_t k = 0; k < 6; k++) require(one.ids[k] == all.ids[row * 6 + k], "other picks alone");
    require_same(one.weights,
                 {all.weights.begin() + static_cast<long>(row) * 6,
                  all.weights.begin() + static_cast<long>(row) * 6 + 6},
                 "weights alone");
  }
}

struct Layer {
  std::vector<std::unique_ptr<Weight>> weights;  // gate, up, down of each expert
  std::vector<ExpertView> views;

  Layer(int count, int format, int64_t hidden, int64_t width, int slices, Random& random) {
    for (int e = 0; e < count; e++) {
      weights.push_back(std::make_unique<Weight>(format, width, hidden, random));
      weights.push_back(std::make_unique<Weight>(format, width, hidden, random));
      weights.push_back(std::make_unique<Weight>(format, hidden, width, random, Cut{}, slices));
      size_t at = static_cast<size_t>(e) * 3;
      views.push_back({weights[at]->view(), weights[at + 1]->view(), weights[at + 2]->view()});
    }
  }

  std::vector<double> apply(size_t e, const std::vector<float>& x) const {
    Wide gate = expected_linear(weights[3 * e]->numbers, {x});
    Wide up = expected_linear(weights[3 * e + 1]->numbers, {x});
    std::vector<double> result(x.size());
    for (size_t i = 0; i < gate[0].size(); i++) {
      double inner = gate[0][i] / (1 + std::exp(-gate[0][i])) * up[0][i];
      for (size_t o = 0; o < result.size(); o++) {
        result[o] += weights[3 * e + 2]->numbers[o][i] * inner;
      }
    }
    return result;
  }
};

Picks random_picks(size_t rows, int ids, int top_k, Random& random) {
  Picks picks{{}, {}, top_k};
  std::vector<int> all(static_cast<size_t>(ids));
  std::iota(all.begin(), all.end(), 0);
  for (size_t r = 0; r < rows; r++) {
    std::shuffle(all.begin(), all.end(), random);
    picks.ids.insert(picks.ids.end(), all.begin(), all.begin() + top_k);
    for (int k = 0; k < top_k; k++) picks.weights.push_back(uniform(random, 0, 1));
  }
  return picks;
}

struct Mix {
  int first_id = 0;
  int runs = 1;
};

Rows mix(EmulatedLauncher& launcher, const Layer& layer, const Picks& picks, const Rows& x,
         const Rows& start, const Mix& how = {}) {
  Memory<int> ids(picks.ids);
  Memory<float> weights(picks.weights);
  Memory<ExpertView> on_device(layer.views);
  Matrix from(x);
  Matrix into(start);
  PicksView view{ids.data(), weights.data(), picks.top_k};
  cuda::ExpertsView experts{on_device.data(), layer.views.data(),
                            static_cast<int32_t>(layer.views.size()), how.runs};
  require_done(launcher,
               cuda::add_experts(launcher, view, experts, how.first_id, from.view(), into.view()),
               "add_experts");
  return into.read();
}

Wide expected_mix(const Layer& layer, const Picks& picks, const Rows& x, const Rows& start,
                  int first_id) {
  Wide expected;
  for (size_t r = 0; r < x.size(); r++) {
    std::vector<double> row(start[r].begin(), start[r].end());
    for (size_t k = 0; k < static_cast<size_t>(picks.top_k); k++) {
      size_t at = r * static_cast<size_t>(picks.top_k) + k;
      int e = picks.ids[at] - first_id;
      if (e < 0 || e >= static_cast<int>(layer.views.size())) continue;
      std::vector<double> out = layer.apply(static_cast<size_t>(e), x[r]);
      for (size_t i = 0; i < row.size(); i++) row[i] += picks.weights[at] * out[i];
    }
    expected.push_back(row);
  }
  return expected;
}

void experts_are_added_by_weight() {
  Random random(40);
  EmulatedLauncher launcher;
  for (int format = 0; format <= device::kInt4; format++) {
    for (int64_t hidden : {37, 128}) {
      int64_t width = hidden == 37 ? 21 : 128;
      Layer layer(6, format, hidden, width, 1, random);
      for (size_t rows : {1, 9, 23}) {
        Rows x = random_rows(static_cast<int64_t>(rows), hidden, random);
        Rows start = random_rows(static_cast<int64_t>(rows), hidden, random);
        Picks picks = random_picks(rows, 12, 4, random);
        require_close(mix(launcher, layer, picks, x, start, {3, 1}),
                      expected_mix(layer, picks, x, start, 3), 4 * hidden,
                      std::string("experts ") + format_name(format));
      }
    }
  }
}

void one_expert_may_have_all_rows_and_none_may_be_picked() {
  Random random(41);
  EmulatedLauncher launcher;
  for (int64_t hidden : {24, 128}) {
    Layer layer(5, device::kBf16, hidden, hidden, 1, random);
    Rows x = random_rows(50, hidden, random);
    Rows start = random_rows(50, hidden, random);
    Picks all{std::vector<int>(50, 3), std::vector<float>(50, 0.5f), 1};
    require_close(mix(launcher, layer, all, x, start), expected_mix(layer, all, x, start, 0),
                  4 * hidden, "one expert");
    Picks none{std::vector<int>(50, 7), std::vector<float>(50, 0.5f), 1};
    Rows same = mix(launcher, layer, none, x, start);
    for (size_t r = 0; r < x.size(); r++) require_same(same[r], start[r], "no expert");
  }
}

void a_mixed_row_has_the_same_bits_alone() {
  Random random(42);
  EmulatedLauncher launcher;
  for (int format : {device::kF32, device::kBf16, device::kFp8, device::kInt8, device::kInt4}) {
    for (int64_t hidden : {40, 256}) {
      Layer layer(5, format, hidden, hidden == 40 ? 24 : 128, 1, random);
      Rows x = random_rows(21, hidden, random);
      Rows start = random_rows(21, hidden, random);
      Picks picks = random_picks(21, 7, 4, random);
      Rows all = mix(launcher, layer, picks, x, start);
      for (size_t row : {0, 7, 20}) {
        long at = static_cast<long>(row) * 4;
        Picks one{{picks.ids.begin() + at, picks.ids.begin() + at + 4},
                  {picks.weights.begin() + at, picks.weights.begin() + at + 4},
                  4};
        require_same(mix(launcher, layer, one, {x[row]}, {start[row]})[0], all[row], "mixed alone");
      }
    }
  }
}

void experts_of_fp8_inputs_are_near_and_a_row_has_the_same_bits_alone() {
  Random random(47);
  emulator::Settings before = emulator::settings();
  require(emulator::configure("arch=90"), "settings");
  EmulatedLauncher launcher;
  launcher.fp8_numerics = true;
  for (int64_t hidden : {40, 256}) {
    Layer layer(3, device::kFp8, hidden, hidden == 40 ? 24 : 128, 1, random);
    Rows x = random_rows(90, hidden, random);
    Rows start(90, std::vector<float>(static_cast<size_t>(hidden), 0.0f));
    Picks picks = random_picks(90, 4, 2, random);
    Rows all = mix(launcher, layer, picks, x, start);
    bool tiles = std::count(launcher.launches.begin(), launcher.launches.end(),
                            "tile_fp8_both_48") > 0;
    require(tiles == (hidden == 256), "experts in large tiles of codes");
    // Four binary digits are left of every input.
    require_close(all, expected_mix(layer, picks, x, start, 0), hidden, "experts of codes", 2e4);
    for (size_t row : {0, 50, 89}) {
      long at = static_cast<long>(row) * 2;
      Picks one{{picks.ids.begin() + at, picks.ids.begin() + at + 2},
                {picks.weights.begin() + at, picks.weights.begin() + at + 2},
                2};
      require_same(mix(launcher, layer, one, {x[row]}, {start[row]})[0], all[row], "codes alone");
    }
  }
  emulator::configure(before);
}

void runs_of_experts_have_the_bits_of_their_parts_joined() {
  Random random(43);
  EmulatedLauncher launcher;
  for (int64_t hidden : {40, 128}) {
    Layer layer(16, device::kBf16, hidden, hidden, 1, random);
    Rows x = random_rows(9, hidden, random);
    Rows start(9, std::vector<float>(static_cast<size_t>(hidden), -0.0f));
    Picks picks = random_picks(9, 20, 7, random);
    Rows whole = mix(launcher, layer, picks, x, start, {0, 4});
    std::vector<Rows> parts;
    for (int p = 0; p < 4; p++) {
      Layer part(0, 0, 0, 0, 1, random);
      part.views.assign(layer.views.begin() + 4 * p, layer.views.begin() + 4 * p + 4);
      Rows zeros(9, std::vector<float>(static_cast<size_t>(hidden), 0.0f));
      parts.push_back(mix(launcher, part, picks, x, p == 0 ? start : zeros, {4 * p, 1}));
    }
    for (size_t r = 0; r < 9; r++) {
      std::vector<float> joined;
      for (size_t i = 0; i < start[r].size(); i++) {
        joined.push_back((parts[0][r][i] + parts[1][r][i]) + (parts[2][r][i] + parts[3][r][i]));
      }
      require_same(whole[r], joined, "runs");
    }
  }
}

void slices_of_the_width_are_right() {
  Random random(44);
  EmulatedLauncher launcher;
  for (int format : {device::kBf16, device::kFp8, device::kInt4}) {
    for (int64_t width : {64, 512}) {
      Layer layer(4, format, 72, width, 4, random);
      Rows x = random_rows(9, 72, random);
      Rows start = random_rows(9, 72, random);
      Picks picks = random_picks(9, 6, 3, random);
      require_close(mix(launcher, layer, picks, x, start), expected_mix(layer, picks, x, start, 0),
                    4 * width, std::string("sliced ") + format_name(format));
    }
  }
}

// Eight experts of published proportions for a token, of which four zero experts cost nothing.
void experts_of_a_token_move_little_more_than_their_weights() {
  Random random(47);
  for (int format : {device::kBf16, device::kFp8}) {
    EmulatedLauncher launcher;
    int64_t hidden = 1024;
    int64_t width = 512;
    Layer layer(6, format, hidden, width, 1, random);
    Rows x = random_rows(1, hidden, random);
    Picks picks{{4, 0, 9, 2, 8, 11, 5, 10}, std::vector<float>(8, 0.125f), 8};
    emulator::Settings before = emulator::settings();
    require(emulator::configure("count=1"), "settings");
    emulator::reset_traffic();
    mix(launcher, layer, picks, x, x);
    emulator::Traffic traffic = emulator::traffic();
    emulator::configure(before);
    double floor = 4.0 * 3 * static_cast<double>(layer.weights[0]->bytes()) +
                   12.0 * static_cast<double>(hidden);
    double over = static_cast<double>(traffic.streamed + traffic.read + traffic.written) / floor;
    std::printf("   experts %s: %.3f of the floor\n", format_name(format), over);
    require(over <= 1.10, "bytes moved");
    require(launcher.launches.size() == 4, "launches of the experts");
  }
}

void zero_experts_are_added_once() {
  Random random(45);
  EmulatedLauncher launcher;
  Rows x = random_rows(9, 300, random);
  Rows start = random_rows(9, 300, random);
  Picks picks = random_picks(9, 12, 5, random);
  Memory<int> ids(picks.ids);
  Memory<float> weights(picks.weights);
  Matrix from(x);
  Matrix into(start);
  require_done(launcher,
               cuda::add_zero_experts(launcher, {ids.data(), weights.data(), 5}, 8, from.view(),
                                      into.view()),
               "zero experts");
  Wide expected;
  for (size_t r = 0; r < 9; r++) {
    double sum = 0;
    for (size_t k = r * 5; k < r * 5 + 5; k++) sum += picks.ids[k] >= 8 ? picks.weights[k] : 0;
    std::vector<double> row;
    for (size_t i = 0; i < 300; i++) row.push_back(start[r][i] + sum * x[r][i]);
    expected.push_back(row);
  }
  require_close(into.read(), expected, 1, "zero experts");
}

void the_highest_logit_is_chosen_the_lower_id_first() {
  Random random(46);
  EmulatedLauncher launcher;
  for (int64_t columns : {1, 33, 4096, 9001}) {
    Rows logits = random_rows(3, columns, random);
    logits[1].assign(static_cast<size_t>(columns), -2.0f);
    size_t last = static_cast<size_t>(columns) - 1;
    logits[2][last] = 5;
    logits[2][last / 2] = 5;
    Matrix from(logits);
    Memory<int> ids(3);
    require_done(launcher, cuda::choose_greedily(launcher, from.view(), ids.data()), "greedy");
    auto best = std::max_element(logits[0].begin(), logits[0].end()) - logits[0].begin();
    require(ids.data()[0] == best, "not the highest");
    require(ids.data()[1] == 0, "not the lowest of equals");
    require(ids.data()[2] == static_cast<int>(last / 2), "not the lower of two");
  }
}

void candidates_come_best_first_the_lower_id_first() {
  Random random(48);
  EmulatedLauncher launcher;
  for (int64_t columns : {40, 4096, 9001}) {
    Rows logits = random_rows(2, columns, random);
    for (float& v : logits[1]) v = std::floor(v * 3);
    logits[0][7] = NAN;
    Matrix from(logits);
    for (int32_t candidates : {1, 40}) {
      Memory<int32_t> ids(2 * candidates);
      Memory<float> values(2 * candidates);
      require_done(launcher,
                   cuda::choose_best(launcher, from.view(), candidates, ids.data(), values.data()),
                   "candidates");
      for (size_t row = 0; row < 2; row++) {
        std::vector<int32_t> order(static_cast<size_t>(columns));
        std::iota(order.begin(), order.end(), 0);
        // What is no number is above all, so that it is seen.
        auto key = [&](int32_t id) {
          float v = logits[row][static_cast<size_t>(id)];
          return std::isnan(v) ? INFINITY : v;
        };
        std::stable_sort(order.begin(), order.end(),
                         [&](int32_t a, int32_t b) { return key(a) > key(b); });
        for (int32_t c = 0; c < candidates; c++) {
          int64_t at = static_cast<int64_t>(row) * candidates + c;
          int32_t id = order[static_cast<size_t>(c)];
          require(ids.data()[at] == id, "another candidate");
          float value = logits[row][static_cast<size_t>(id)];
          require(std::isnan(value) || values.data()[at] == value, "another logit");
        }
      }
    }
  }
}

}  // namespace

}  // namespace longcat::test

int main(int count, char** arguments) {
  using namespace longcat::test;
#define TEST(name) {#name, name}
  return run_tests(
      count, arguments,
      {TEST(a_router_picks_the_best_and_weighs_them),
       TEST(of_equal_scores_the_lower_ids_are_picked), TEST(a_routed_row_has_the_same_bits_alone),
       TEST(experts_are_added_by_weight), TEST(one_expert_may_have_all_rows_and_none_may_be_picked),
       TEST(a_mixed_row_has_the_same_bits_alone),
       TEST(experts_of_fp8_inputs_are_near_and_a_row_has_the_same_bits_alone),
       TEST(runs_of_experts_have_the_bits_of_their_parts_joined),
       TEST(slices_of_the_width_are_right),
       TEST(experts_of_a_token_move_little_more_than_their_weights),
       TEST(zero_experts_are_added_once), TEST(the_highest_logit_is_chosen_the_lower_id_first),
       TEST(candidates_come_best_first_the_lower_id_first)});
}
