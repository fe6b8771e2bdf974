// SPDX-License-Identifier: GPL-2.0-only
// The command of -c. It is started before the probes are attached, so that its number is known to them, and held
// at the door until they are: not one of its system calls is missed. No shell is involved.
#pragma once
#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "src/base/fd.h"
#include "src/base/result.h"

namespace awl {

/// Words of a command line, by the shell's rules for blanks, '...', "..." and backslashes; nothing is expanded.
Result<std::vector<std::string>> split_command(std::string_view command_line);

/// How a child ended.
struct ChildEnd {
  std::string text;  // "exited with 3", "killed by SIGSEGV"
  int status = 0;    // as a shell gives it: 3, 128 + 11
};

class Child {
 public:
  /// Refuses what can be refused before there is a process: quotes that do not match, a program that is not there.
  static Result<Child> start(std::string_view command_line);
  Child(Child &&) noexcept;
  Child &operator=(Child &&) = delete;
  /// A child that nobody waited for is terminated.
  ~Child();

  pid_t pid() const { return pid_; }
  /// Readable once the child has ended.
  int pidfd() const { return pidfd_.get(); }
  /// Let it run. An error says why the program could not be executed after all.
  Status release();
  /// Blocks until the child has ended.
  ChildEnd wait();
  /// SIGTERM, after a second SIGKILL; returns when it has ended. Harmless when it has ended before.
  ChildEnd terminate();

 private:
  Child() = default;

  std::string name_;
  pid_t pid_ = -1;
  Fd pidfd_;
  Fd gate_;     // a byte opens; closing it without one ends the child
  Fd verdict_;  // the errno of a failed exec, or nothing
  bool ended_ = false;
  ChildEnd end_;
};

}  // namespace awl
