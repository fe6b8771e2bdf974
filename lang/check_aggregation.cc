// SPDX-License-Identifier: GPL-2.0-only
// What an aggregation is made of, and the numbers that say which cells it has: these must be known before the script
// runs, and be the same wherever the map is given something.
#include <algorithm>

#include "bpf_lib/awl_abi.h"
#include "lang/check.h"

namespace awl {
namespace {

/// The product, or the largest number that there is.
uint64_t product(uint64_t a, uint64_t b) {
  uint64_t result = 0;
  return __builtin_mul_overflow(a, b, &result) ? UINT64_MAX : result;
}

constexpr int64_t largest_factor = 65535;
constexpr std::string_view series_words[] = {"avg", "sum", "min", "max"};
constexpr Show series_shows[] = {Show::average, Show::sum, Show::minimum, Show::maximum};

}  // namespace

/// Each magnitude from factor^m to factor^(m + 1) has as many buckets of equal width as `steps` from 0 on would leave
/// in it, but none that is narrower than 1.
uint64_t magnitude_buckets(uint64_t factor, int64_t low, int64_t high, int64_t steps) {
  const uint64_t most = static_cast<uint64_t>(steps) / factor;
  uint64_t from = 1, buckets = 0;
  for (int64_t magnitude = 0; magnitude <= high; magnitude++, from = product(from, factor))
    if (magnitude >= low) buckets += std::min(from, most) * (factor - 1);
  return buckets;
}

/// What an aggregation is made of. Counting by a string is done by a key.
Type Checker::sample(const Call &call) {
  ExprId id = call.arguments[0];
  Type type = value(id);
  if (type.is_number() || type.kind == Kind::unknown) return type;
  out_->error(at(id).span, "`{}()` needs a number, but `{}` is {}", call.callee.builtin->name, source_text(at(id).span),
              an(type))
      .help("to count by it, make it a key: `@[{}] = count();`", source_text(at(id).span));
  return set(id, s64_type);
}

void Checker::bits(MapState &map, const Call &call) {
  uint32_t bits = 0;
  if (call.arguments.size() > 1) {
    number(call.arguments[1], "the number of bits");
    auto known = constant_of(call.arguments[1]);
    if (!known || *known > 5) {
      out_->error(at(call.arguments[1]).span, "the bits of a histogram are a number from 0 to 5")
          .help("each bit doubles the buckets of a power of two");
      return;
    }
    bits = static_cast<uint32_t>(*known);
  }
  if (map.assigned && map.aggregation_span.begin != call.callee.span.begin && map.bits != bits && final_)
    out_->error(call.callee.span, "`{}` has {} bits here, but {} elsewhere", map.shown, bits, map.bits)
        .label(map.aggregation_span, "first used here");
  if (!map.bits) map.bits = bits;
}

void Checker::percentages(MapState &map, const Call &call) {
  map.bits = AWL_PERCENTILE_BITS;
  std::vector<int64_t> wanted;
  for (size_t i = 1; i < call.arguments.size(); i++) {
    number(call.arguments[i], "a percentage");
    auto known = constant_of(call.arguments[i]);
    if (!known || *known > 100) {
      out_->error(at(call.arguments[i]).span, "a percentage is a number from 0 to 100");
      return;
    }
    wanted.push_back(static_cast<int64_t>(*known));
  }
  if (!wanted.empty()) map.percentages = wanted;
}

void Checker::linear_range(MapState &map, const Call &call) {
  if (call.arguments.size() > 4) number(call.arguments[4], "a weight");
  const auto known = constants(call, 1, 4);
  if (!known) return;
  const std::vector<int64_t> &numbers = *known;
  int64_t low = numbers[0], high = numbers[1], step = numbers.size() > 2 ? numbers[2] : 1;
  if (step <= 0) {
    out_->error(at(call.arguments[3]).span, "the step {} is not above 0", step);
    return;
  }
  if (low >= high) {
    out_->error(at(call.arguments[2]).span, "the upper limit {} is not above the lower limit {}", high, low);
    return;
  }
  uint64_t buckets = (static_cast<uint64_t>(high) - static_cast<uint64_t>(low) + static_cast<uint64_t>(step) - 1) /
                     static_cast<uint64_t>(step);
  if (buckets > AWL_LQUANTIZE_MAX_CELLS - 2) {
    out_->error(call.callee.span, "{} buckets are too many; a linear histogram has at most {}", buckets,
                AWL_LQUANTIZE_MAX_CELLS - 2)
        .help("a step of {} would do",
              (static_cast<uint64_t>(high) - static_cast<uint64_t>(low) + AWL_LQUANTIZE_MAX_CELLS - 3) /
                  (AWL_LQUANTIZE_MAX_CELLS - 2));
    return;
  }
  bool first = map.low == 0 && map.high == 0;
  if (!first && (map.low != low || map.high != high || map.step != step)) {
    out_->error(awl::join(at(call.arguments[1]).span, at(call.arguments[std::min<size_t>(call.arguments.size(), 4) - 1]).span),
                "`{}` has buckets from {} to {} by {} here, but from {} to {} by {} elsewhere", map.shown, low, high,
                step, map.low, map.high, map.step)
        .label(map.aggregation_span, "first used here")
        .help("give each histogram a map of its own name");
    return;
  }
  map.low = low, map.high = high, map.step = step;
}


/// The arguments from `from` up to `to` as numbers, as many as are given; nothing, with a message, when one is not
/// known.
std::optional<std::vector<int64_t>> Checker::constants(const Call &call, size_t from, size_t to) {
  std::vector<int64_t> numbers;
  for (size_t i = from; i < std::min(call.arguments.size(), to); i++) {
    number(call.arguments[i], "a limit of the histogram");
    const auto known = constant_of(call.arguments[i]);
    if (!known) {
      out_->error(at(call.arguments[i]).span,
                  "`{}` is not known before the script runs, as the range of a histogram must be",
                  source_text(at(call.arguments[i]).span))
          .help("write a number");
      return std::nullopt;
    }
    numbers.push_back(static_cast<int64_t>(*known));
  }
  return numbers;
}

/// llquantize(x, factor, low, high, steps, weight)
void Checker::magnitudes(MapState &map, const Call &call) {
  if (call.arguments.size() > 5) number(call.arguments[5], "a weight");
  const auto known = constants(call, 1, 5);
  if (!known) return;
  const int64_t factor = (*known)[0], low = (*known)[1], high = (*known)[2], steps = (*known)[3];
  auto wrong = [&](size_t argument) { return at(call.arguments[argument]).span; };
  if (factor < 2 || factor > largest_factor) {
    out_->error(wrong(1), "the factor is a number from 2 to {}, but not {}", largest_factor, factor);
    return;
  }
  if (low < 0 || high < low) {
    out_->error(wrong(low < 0 ? 2 : 3), "the magnitudes go from {} to {}, which is not upwards from 0", low, high)
        .help("`llquantize(x, 10, 3, 6, 20)` has buckets from 10^3 to 10^7");
    return;
  }
  uint64_t top = 1;
  for (int64_t i = 0; i < high && top < UINT64_MAX; i++) top = product(top, static_cast<uint64_t>(factor));
  if (top > uint64_t{1} << 63) {
    out_->error(wrong(3), "{} to the power of {} is larger than any sample", factor, high);
    return;
  }
  uint64_t power = static_cast<uint64_t>(factor);
  while (steps > 0 && power < static_cast<uint64_t>(steps)) power = product(power, static_cast<uint64_t>(factor));
  if (steps < factor || steps % factor != 0 || power % static_cast<uint64_t>(steps) != 0) {
    out_->error(wrong(4), "{} steps do not fit: they must be a multiple of {} that divides a power of {}", steps, factor,
                factor)
        .help("{} and {} would do", factor, factor * factor);
    return;
  }
  const uint64_t buckets = magnitude_buckets(static_cast<uint64_t>(factor), low, high, steps);
  if (AWL_MAGNITUDE_CELLS(buckets, true) > AWL_MAX_CELLS) {
    out_->error(call.callee.span, "{} buckets are too many; there may be {}", buckets, (AWL_MAX_CELLS - 3) / 2)
        .help("fewer steps or fewer magnitudes make fewer buckets");
    return;
  }
  if (map.factor != 0 && (map.factor != factor || map.low != low || map.high != high || map.step != steps)) {
    out_->error(awl::join(wrong(1), wrong(4)), "`{}` has other magnitudes here than elsewhere", map.shown)
        .label(map.aggregation_span, "first used here")
        .help("give each histogram a map of its own name");
    return;
  }
  map.factor = static_cast<uint32_t>(factor);
  map.low = low, map.high = high, map.step = steps;
}

/// tseries(x, interval, n, "avg")
void Checker::intervals(MapState &map, const Call &call) {
  const auto known = constants(call, 1, 3);
  if (!known) return;
  const int64_t interval = (*known)[0], count = (*known)[1];
  auto wrong = [&](size_t argument) { return at(call.arguments[argument]).span; };
  constexpr int64_t most = AWL_MAX_CELLS / AWL_SERIES_CELLS;
  if (interval <= 0) {
    out_->error(wrong(1), "an interval takes some time, but not {} ns", interval).help("for example `100ms`");
    return;
  }
  if (count <= 0 || count > most) {
    out_->error(wrong(2), "a time series keeps from 1 to {} intervals, but not {}", most, count);
    return;
  }
  Show each = Show::none;
  if (call.arguments.size() > 3) {
    value(call.arguments[3]);
    const std::string *word = text_of(call.arguments[3]);
    const auto found = word ? std::ranges::find(series_words, *word) : std::end(series_words);
    if (found == std::end(series_words)) {
      out_->error(wrong(3), "`{}` is no way to put the values of an interval together", source_text(wrong(3)))
          .help("the ways are \"avg\", \"sum\", \"min\" and \"max\"; without one the newest value stays");
      return;
    }
    each = series_shows[found - std::begin(series_words)];
  }
  if (map.intervals != 0 && (map.step != interval || map.intervals != count || map.each != each)) {
    out_->error(awl::join(wrong(1), wrong(call.arguments.size() - 1)), "`{}` has other intervals here than elsewhere",
                map.shown)
        .label(map.aggregation_span, "first used here")
        .help("give each time series a map of its own name");
    return;
  }
  map.step = interval, map.intervals = static_cast<uint32_t>(count), map.each = each;
}

}  // namespace awl
