// SPDX-License-Identifier: GPL-2.0-only
// A flame graph as SVG: a picture for every viewer, and in a browser one to zoom (click, Enter), to search (/) and to
// walk through (Tab). One graph with the maps side by side when there are several; the root is at the bottom.
//
//   <g class="f" tabindex="0" data-x="0.25" data-w="0.5" data-d="2"><title>vfs_read (17 samples, 50.00%)</title>
//   <rect .../><text ...>vfs_read</text></g>
//
// Of two runs (`awl diff`) the second one is drawn: red frames have grown, blue ones have shrunk.
//
// data-x and data-w are parts of the whole width and data-d the depth: all that flamegraph.js needs to zoom. Frames
// narrower than a tenth of a pixel are not drawn.
#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "runtime/sinks/difference.h"
#include "runtime/sinks/formats.h"
#include "runtime/sinks/profile.h"
#include "runtime/sinks/web_files.h"
#include "src/base/embedded.h"
#include "src/base/utf8.h"

namespace awl {
namespace {

constexpr double width = 1200, row = 16, margin = 10, header = 42, letter = 7.1, least = 0.1;

/// As much of a name as `cells` letters hold.
std::string shortened(std::string_view name, size_t cells) {
  if (cells < 3) return {};
  size_t count = 0, end = 0, kept = 0;
  while (end < name.size() && count <= cells) {
    end += first_code_point(name.substr(end)).length;
    if (++count == cells - 2) kept = end;
  }
  return count <= cells ? std::string(name) : std::string(name.substr(0, kept)) + "..";
}

/// The colour class: a hue for each origin, a shade by the name, so that a function looks the same in every picture.
std::string class_of(const Frame &frame) {
  constexpr std::string_view hues[] = {"k", "u", "s"};
  uint32_t hash = 2166136261u;
  for (const char c : frame.name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return fmt::format("{}{}", frame.inlined ? "i" : hues[static_cast<size_t>(frame.origin)], hash % 8);
}

/// What a run before had, by path: names with line ends between.
struct Past {
  std::map<std::string, uint64_t> totals;
  uint64_t largest_change = 1;
};

std::string path_below(const std::string &path, const Frame &frame) { return path + "\n" + frame.name; }

uint64_t change(uint64_t before, uint64_t now) { return now > before ? now - before : before - now; }

/// Visit every node with its path.
template <class Visit>
void for_each_path(const Profile &profile, const FrameTree &tree, const Visit &visit) {
  std::vector<std::pair<size_t, std::string>> open = {{0, ""}};
  while (!open.empty()) {
    const auto [node, path] = open.back();
    open.pop_back();
    visit(path, tree.nodes[node].total);
    for (const size_t child : tree.nodes[node].children)
      open.emplace_back(child, path_below(path, profile.frames[tree.nodes[child].frame]));
  }
}

Past past_of(const Profile &before, const Profile &now, const FrameTree &tree) {
  Past past;
  for_each_path(before, tree_of(before), [&](const std::string &path, uint64_t total) { past.totals[path] = total; });
  for_each_path(now, tree, [&](const std::string &path, uint64_t total) {
    past.largest_change = std::max(past.largest_change, change(past.totals[path], total));
  });
  return past;
}

std::string class_of_change(uint64_t before, uint64_t now, uint64_t largest) {
  if (before == now) return "n0";
  const double share = static_cast<double>(change(before, now)) / static_cast<double>(largest);
  return fmt::format("{}{}", now > before ? 'r' : 'b', 1 + static_cast<int>(share * 6));
}

class FlamegraphSink : public ProfileSink {
 public:
  FlamegraphSink(Writer &writer, const SinkOptions &options, Embedding embedding = Embedding::file)
      : writer_(writer), options_(options), embedding_(embedding) {}

  /// The map of that name is compared with what it was before.
  void compare_with(const Snapshot &before) {
    ProfileBuilder builder(before.name);
    builder.add(before);
    before_.insert_or_assign(before.name, builder.finish());
    compares_ = true;
  }

 private:
  void write(const std::vector<Profile> &profiles) override {
    std::vector<FrameTree> trees;
    size_t depth = 0;
    uint64_t total = 0;
    for (const Profile &profile : profiles) {
      trees.push_back(tree_of(profile));
      depth = std::max(depth, trees.back().depth + 1);
      total += trees.back().nodes[0].total;
    }
    height_ = header + static_cast<double>(depth + 1) * row + 2 * margin;
    open(total);
    // Maps of different units stand side by side, each as wide as the others: their numbers do not compare.
    const double share = profiles.empty() ? 1 : 1.0 / static_cast<double>(profiles.size());
    for (size_t i = 0; i < profiles.size(); i++) {
      if (compares_) past_ = past_of(before_[profiles[i].name], profiles[i], trees[i]);
      draw(profiles[i], trees[i], static_cast<double>(i) * share, share);
    }
    writer_.write("</g>\n<script><![CDATA[\n");
    writer_.write(web_file("flamegraph.js"));
    writer_.write("]]></script>\n</svg>\n");
  }

  void open(uint64_t total) {
    if (embedding_ == Embedding::file) writer_.write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    writer_.write(
        fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"{0}\" height=\"{1}\" "
                    "viewBox=\"0 0 {0} {1}\" role=\"group\" aria-label=\"flame graph\">\n<style>\n",
                    width, height_));
    writer_.write(web_file("flamegraph.css"));
    writer_.write(fmt::format(
        "</style>\n<rect class=\"background\" width=\"100%\" height=\"100%\"/>\n"
        "<text class=\"title\" x=\"{0}\" y=\"24\" text-anchor=\"middle\">{1}</text>\n"
        "<text id=\"reset\" class=\"button\" x=\"{2}\" y=\"24\" tabindex=\"0\" role=\"button\">reset zoom</text>\n"
        "<text id=\"search\" class=\"button\" x=\"{3}\" y=\"24\" text-anchor=\"end\" tabindex=\"0\" "
        "role=\"button\">search</text>\n"
        "<text id=\"matched\" x=\"{3}\" y=\"{4}\" text-anchor=\"end\"></text>\n"
        "<text id=\"details\" x=\"{2}\" y=\"{4}\">{5}</text>\n<g id=\"frames\">\n",
        width / 2, xml_text(shortened(title(), 100)), margin, width - margin, height_ - 6, total == 0 ? "no samples" : ""));
  }

  std::string title() const {
    std::string text = options_.run.script_name == "program" ? options_.run.script : options_.run.script_name;
    std::ranges::replace(text, '\n', ' ');
    return text.empty() ? "flame graph" : text;
  }

  struct Place {
    size_t node;
    double x;  // part of the whole width, as is `scale`: width of one sample
    size_t depth;
    std::string path;  // only where runs are compared
  };

  void draw(const Profile &profile, const FrameTree &tree, double x, double share) {
    const uint64_t total = tree.nodes[0].total;
    const double scale = share / static_cast<double>(total);
    std::vector<Place> open = {{0, x, 0, ""}};
    while (!open.empty()) {
      const Place place = open.back();
      open.pop_back();
      const FrameTree::Node &node = tree.nodes[place.node];
      const double part = static_cast<double>(node.total) * scale;
      if (part * (width - 2 * margin) < least) continue;
      const Frame root = {.name = profile.name};
      draw_frame(place.node == 0 ? root : profile.frames[node.frame], place, part, node.total, total, profile);
      double at = place.x;
      for (const size_t child : node.children) {
        const Frame &frame = profile.frames[tree.nodes[child].frame];
        open.push_back({child, at, place.depth + 1, compares_ ? path_below(place.path, frame) : ""});
        at += static_cast<double>(tree.nodes[child].total) * scale;
      }
    }
  }

  static std::string amount(uint64_t count, const Profile &profile) {
    switch (profile.unit) {
      case Unit::nanoseconds:
        return fmt::format("{} ns", count);
      case Unit::bytes:
        return fmt::format("{} bytes", count);
      case Unit::none:
        return fmt::format("{}{}", count, profile.show == Show::count ? count == 1 ? " sample" : " samples" : "");
    }
    return {};
  }

  void draw_frame(const Frame &frame, const Place &place, double part, uint64_t count, uint64_t total,
                  const Profile &profile) {
    const double left = margin + place.x * (width - 2 * margin), wide = part * (width - 2 * margin);
    const double top = height_ - margin - row - static_cast<double>(place.depth + 1) * row;
    const double percent = 100 * static_cast<double>(count) / static_cast<double>(total);
    const std::string module = frame.module.empty() ? "" : fmt::format(" [{}]", xml_text(base_name(frame.module)));
    const uint64_t before = compares_ ? past_.totals[place.path] : count;
    const std::string was = before == count ? "" : fmt::format(", before: {}", amount(before, profile));
    const std::string colour = compares_ ? class_of_change(before, count, past_.largest_change) : class_of(frame);
    const std::string line = frame.file.empty() ? "" : fmt::format(" {}:{}", xml_text(frame.file), frame.line);
    writer_.write(fmt::format(
        "<g class=\"f\" tabindex=\"0\" data-x=\"{:.9f}\" data-w=\"{:.9f}\" data-d=\"{}\" data-n=\"{}\">"
        "<title>{}{}{} ({}, {:.2f}%{})</title><rect class=\"{}\" x=\"{:.2f}\" y=\"{:.1f}\" width=\"{:.2f}\" "
        "height=\"{}\" rx=\"2\"/><text x=\"{:.2f}\" y=\"{:.1f}\">{}</text></g>\n",
        place.x, part, place.depth, xml_text(frame.name), xml_text(frame.name), module, line, amount(count, profile), percent,
        was, colour, left, top, std::max(wide - 0.5, 0.1), row - 1, left + 3, top + 11.5,
        xml_text(shortened(frame.name, static_cast<size_t>(std::max(0.0, (wide - 6) / letter))))));
  }

  Writer &writer_;
  const SinkOptions options_;
  Embedding embedding_;
  double height_ = 0;
  bool compares_ = false;
  std::map<std::string, Profile> before_;  // by map
  Past past_;                              // of the map that is being drawn
};

}  // namespace

std::string_view web_file(std::string_view name) {
  for (const EmbeddedFile &file : web_files())
    if (file.name == name) return file.bytes;
  return {};
}

std::string xml_text(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const CodePoint c = first_code_point(text);
    const std::string_view raw = text.substr(0, c.length);
    text.remove_prefix(c.length);
    if (raw == "&")
      out += "&amp;";
    else if (raw == "<")
      out += "&lt;";
    else if (raw == ">")
      out += "&gt;";
    else if (raw == "\"")
      out += "&quot;";
    else if (!c.valid || c.value < 0x20 || c.value == 0xfffe || c.value == 0xffff)
      out += "\xef\xbf\xbd";  // what XML has no way to write
    else
      out += raw;
  }
  return out;
}

void write_flamegraph_difference(Writer &writer, const SnapshotPairs &maps, Embedding embedding) {
  FlamegraphSink sink(writer, {.run = {.script_name = "difference: red has grown, blue has shrunk"}}, embedding);
  for (const auto &[before, after] : maps) {
    sink.compare_with(before);
    sink.map(after, false);
  }
  sink.end();
}

std::unique_ptr<Sink> make_flamegraph_sink(Writer &writer, const SinkOptions &options) {
  return std::make_unique<FlamegraphSink>(writer, options);
}

}  // namespace awl
