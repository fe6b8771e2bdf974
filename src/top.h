// SPDX-License-Identifier: GPL-2.0-only
// --top: a map redrawn in place every second, largest first, with what is new and how fast it grows. Keys sort by
// another column. Where the output is no terminal, the map is printed every second instead.
#pragma once
#include <termios.h>

#include <chrono>
#include <deque>
#include <string>

#include "runtime/sinks/sink.h"
#include "runtime/sinks/top_picture.h"

namespace awl {

/// What the script prints meanwhile: its last lines are shown below the map.
class TailSink : public Sink {
 public:
  void map(const Snapshot &, bool) override {}
  void printf(const PrintfEvent &event) override;
  void value(const ValueEvent &event) override;
  void time(const TimeEvent &event) override;
  void note(const Note &) override {}
  const std::deque<std::string> &lines() const { return lines_; }

 private:
  void add(std::string_view text);
  std::deque<std::string> lines_;
};

class LiveView {
 public:
  /// On a terminal the screen and the keyboard belong to the view until it is destroyed.
  explicit LiveView(bool on_terminal);
  ~LiveView();
  LiveView(const LiveView &) = delete;
  LiveView &operator=(const LiveView &) = delete;

  bool on_terminal() const { return on_terminal_; }
  /// To be read when there is something; -1 without a terminal.
  int input() const;
  /// Handle keys: 1 to 9 sort by that column, r turns the order. False: q was pressed.
  bool keys();
  std::chrono::milliseconds until_next() const;
  Sink &tail() { return tail_; }
  /// The map as it is now. On a terminal it is drawn, else handed to `sink`.
  void show(const Snapshot &snapshot, Sink &sink);

 private:
  void draw();

  const bool on_terminal_;
  termios saved_ = {};
  bool has_keyboard_ = false;
  TopOrder order_;
  TailSink tail_;
  Snapshot now_, before_;
  double seconds_ = 1;
  std::chrono::steady_clock::time_point last_, next_;
};

}  // namespace awl
