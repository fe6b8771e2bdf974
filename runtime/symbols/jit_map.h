// SPDX-License-Identifier: GPL-2.0-only
// The list of functions that a runtime with a compiler of its own (Node, Java, Python ...) writes to
// /tmp/perf-PID.map: lines of begin, size and name. Anybody can write there, so the file is believed only when it
// belongs to the user of the process or to root, is read up to a limit, and its names are text like any other.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace awl {

class JitMap {
 public:
  /// `text`: the file. Lines that are none of its form are passed over.
  explicit JitMap(std::string text);
  /// The file of a process that may have ended; `owner`: its user, when that is known.
  static std::optional<JitMap> read(uint32_t process, std::optional<uint32_t> owner);

  struct Function {
    uint64_t begin, size;
    uint32_t name, length;  // in the text
  };
  const Function *find(uint64_t address) const;
  std::string_view name(const Function &function) const {
    return std::string_view(text_).substr(function.name, function.length);
  }

 private:
  std::string text_;
  std::vector<Function> functions_;
};

}  // namespace awl
