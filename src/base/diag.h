// SPDX-License-Identifier: GPL-2.0-only
// What is wrong with a script, said so that its author learns something.
//
//   error: unknown function `quantise`
//    --> slow.awl:3:16
//   3 |   @lat[comm] = quantise(nsecs - @start[tid]);
//     |                ^^^^^^^^
//   help: did you mean `quantize`?
//
// Diagnostics are collected while a phase runs, sorted by place and printed once at its end, so that several
// mistakes show in one go. Style: lower case, no full stop, backticks round code, first what was seen, then the
// rule; advice goes into `help` only, one line of it. This is the channel for scripts; the machine's refusals
// travel as Result (result.h) and bugs of ours end in AWL_CHECK (check.h).
#pragma once
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "src/base/source.h"

namespace awl {

enum class Severity : uint8_t { error, warning };

/// A second place that explains the first: "the map was used with an integer key here".
struct Label {
  Span at;
  std::string text;
};

struct Diagnostic {
  Severity severity = Severity::error;
  Span at;
  std::string message;
  std::vector<Label> labels;
  std::string help;
};

class Diagnostics {
 public:
  /// Handle for adding to the diagnostic just reported; valid as long as the Diagnostics.
  class Draft {
   public:
    explicit Draft(Diagnostic &d) : d_(d) {}
    template <class... A>
    Draft &label(Span at, fmt::format_string<A...> format, A &&...args) {
      d_.labels.push_back({at, fmt::format(format, std::forward<A>(args)...)});
      return *this;
    }
    template <class... A>
    Draft &help(fmt::format_string<A...> format, A &&...args) {
      d_.help = fmt::format(format, std::forward<A>(args)...);
      return *this;
    }

   private:
    Diagnostic &d_;
  };

  template <class... A>
  Draft error(Span at, fmt::format_string<A...> format, A &&...args) {
    return add(Severity::error, at, fmt::format(format, std::forward<A>(args)...));
  }
  template <class... A>
  Draft warning(Span at, fmt::format_string<A...> format, A &&...args) {
    return add(Severity::warning, at, fmt::format(format, std::forward<A>(args)...));
  }

  /// What is reported inside `body` from now on is labelled with the place that made use of it.
  void note_use(Span body, Span use) { uses_.push_back({body, use}); }

  /// True once an error (not just a warning) was reported.
  bool failed() const { return errors_ > 0; }
  bool empty() const { return all_.empty(); }
  /// What was reported elsewhere.
  void append(const Diagnostics &more) {
    all_.insert(all_.end(), more.all_.begin(), more.all_.end());
    errors_ += more.errors_;
  }
  const std::deque<Diagnostic> &all() const { return all_; }

  /// All diagnostics, sorted by place, exact repetitions dropped, rendered as in the picture above with a blank
  /// line between two of them. Tabs in quoted lines become spaces, control characters are escaped, long lines are
  /// cut around the span. At most `max_shown` are shown, then one line counts the rest. `colour` adds ANSI.
  std::string render(const Source &, bool colour) const;

  static constexpr size_t max_shown = 20;

 private:
  struct Use {
    Span body, use;
  };
  Draft add(Severity, Span, std::string message);
  std::vector<Use> uses_;
  std::deque<Diagnostic> all_;  // a deque: Draft holds a reference into it
  size_t errors_ = 0;
};

}  // namespace awl
