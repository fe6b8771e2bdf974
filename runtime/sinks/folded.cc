// SPDX-License-Identifier: GPL-2.0-only
// Folded stacks, the input of flamegraph.pl and its relatives: a line for each path, root first, then its weight.
//
//   dd;__libc_read;entry_SYSCALL_64_[k];vfs_read_[k] 17
//
// Frames of the kernel are marked _[k] where the user's stack stands in the same path, inlined ones _[i]. With more
// than one map the name of the map is the root.
#include <algorithm>

#include <fmt/format.h>

#include "runtime/sinks/formats.h"
#include "runtime/sinks/profile.h"

namespace awl {
namespace {

/// The separator cannot stand in a name.
void append_frame(std::string &line, const Frame &frame, bool mark_kernel) {
  if (!line.empty()) line += ';';
  for (const char c : frame.name) line += c == ';' ? ':' : c;
  if (frame.inlined)
    line += "_[i]";
  else if (mark_kernel && frame.origin == Frame::Origin::kernel)
    line += "_[k]";
}

class FoldedSink : public ProfileSink {
 public:
  explicit FoldedSink(Writer &writer) : writer_(writer) {}

 private:
  void write(const std::vector<Profile> &profiles) override {
    for (const Profile &profile : profiles) {
      std::vector<std::string> lines;
      for (const auto &[path, weight] : profile.weights)
        lines.push_back(fmt::format("{} {}\n", folded(profile, path, profiles.size() > 1), weight));
      std::ranges::sort(lines);
      for (const std::string &line : lines) writer_.write(line);
    }
  }

  static std::string folded(const Profile &profile, const FramePath &path, bool with_name) {
    const auto is_user = [&profile](uint32_t frame) { return profile.frames[frame].origin == Frame::Origin::user; };
    const bool mark_kernel = std::ranges::any_of(path, is_user);
    // The path of a map without a key is its name already.
    std::string line = with_name && profile.frames[path[0]].name != profile.name ? profile.name : "";
    for (const uint32_t frame : path) append_frame(line, profile.frames[frame], mark_kernel);
    return line;
  }

  Writer &writer_;
};

}  // namespace

std::unique_ptr<Sink> make_folded_sink(Writer &writer, const SinkOptions &) {
  return std::make_unique<FoldedSink>(writer);
}

}  // namespace awl
