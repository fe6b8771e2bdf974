// SPDX-License-Identifier: GPL-2.0-only
// What a script says outside of its probes, as the parser found it: macros, functions and imports. All of it is gone
// from the tree that later phases see; expand.h puts macros and functions in their places.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "lang/ast.h"

namespace awl {

struct MacroParameter {
  enum class Kind : uint8_t { value, local, map };
  Kind kind = Kind::value;
  std::string name;  // without $ and @
  Span span;
  std::optional<TypeName> type;  // of a function's
};

/// macro name(...) { ... }, or fn name(...): result { ... }
struct Macro {
  Identifier name;
  std::vector<MacroParameter> parameters;
  std::optional<TypeName> result;  // of a function
  StmtId body = {};
  ExprId value = {};  // the body as a BlockExpr
};

/// import "path"; or #include "path"
struct Import {
  std::string path;
  Span span;
};

struct Definitions {
  std::vector<Macro> macros;
  std::vector<Import> imports;
};

}  // namespace awl
