// SPDX-License-Identifier: GPL-2.0-only
// A run that was written with `-f json`, read back: its maps as they were at the end, and what was lost.
#pragma once
#include <deque>
#include <string>
#include <vector>

#include "runtime/values.h"
#include "src/base/result.h"

namespace awl {

struct Recording {
  std::vector<Snapshot> maps;  // in the order of the file, each once
  std::vector<Note> notes;
  std::deque<std::string> names;  // that symbols point at
};

/// Refuses what is not awl's JSON, with the line.
Result<Recording> read_recording(const std::string &path);

}  // namespace awl
