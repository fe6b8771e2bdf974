// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/symbols/demangle.h"

#include <cxxabi.h>
#define HAVE_DECL_BASENAME 1  // string.h has one already
#include <libiberty/demangle.h>

#include <cstdlib>
#include <memory>

namespace awl {
namespace {

/// Names come from files that anybody may have written; what is longer than this is nobody's name.
constexpr size_t longest = 64 << 10;

using Allocated = std::unique_ptr<char, decltype(&std::free)>;

}  // namespace

/// Rust's older form looks like C++ with a hash at its end, so Rust is asked first.
std::string demangle(std::string_view name) {
  if (name.size() < 3 || name[0] != '_' || (name[1] != 'Z' && name[1] != 'R') || name.size() > longest)
    return std::string(name);
  std::string terminated(name);
  if (Allocated rust(rust_demangle(terminated.c_str(), 0), &std::free); rust) return rust.get();
  if (name[1] != 'Z') return terminated;
  int status = 0;
  Allocated cxx(abi::__cxa_demangle(terminated.c_str(), nullptr, nullptr, &status), &std::free);
  return cxx ? cxx.get() : terminated;
}

}  // namespace awl
