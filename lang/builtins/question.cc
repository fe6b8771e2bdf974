// SPDX-License-Identifier: GPL-2.0-only
// Rows of the builtins table (builtins.h): questions about a value's type, answered before the script runs, for
// `if comptime` in macros.
#include "lang/builtins/rows.h"

namespace awl {
namespace {

using namespace row;

constexpr Parameter asked[] = {{"value", Accepts::any}};

bool is_string(const Type &type) { return type.kind == Kind::string; }
bool is_pointer(const Type &type) { return type.kind == Kind::pointer; }
bool is_array(const Type &type) { return type.kind == Kind::array; }
bool is_integer(const Type &type) { return type.kind == Kind::integer; }
bool is_unsigned(const Type &type) { return is_integer(type) && !type.is_signed; }

/// All but the name, what is asked, and the words for it are the same.
Builtin question(std::string_view name, bool (*holds)(const Type &), std::string_view summary,
                 std::string_view example) {
  return {.name = name,
          .form = Form::function,
          .parameters = asked,
          .result = boolean,
          .special = Special::question,
          .holds = holds,
          .group = "question",
          .summary = summary,
          .example = example};
}

const Builtin rows[] = {
    question("is_str", is_string, "whether a value is a string", "begin { print(is_str(comm)); }"),
    question("is_ptr", is_pointer, "whether a value is a pointer", "begin { print(is_ptr(curtask)); }"),
    question("is_array", is_array, "whether a value is an array", "begin { print(is_array(pton(\"::1\"))); }"),
    question("is_integer", is_integer, "whether a value is an integer", "begin { print(is_integer(pid)); }"),
    question("is_unsigned_integer", is_unsigned, "whether a value is an integer without sign",
             "begin { print(is_unsigned_integer(pid)); }"),
    question("is_literal", nullptr, "whether a value is written in the script", "begin { print(is_literal(42)); }"),
};

}  // namespace

std::span<const Builtin> question_builtins() { return rows; }

}  // namespace awl
