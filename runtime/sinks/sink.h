// SPDX-License-Identifier: GPL-2.0-only
// An output format: one file here, one line in sinks.cc. A sink turns values into bytes on a writer; it knows
// nothing of maps in the kernel, rings or probes.
#pragma once
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/values.h"

namespace awl {

/// Where a sink's bytes go. Writes are gathered; flush() is called by the session after each batch of events.
/// A closed pipe is remembered (`broken()`), never a signal: `awl ... | head` ends quietly.
class Writer {
 public:
  explicit Writer(int fd) : fd_(fd) {}
  ~Writer() { flush(); }
  Writer(const Writer &) = delete;
  Writer &operator=(const Writer &) = delete;
  void write(std::string_view bytes);
  void flush();
  bool broken() const { return error_ != 0; }
  int error() const { return error_; }  // errno of the first failed write, e.g. EPIPE, ENOSPC

 private:
  int fd_;
  int error_ = 0;
  std::string buffer_;
};

/// What is known of a run before it begins, for reports.
struct RunDescription {
  std::string script_name;  // a file, or "program" for text from the command line
  std::string script;
  std::string command;                // of -c; may be empty
  std::string host, kernel, machine;  // as uname tells them
};

/// Nanoseconds since 1970.
uint64_t wall_clock_ns();

struct SinkOptions {
  bool unicode = true;             // the locale is UTF-8: bars of eighths; else |####    |
  std::string_view style = "awl";  // a row of styles(): how text and JSON look
  size_t key_columns = 0;          // of the map that has most
  RunDescription run = {};
  uint64_t (*now)() = wall_clock_ns;
};

class Sink {
 public:
  virtual ~Sink() = default;
  virtual void start(size_t /*probes*/) {}  // all probes are attached
  /// A map's content: on print(@m) (`asked`), or at the end of the run.
  virtual void map(const Snapshot &snapshot, bool asked) = 0;
  virtual void printf(const PrintfEvent &event) = 0;
  virtual void value(const ValueEvent &event) = 0;
  virtual void time(const TimeEvent &event) = 0;
  /// False: the format has no own form for it, and the other channel, or printf(), is the place.
  virtual bool message(const MessageEvent &) { return false; }
  virtual void note(const Note &note) = 0;  // machine formats only; text sinks leave notes to stderr
  virtual void end() {}
  /// What this format could not show, as a sentence; asked for after end(). Empty when it showed everything.
  virtual std::string left_out() const { return {}; }
};

struct SinkFormat {
  std::string_view name;     // "text"
  std::string_view summary;  // for the manual
  std::unique_ptr<Sink> (*make)(Writer &, const SinkOptions &);
};

/// All formats, in the order of the manual.
std::vector<SinkFormat> sink_formats();

}  // namespace awl
