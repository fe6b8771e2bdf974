// SPDX-License-Identifier: GPL-2.0-only
// The channel for what the machine refuses: files, permissions, the kernel.
//
//   error: cannot open /sys/kernel/tracing/events: permission denied
//   help: run as root: sudo awl ...
//
// An Error says what was wanted, why it did not work, and ends with something to paste where there is something.
#pragma once
#include <string>
#include <utility>
#include <variant>

#include "src/base/check.h"

namespace awl {

/// Why a thing failed, as far as the caller may act on it.
enum class ErrorKind : uint8_t {
  other,
  permission,   // more privilege would help
  unsupported,  // this kernel cannot do it; another kernel could (main offers a virtual machine)
  usage,        // the command line is wrong (exit status 2)
};

struct Error {
  std::string what;  // "cannot attach kprobe:vfs_read"
  std::string why;   // "this kernel has no kprobes (CONFIG_KPROBES is not set)"; may be empty
  std::string help;  // one line to act on; may be empty
  ErrorKind kind = ErrorKind::other;
};

/// "error: what: why\nhelp: help\n" (the parts that are not empty), with ANSI colour when asked for.
std::string render(const Error &, bool colour);

/// strerror in lower case, without the name of the call: "permission denied".
std::string errno_text(int error_number);

/// A value or an Error. Use: `if (!r) return r.error();  use(*r);`
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : v_(std::move(value)) {}
  Result(Error error) : v_(std::move(error)) {}
  explicit operator bool() const { return std::holds_alternative<T>(v_); }
  T &operator*() {
    AWL_CHECK(*this);
    return std::get<T>(v_);
  }
  const T &operator*() const {
    AWL_CHECK(*this);
    return std::get<T>(v_);
  }
  T *operator->() { return &**this; }
  const T *operator->() const { return &**this; }
  const Error &error() const {
    AWL_CHECK(!*this);
    return std::get<Error>(v_);
  }

 private:
  std::variant<T, Error> v_;
};

struct Done {};
/// For functions that give nothing back: `return Done{};`
using Status = Result<Done>;

}  // namespace awl
