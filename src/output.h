// SPDX-License-Identifier: GPL-2.0-only
// Where the output of a script goes and what its sink is told. A file of -o appears as a whole or not at all: until
// the run is over the old one stays.
#pragma once
#include <memory>
#include <string>

#include "lang/image.h"
#include "runtime/sinks/sink.h"
#include "src/base/fd.h"
#include "src/base/result.h"
#include "src/base/source.h"
#include "src/options.h"

namespace awl {

class OutputFile {
 public:
  /// Empty path: standard output. A symbolic link is followed, but not one in a directory that everyone can write to.
  static Result<OutputFile> open(const std::string &path);
  OutputFile(OutputFile &&other) noexcept
      : fd_(std::move(other.fd_)),
        path_(std::exchange(other.path_, {})),
        temporary_(std::exchange(other.temporary_, {})) {}
  OutputFile &operator=(OutputFile &&) = delete;
  ~OutputFile();
  int fd() const { return fd_.get(); }
  /// Everything is written: let the file take its name.
  Status commit();
  /// Forget it: the old file stays.
  void discard();

 private:
  OutputFile(Fd fd, std::string path, std::string temporary)
      : fd_(std::move(fd)), path_(std::move(path)), temporary_(std::move(temporary)) {}
  Fd fd_;
  std::string path_;       // to become; empty: nothing is left to do
  std::string temporary_;  // has this name until then
};

/// The sink that the options ask for. `key_columns`: of the map that has most of them.
std::unique_ptr<Sink> make_sink(Writer &writer, const Options &options, const Source &source, size_t key_columns);
size_t most_key_columns(const Manifest &manifest);

}  // namespace awl
