// SPDX-License-Identifier: GPL-2.0-only
// See profile.h.
#include "runtime/sinks/profile.h"

#include <algorithm>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "runtime/render.h"
#include "src/base/text.h"

namespace awl {
namespace {

/// The number that a row weighs.
struct WeightOf {
  std::optional<uint64_t> operator()(int64_t number) const {
    return number < 0 ? std::nullopt : std::optional(static_cast<uint64_t>(number));
  }
  std::optional<uint64_t> operator()(uint64_t number) const { return number; }
  std::optional<uint64_t> operator()(bool truth) const { return truth ? 1 : 0; }
  std::optional<uint64_t> operator()(const Histogram &histogram) const { return (*this)(histogram.total()); }
  std::optional<uint64_t> operator()(const TimeSeries &) const { return std::nullopt; }
  std::optional<uint64_t> operator()(const Stats &stats) const {
    const Wide weight = stats.only_number ? stats.number() : stats.sum;
    if (weight < 0) return std::nullopt;
    return static_cast<uint64_t>(std::min<Wide>(weight, std::numeric_limits<uint64_t>::max()));
  }
  std::optional<uint64_t> operator()(const Text &) const { return std::nullopt; }
  std::optional<uint64_t> operator()(const Address &) const { return std::nullopt; }
  std::optional<uint64_t> operator()(const EnumValue &) const { return std::nullopt; }
  std::optional<uint64_t> operator()(const Buffer &) const { return std::nullopt; }
  std::optional<uint64_t> operator()(const Tuple &) const { return std::nullopt; }
  std::optional<uint64_t> operator()(const Array &) const { return std::nullopt; }
  std::optional<uint64_t> operator()(const Symbol &) const { return std::nullopt; }
  std::optional<uint64_t> operator()(const Stack &) const { return std::nullopt; }
};

uint64_t saturated_sum(uint64_t a, uint64_t b) {
  uint64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<uint64_t>::max() : sum;
}

std::string name_of_frame(const Symbol &symbol) {
  if (!symbol.name.empty()) return escape_text(symbol.name);
  if (!symbol.module.empty()) return fmt::format("[{}]", escape_text(base_name(symbol.module)));
  return fmt::format("0x{:x}", symbol.address);
}

std::string plural(size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

class TreeBuilder {
 public:
  explicit TreeBuilder(const Profile &profile) : profile_(profile) { tree_.nodes.emplace_back(); }

  void add(const FramePath &path, uint64_t weight) {
    size_t node = 0;
    tree_.nodes[0].total = saturated_sum(tree_.nodes[0].total, weight);
    for (const uint32_t frame : path) {
      node = child(node, frame);
      tree_.nodes[node].total = saturated_sum(tree_.nodes[node].total, weight);
    }
    tree_.depth = std::max(tree_.depth, path.size());
  }

  FrameTree finish() {
    for (FrameTree::Node &node : tree_.nodes)
      std::ranges::sort(node.children, [this](size_t a, size_t b) { return name(a) < name(b); });
    return std::move(tree_);
  }

 private:
  const std::string &name(size_t node) const { return profile_.frames[tree_.nodes[node].frame].name; }

  size_t child(size_t parent, uint32_t frame) {
    const auto [place, is_new] = children_.try_emplace({parent, frame}, tree_.nodes.size());
    if (is_new) {
      tree_.nodes.push_back({.frame = frame});
      tree_.nodes[parent].children.push_back(place->second);
    }
    return place->second;
  }

  const Profile &profile_;
  FrameTree tree_;
  std::map<std::pair<size_t, uint32_t>, size_t> children_;
};

}  // namespace

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

uint64_t Profile::total() const {
  uint64_t sum = 0;
  for (const auto &[path, weight] : weights) sum = saturated_sum(sum, weight);
  return sum;
}

size_t ProfileBuilder::add(const Snapshot &snapshot) {
  if (!snapshot.taken) latest_.clear();
  std::map<FramePath, uint64_t> &weights = snapshot.taken ? taken_ : latest_;
  size_t left_out = 0;
  for (const Row &row : snapshot.rows) {
    profile_.unit = row.value.unit;
    profile_.show = row.value.show;
    const std::optional<uint64_t> weight = std::visit(WeightOf{}, row.value.value);
    if (!weight) left_out++;
    if (weight.value_or(0) == 0) continue;
    uint64_t &sum = weights[path_of(row)];
    sum = saturated_sum(sum, *weight);
  }
  // A histogram weighs what it counted, whatever unit its samples have.
  const bool counts = !snapshot.rows.empty() && std::holds_alternative<Histogram>(snapshot.rows[0].value.value);
  if (counts) profile_.unit = Unit::none;
  return left_out;
}

Profile ProfileBuilder::finish() {
  profile_.weights = std::move(taken_);
  for (const auto &[path, weight] : latest_) {
    uint64_t &sum = profile_.weights[path];
    sum = saturated_sum(sum, weight);
  }
  return std::move(profile_);
}

FramePath ProfileBuilder::path_of(const Row &row) {
  FramePath path;
  for (const TypedValue &column : row.key) {
    if (std::holds_alternative<Stack>(column.value)) continue;
    std::string name;
    append_value(name, column, Look{});
    path.push_back(intern({.name = name.empty() ? "-" : name}));
  }
  for (const bool user : {true, false})
    for (const TypedValue &column : row.key)
      if (const Stack *stack = std::get_if<Stack>(&column.value); stack && stack->user == user)
        append_stack(path, *stack);
  if (path.empty()) path.push_back(intern({.name = profile_.name}));
  return path;
}

void ProfileBuilder::append_stack(FramePath &path, const Stack &stack) {
  const Frame::Origin origin = stack.user ? Frame::Origin::user : Frame::Origin::kernel;
  if (stack.frames.empty()) path.push_back(intern({.origin = origin, .name = stack.lost ? "[lost]" : "[no stack]"}));
  if (stack.truncated) path.push_back(intern({.origin = origin, .name = "[cut]"}));
  for (auto frame = stack.frames.rbegin(); frame != stack.frames.rend(); ++frame)
    path.push_back(frame_of(*frame, origin));
}

uint32_t ProfileBuilder::frame_of(const Symbol &symbol, Frame::Origin origin) {
  const auto make = [&] {
    return intern({.origin = origin,
                   .name = name_of_frame(symbol),
                   .module = escape_text(symbol.module),
                   .file = escape_text(symbol.file),
                   .line = symbol.line,
                   .inlined = symbol.inlined});
  };
  if (symbol.name.empty()) return make();  // its name is made of its address
  const auto [place, is_new] =
      seen_.try_emplace({symbol.name.data(), symbol.name.size(), symbol.module.data(), origin, symbol.inlined}, 0);
  if (is_new) place->second = make();
  return place->second;
}

uint32_t ProfileBuilder::intern(Frame frame) {
  const std::string identity =
      fmt::format("{}{}{}\n{}", static_cast<int>(frame.origin), frame.inlined ? 'i' : 'f', frame.name, frame.module);
  const auto [place, is_new] = known_.try_emplace(identity, static_cast<uint32_t>(profile_.frames.size()));
  if (is_new) profile_.frames.push_back(std::move(frame));
  return place->second;
}

FrameTree tree_of(const Profile &profile) {
  TreeBuilder builder(profile);
  for (const auto &[path, weight] : profile.weights) builder.add(path, weight);
  return builder.finish();
}

void ProfileSink::map(const Snapshot &snapshot, bool) {
  auto [place, is_new] = builders_.try_emplace(snapshot.name, snapshot.name);
  if (is_new) order_.push_back(snapshot.name);
  unshown_rows_ += place->second.add(snapshot);
}

void ProfileSink::end() {
  std::vector<Profile> profiles;
  for (const std::string &name : order_) profiles.push_back(builders_.at(name).finish());
  std::erase_if(profiles, [](const Profile &profile) { return profile.weights.empty(); });
  write(profiles);
}

std::string ProfileSink::left_out() const {
  std::string text;
  if (unshown_rows_ > 0) text = plural(unshown_rows_, "row") + " of maps without a positive number";
  if (unshown_events_ > 0)
    text += fmt::format("{}{}", text.empty() ? "" : " and ", plural(unshown_events_, "printed line"));
  return text.empty() ? text : text + " left out, the format has no place for them";
}

}  // namespace awl
