// SPDX-License-Identifier: GPL-2.0-only
// The command line: one table of options, from which parsing, --help and the manual come.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lang/compile.h"
#include "src/base/result.h"

namespace awl {

enum class Verb : uint8_t { run, list, help, version, manual, diff, merge, tidy };

struct Options {
  Verb verb = Verb::run;
  std::vector<std::string> positional;    // program text or file, then its parameters; for -l: patterns
  std::optional<std::string> expression;  // -e
  std::optional<std::string> command;     // -c
  std::vector<int> pids;                  // -p
  std::string output;                     // -o
  std::string format = "text";            // -f
  std::string style = "awl";              // --style; awl by another tracer's name begins with that one's
  std::optional<std::string> top;         // --top; empty: the first map
  Stage dump = Stage::none;               // --dump
  std::optional<std::string> vm;          // --vm; empty: the default kernel
  std::string via;                        // --via
  std::string manual_template;            // --manual
  uint32_t map_capacity = 0;              // --max-map-keys
  uint32_t max_strlen = 1024;             // --max-strlen
  bool quiet = false, verbose = false, dry_run = false, unsafe = false, stats = false;
  bool warnings = true, allow_vm = true, debug_info = false;
  bool follow = false;  // --follow
  bool strict = false;  // --strict
};

struct OptionRow {
  char letter;                // 0: none
  std::string_view name;      // without the dashes
  std::string_view argument;  // "FILE"; "[KERNEL]" when it may be left out; empty when there is none
  std::string_view summary;
  Status (*apply)(Options &, const std::string &argument);
};

std::span<const OptionRow> option_rows();

/// Options may stand before and behind the program; everything behind `--` is a parameter of the script.
Result<Options> parse_options(int argc, char **argv);

/// The text of --help.
std::string usage();

/// The names that --dump takes, in the order of the pipeline.
std::optional<Stage> stage_by_name(std::string_view name);
std::string stage_names();

}  // namespace awl
