// SPDX-License-Identifier: GPL-2.0-only
// The files that a script imports: found beside the file that names them, read once each, and put behind the script's
// own text. What everybody may write is refused: an imported file runs with the rights of a tracer.
#pragma once
#include <set>
#include <string>
#include <vector>

#include "lang/definitions.h"
#include "src/base/diag.h"

namespace awl {

class Imports {
 public:
  struct File {
    Span text;
    bool header;  // C declarations only
  };

  Imports(Source &source, Diagnostics &diagnostics) : source_(source), diagnostics_(diagnostics) {}

  /// The file, or the scripts of the directory, as new text of the source; nothing for what was there before.
  std::vector<File> load(const Import &import);

 private:
  void load_file(const std::string &path, Span named, std::vector<File> &files);
  bool trusted(const std::string &path, Span named);

  Source &source_;
  Diagnostics &diagnostics_;
  std::set<std::string> seen_;
};

}  // namespace awl
