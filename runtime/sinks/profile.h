// SPDX-License-Identifier: GPL-2.0-only
// Maps as weighted paths: what flame graphs, profilers and folded text are made of. A row's key is a path: columns
// that are no stack first, from left to right, then the frames of the user's stack and those of the kernel's, each
// from the outermost inwards. Its value is the weight. So `@[comm, ustack, kstack] = count()` is a profile, and
// `@[comm, probe] = sum(n)` is one too.
//
// A snapshot that was printed and not cleared is contained in the next one of its map and is replaced by it; those
// that were taken out are added up.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "runtime/sinks/sink.h"

namespace awl {

struct Frame {
  enum class Origin : uint8_t { key, user, kernel } origin = Origin::key;
  std::string name;    // safe to show
  std::string module;  // path or name of a kernel module; may be empty
  std::string file;    // may be empty
  uint32_t line = 0;
  bool inlined = false;
};

using FramePath = std::vector<uint32_t>;  // indices of frames, root first

struct Profile {
  std::string name;  // of the map
  Unit unit = Unit::none;
  Show show = Show::none;
  std::vector<Frame> frames;
  std::map<FramePath, uint64_t> weights;  // none is zero
  uint64_t total() const;
};

/// Rows of one map become one profile.
class ProfileBuilder {
 public:
  explicit ProfileBuilder(std::string name) { profile_.name = std::move(name); }
  /// Rows whose value is no weight (a text, a negative number) are left out; gives their number.
  size_t add(const Snapshot &snapshot);
  Profile finish();

 private:
  FramePath path_of(const Row &row);
  void append_stack(FramePath &path, const Stack &stack);
  uint32_t frame_of(const Symbol &symbol, Frame::Origin origin);
  uint32_t intern(Frame frame);

  Profile profile_;
  std::unordered_map<std::string, uint32_t> known_;
  /// Symbols share their texts, so that where those lie tells most frames apart without looking at them.
  std::map<std::tuple<const char *, size_t, const char *, Frame::Origin, bool>, uint32_t> seen_;
  std::map<FramePath, uint64_t> taken_, latest_;
};

/// A profile as a tree: nodes[0] is the root, children come in the order of their names.
struct FrameTree {
  struct Node {
    uint32_t frame = 0;  // of the root: means nothing
    uint64_t total = 0;
    std::vector<size_t> children;
  };
  std::vector<Node> nodes;
  size_t depth = 0;  // of the deepest node; the root has 0
};
FrameTree tree_of(const Profile &profile);

/// What all formats share that consist of profiles: they gather until the end, and have no place for text.
class ProfileSink : public Sink {
 public:
  void map(const Snapshot &snapshot, bool asked) override;
  void printf(const PrintfEvent &) override { unshown_events_++; }
  void value(const ValueEvent &) override { unshown_events_++; }
  void time(const TimeEvent &) override { unshown_events_++; }
  void note(const Note &) override {}
  void end() override;
  std::string left_out() const override;

 protected:
  virtual void write(const std::vector<Profile> &profiles) = 0;

 private:
  std::vector<std::string> order_;
  std::map<std::string, ProfileBuilder> builders_;
  size_t unshown_events_ = 0, unshown_rows_ = 0;
};

/// The last part of a path.
std::string_view base_name(std::string_view path);

}  // namespace awl
