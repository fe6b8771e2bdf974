// SPDX-License-Identifier: GPL-2.0-only
// The rows of the language's table of names, one a line: form, name, aliases. What awl itself reads is what
// tests/coverage/run asks tests for.
#include <cstdio>

#include "lang/builtins.h"

int main() {
  for (const awl::Builtin &row : awl::builtins()) {
    const char *forms[] = {"value", "function", "statement", "aggregation"};
    std::printf("%s\t%.*s", forms[static_cast<int>(row.form)], static_cast<int>(row.name.size()), row.name.data());
    for (std::string_view alias : row.aliases) std::printf("\t%.*s", static_cast<int>(alias.size()), alias.data());
    std::puts("");
  }
}
