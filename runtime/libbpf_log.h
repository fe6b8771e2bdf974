// SPDX-License-Identifier: GPL-2.0-only
// Catches what libbpf has to say. libbpf speaks through one function for the whole process and writes to stderr
// unless told otherwise; awl's stderr is for awl's own sentences, so every call that can fail happens inside such a
// scope, and its text serves to work out the reason. Scopes nest; the innermost of a thread listens.
#pragma once
#include <string>

namespace awl {

class LibbpfLog {
 public:
  LibbpfLog();
  ~LibbpfLog();
  LibbpfLog(const LibbpfLog &) = delete;
  LibbpfLog &operator=(const LibbpfLog &) = delete;

  /// Warnings so far, the verifier's log of a refused program among them.
  const std::string &text() const { return text_; }

 private:
  friend struct LibbpfListener;
  std::string text_;
  LibbpfLog *outer_;
};

}  // namespace awl
