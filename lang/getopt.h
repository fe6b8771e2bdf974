// SPDX-License-Identifier: GPL-2.0-only
// getopt("name", default, "help"): parameters of a script that have names. They are given behind the script as
// `--name=value`, or `--name` alone for one that is true or false, and are literals by the time the script is checked.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "lang/ast.h"
#include "src/base/diag.h"

namespace awl {

struct NamedParameter {
  std::string name;                  // without the dashes
  std::optional<std::string> value;  // behind the `=`
};
using NamedParameters = std::vector<NamedParameter>;

/// Takes the words that start with `--` out of a script's parameters.
NamedParameters take_named(std::vector<std::string> &words);

class Getopt {
 public:
  Getopt(const NamedParameters &given, Diagnostics &diagnostics) : given_(given), diagnostics_(diagnostics) {}

  /// A literal, or minus a literal.
  struct Value {
    decltype(Expr::node) node;
    bool negative = false;
    bool operator==(const Value &) const;
  };
  /// What a call of getopt() is replaced by.
  Value value(const Ast &ast, Span span, const Call &call);
  /// Says which of the given parameters the script does not have. The text for `--help`, when that is one of them.
  std::optional<std::string> finish();

 private:
  struct Known {
    std::string name, help;
    Span span;
    Value value;  // the default
  };
  std::optional<Known> read(const Ast &ast, Span span, const Call &call);
  std::string help() const;
  Value given_value(const Known &known, const std::optional<std::string> &text);

  const NamedParameters &given_;
  Diagnostics &diagnostics_;
  std::vector<Known> known_;
};

}  // namespace awl
