// SPDX-License-Identifier: GPL-2.0-only
// libiberty does it: it knows C++, and Rust's old and new scheme; see function_names.h.
#include "runtime/function_names.h"

#define HAVE_DECL_BASENAME 1  // string.h has one already
#include <libiberty/demangle.h>

#include <cstdlib>
#include <memory>

namespace awl {

std::optional<std::string> demangle_function(const char *name) {
  if (name[0] != '_' || (name[1] != 'Z' && name[1] != 'R')) return std::nullopt;
  struct Free {
    void operator()(char *text) const { std::free(text); }
  };
  const std::unique_ptr<char, Free> text(cplus_demangle(name, DMGL_PARAMS | DMGL_ANSI | DMGL_AUTO | DMGL_RET_DROP));
  if (!text) return std::nullopt;
  return std::string(text.get());
}

std::string_view without_parameters(std::string_view demangled) {
  // The parameters are the last pair of parentheses, and only qualifiers follow: not so in Rust's `<(u8, u8) as T>::f`.
  const size_t close = demangled.rfind(')');
  if (close == demangled.npos) return demangled;
  const std::string_view behind = demangled.substr(close + 1);
  const bool is_end = behind.empty() || behind.starts_with(" const") || behind.starts_with(" volatile") ||
                      behind.starts_with(" &") || behind.starts_with(" [clone");
  size_t depth = 0;
  for (size_t i = close + 1; is_end && i-- > 0;) {
    if (demangled[i] == ')') depth++;
    if (demangled[i] != '(' || --depth > 0) continue;
    const std::string_view name = demangled.substr(0, i);
    return name.ends_with("operator") || name.empty() ? demangled : name;
  }
  return demangled;
}

}  // namespace awl
