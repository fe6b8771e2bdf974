// SPDX-License-Identifier: GPL-2.0-only
// The builtins table (builtins.h) as a whole, put together from the subjects in lang/builtins, and how to find a row.
#include "lang/builtins.h"

#include "lang/builtins/rows.h"

namespace awl {
namespace {

std::vector<Builtin> joined() {
  std::vector<Builtin> table;
  for (auto subject : {process_builtins(), probe_builtins(), string_builtins(), map_builtins(), aggregation_builtins(),
                       output_builtins(), effect_builtins(), question_builtins()})
    table.insert(table.end(), subject.begin(), subject.end());
  return table;
}

}  // namespace

std::span<const Builtin> builtins() {
  static const std::vector<Builtin> table = joined();
  return table;
}

const Builtin *find_builtin(std::string_view name) {
  for (const Builtin &row : builtins()) {
    if (row.name == name) return &row;
    for (std::string_view alias : row.aliases)
      if (alias == name) return &row;
  }
  return nullptr;
}

std::string_view name_of(Show show) {
  for (const Builtin &row : builtins())
    if (row.form == Form::aggregation && row.show == show) return row.name;
  return {};
}

std::vector<std::string_view> builtin_names() {
  std::vector<std::string_view> names;
  for (const Builtin &row : builtins()) {
    names.push_back(row.name);
    names.insert(names.end(), row.aliases.begin(), row.aliases.end());
  }
  return names;
}

}  // namespace awl
