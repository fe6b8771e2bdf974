// SPDX-License-Identifier: GPL-2.0-only
// THE table of the names that the language knows everywhere. A builtin is one row; lexer, checker, code
// generation, merging, rendering, man page, --help and tests take what they need from it, and nobody compares
// names after the lexer has found the row.
//
// Names that belong to a probe (`arg0`, `retval`, `args.filename`) are not here: its provider brings them as data.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "lang/type.h"

namespace awl {

enum class Form : uint8_t {
  value,        // pid: used without parentheses (empty ones are accepted)
  function,     // str(p): gives a value
  statement,    // printf(...): stands alone
  aggregation,  // @ = count(): only as the right side of an assignment to a map
};

/// What a parameter of a builtin accepts.
enum class Accepts : uint8_t {
  integer,   // any number
  constant,  // a number known at compile time
  pointer,   // an address (a number will do)
  string,
  literal,  // a string literal: a format
  map,      // @name as a whole
  entry,    // @name or @name[key]
  memory,   // what has bytes: a string, a buffer, an array, a structure
  any,      // any value or a whole map
  rest,     // any number of values; last only
};

struct Parameter {
  std::string_view name;
  Accepts accepts;
  bool optional = false;
};

/// How the cells of an aggregation become a value.
enum class Show : uint8_t { none, count, sum, minimum, maximum, average, stats, log2_histogram, linear_histogram,
                            log_linear_histogram, percentiles, deviation, magnitudes,
                            time_series };

/// How one cell of one CPU is added to that of another; those of a time series only together (runtime/series.h).
enum class Merge : uint8_t { add, maximum, series };

/// What a builtin does beyond calling its function in bpf_lib; `plain` needs no code of its own in the checker or
/// the code generator.
enum class Special : uint8_t {
  plain,
  probe_name,
  function_name,
  printf,
  print,
  printa,
  normalize,
  denormalize,
  truncate,
  clear,
  zero,
  delete_entry,
  exit,
  time,
  str,
  same_number,       // its argument in other clothes: the row's result type says which
  byte_swap,
  network_address,
  hardware_address,
  buffer,
  timestamp,
  concatenate,
  join,
  has_key,
  length,
  error_message,
  warning_message,
  cat,
  system,
  assertion,
  stack,               // kstack, ustack: a mode, a depth
  caller,              // needs the context
  kernel_address,      // kaddr("name"): found when the script is loaded
  processor_register,  // reg("ip"): from the context
  probe_type,
  user_address,        // uaddr("name"): by where the probe is
  per_cpu_address,     // percpu_kaddr("name", cpu)
  path,
  socket_cookie,
  choice,              // nsecs(tai), pid(init): a word chooses the function
  find,                // find(@m, k, $v)
  compare_bytes,
  capacity,            // strcap
  parse_address,       // pton("::1")
  address_space,       // kptr, uptr
  send_signal,
  loaded_word,         // what the runtime finds out when the script is loaded
  question,            // is_str(e): `holds` of the row decides
  static_assertion,
  failure,             // fail("..."): a mistake where it is reached
  kernel_log,          // debugf
};

/// A word that selects a form of a builtin: `tai` in nsecs(tai).
struct Choice {
  std::string_view word;
  std::string_view symbol;  // function in bpf_lib
};

/// In which probes a builtin works.
enum class Where : uint8_t {
  anywhere,
  registers,  // their context is the processor's registers
  kprobe,     // at the entry of a function of the kernel
  trusted,    // the kernel knows the types of their arguments
};

/// What the runtime puts into a word of the object before the first probe fires.
enum class Loaded : uint8_t { kernel_symbol, processors, control_group, user_symbol };

struct Builtin {
  std::string_view name;
  std::span<const std::string_view> aliases = {};
  Form form = Form::value;
  std::span<const Parameter> parameters = {};
  Type (*result)() = nullptr;    // none_type for statements; aggregations: type of what is shown
  std::string_view symbol = {};  // function in bpf_lib; empty when `special` does the work
  Special special = Special::plain;
  Show show = Show::none;         // aggregations
  std::span<const Choice> choices = {};
  std::string_view bare = {};                  // what the name is without parentheses: `time` of ply is `nsecs`
  Where where = Where::anywhere;
  Loaded loaded = Loaded::kernel_symbol;       // of Special::loaded_word
  bool (*holds)(const Type &) = nullptr;       // Special::question
  bool context = false;                        // `symbol` takes the probe's context first
  std::string_view danger = {};                // what it does that needs --unsafe: "`signal` ..."
  bool pure = false;              // the same value all through one run of a probe: computed once
  std::string_view group = {};    // heading in the manual
  std::string_view summary = {};  // one line, lower case
  std::string_view example = {};  // a whole script that compiles
};

/// All rows, in the order of the manual.
std::span<const Builtin> builtins();
/// The row of a name or an alias, or null.
const Builtin *find_builtin(std::string_view name);
/// The name of the aggregation that shows so; empty for plain values.
std::string_view name_of(Show show);
/// Every name and alias, for did-you-mean.
std::vector<std::string_view> builtin_names();

}  // namespace awl
