// SPDX-License-Identifier: GPL-2.0-only
#include "src/options.h"

#include <getopt.h>

#include <charconv>

#include "runtime/sinks/style.h"
#include "src/base/text.h"

namespace awl {
namespace {

constexpr std::pair<std::string_view, Stage> stages[] = {
    {"tokens", Stage::tokens}, {"ast", Stage::ast},      {"types", Stage::types},       {"plan", Stage::plan},
    {"ir", Stage::ir},         {"asm", Stage::assembly}, {"manifest", Stage::manifest}, {"elf", Stage::elf},
};

Error usage_error(std::string what, std::string help = "`awl --help` lists the options") {
  return {std::move(what), "", std::move(help), ErrorKind::usage};
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Status set_pids(Options &options, const std::string &argument) {
  for (std::string_view part : split(argument, ',')) {
    auto pid = parse_number<int>(part);
    if (!pid || *pid < 1)
      return usage_error(fmt::format("`{}` is not a process id", escape_text(part)), "awl -p 1234,5678 ...");
    options.pids.push_back(*pid);
  }
  return Done{};
}

Status set_format(Options &options, const std::string &argument) {
  std::string known;
  for (const SinkFormat &format : sink_formats()) {
    if (format.name == argument) {
      options.format = argument;
      return Done{};
    }
    known += fmt::format("{}{}", known.empty() ? "" : ", ", format.name);
  }
  return usage_error(fmt::format("unknown output format `{}`", escape_text(argument)), "known formats: " + known);
}

Status set_style(Options &options, const std::string &argument) {
  options.style = argument;
  if (find_style(argument)) return Done{};
  std::string known;
  for (const Style &style : styles()) known += fmt::format("{}{}", known.empty() ? "" : ", ", style.name);
  return usage_error(fmt::format("unknown style `{}`", escape_text(argument)), "known styles: " + known);
}

/// A link to awl that is called as another tracer makes it look like that one.
void take_style_of(Options &options, std::string_view called) {
  called.remove_prefix(called.rfind('/') + 1);
  if (find_style(called)) options.style = called;
}

Status set_dump(Options &options, const std::string &argument) {
  auto stage = stage_by_name(argument);
  if (!stage) return usage_error(fmt::format("unknown stage `{}`", escape_text(argument)), "stages: " + stage_names());
  options.dump = *stage;
  return Done{};
}

Status set_count(uint32_t &target, const std::string &argument, std::string_view what, uint32_t least, uint32_t most) {
  auto number = parse_number<uint32_t>(argument);
  if (!number || *number < least || *number > most)
    return usage_error(fmt::format("`{}` is not {}", escape_text(argument), what),
                       fmt::format("a number from {} to {}", least, most));
  target = *number;
  return Done{};
}

constexpr std::string_view mechanisms[] = {"fentry", "fexit",  "kprobe", "kretprobe",   "kprobe.multi",
                                           "perf",   "raw_tp", "uprobe", "uprobe.multi"};

Status set_via(Options &options, const std::string &argument) {
  options.via = argument;
  for (std::string_view known : mechanisms)
    if (known == argument) return Done{};
  return usage_error(fmt::format("unknown mechanism `{}`", escape_text(argument)),
                     "known mechanisms: fentry, fexit, kprobe, kprobe.multi, perf, raw_tp, uprobe, uprobe.multi");
}

#define AWL_SET(statement)                         \
  [](Options &o, const std::string &a) -> Status { \
    static_cast<void>(a);                          \
    statement;                                     \
    return Done{};                                 \
  }

const OptionRow rows[] = {
    {'e', "expression", "PROGRAM", "the program, instead of the first argument", AWL_SET(o.expression = a)},
    {'c', "cmd", "COMMAND", "run a command when all probes are attached; awl ends with it", AWL_SET(o.command = a)},
    {'p', "pid", "PID,...", "look at these processes only", set_pids},
    {0, "follow", "", "with -p or -c: look at these processes and all that they start, and at no others",
     AWL_SET(o.follow = true)},
    {'o', "output", "FILE", "write the output of the script to a file", AWL_SET(o.output = a)},
    {'f', "format", "FORMAT", "output format: text, json, csv, flamegraph, html ... (see FORMATS in the manual)",
     set_format},
    {0, "style", "STYLE", "text and JSON as another tracer's: awl, bpftrace, ply, dtrace, bcc", set_style},
    {0, "top", "[MAP]", "watch a map: redrawn each second, largest first, with what is new", AWL_SET(o.top = a)},
    {'q', "quiet", "", "no status line", AWL_SET(o.quiet = true)},
    {'v', "verbose", "", "say how each probe is attached; with -l: arguments of the probes", AWL_SET(o.verbose = true)},
    {'l', "list", "", "list probes that match a pattern: awl -l 'kprobe:vfs_*'", AWL_SET(o.verb = Verb::list)},
    {0, "vm", "[KERNEL]", "run in a throwaway virtual machine, with kernel 5.10, 6.1, 6.12, newest ...",
     AWL_SET(o.vm = a)},
    {0, "no-vm", "", "never fall back to a virtual machine", AWL_SET(o.allow_vm = false)},
    {0, "dry-run", "", "compile and let the kernel check the program, then end", AWL_SET(o.dry_run = true)},
    {0, "dump", "STAGE", "print a stage of the compiler and end: tokens, ast, types, plan, ir, asm, manifest, elf",
     set_dump},
    {0, "via", "MECHANISM",
     "force a mechanism: fentry, fexit, kprobe, kprobe.multi, perf, raw_tp, uprobe, uprobe.multi", set_via},
    {0, "unsafe", "", "allow what can disturb the machine", AWL_SET(o.unsafe = true)},
    {0, "stats", "", "print how long each phase took, and what each probe did and cost", AWL_SET(o.stats = true)},
    {0, "debug-info", "", "stacks of processes with source lines and inlined calls", AWL_SET(o.debug_info = true)},
    {0, "max-map-keys", "N", "entries that a map can hold (1048576)",
     [](Options &o, const std::string &a) { return set_count(o.map_capacity, a, "a number of keys", 1, 1u << 28); }},
    {0, "max-strlen", "N", "bytes that str() reads at most (1024)",
     [](Options &o, const std::string &a) { return set_count(o.max_strlen, a, "a length of strings", 8, 4096); }},
    {0, "strict", "", "end with status 3 when anything was not counted or not printed", AWL_SET(o.strict = true)},
    {0, "no-warnings", "", "no warnings about the script", AWL_SET(o.warnings = false)},
    {0, "fmt", "", "print the script in its canonical form; -o writes it to a file", AWL_SET(o.verb = Verb::tidy)},
    {0, "manual", "TEMPLATE", "fill in the tables of a manual page and print it",
     AWL_SET(o.verb = Verb::manual; o.manual_template = a)},
    {'V', "version", "", "print the version", AWL_SET(o.verb = Verb::version)},
    {'h', "help", "", "print this help", AWL_SET(o.verb = Verb::help)},
};

#undef AWL_SET

Error bad_option(int argc, char **argv) {
  std::string written = optind > 0 && optind <= argc ? argv[optind - 1] : "";
  bool is_long = written.rfind("--", 0) == 0;
  std::string name = is_long ? written.substr(2, written.find('=') - 2) : std::string(1, static_cast<char>(optopt));
  for (const OptionRow &row : rows)
    if (is_long ? row.name == name : row.letter && row.letter == optopt) {
      if (row.argument.empty()) return usage_error(fmt::format("option `--{}` takes no argument", row.name));
      return usage_error(fmt::format("option `{}{}` needs an argument", is_long ? "--" : "-", name),
                         fmt::format("write `{}{} {}`", is_long ? "--" : "-", name, row.argument));
    }
  std::vector<std::string_view> names;
  for (const OptionRow &row : rows) names.push_back(row.name);
  auto near = is_long ? did_you_mean(name, names) : std::nullopt;
  std::string shown = escape_text(is_long ? "--" + name : "-" + name);
  return usage_error(fmt::format("unknown option `{}`", shown),
                     near ? fmt::format("did you mean `--{}`?", *near) : "`awl --help` lists the options");
}

}  // namespace

std::span<const OptionRow> option_rows() { return rows; }

std::optional<Stage> stage_by_name(std::string_view name) {
  for (const auto &[known, stage] : stages)
    if (known == name) return stage;
  return std::nullopt;
}

std::string stage_names() {
  std::string text;
  for (const auto &[name, stage] : stages) text += fmt::format("{}{}", text.empty() ? "" : ", ", name);
  return text;
}

Result<Options> parse_options(int argc, char **argv) {
  std::string letters = ":";
  std::vector<option> long_options;
  std::vector<std::string> names;
  names.reserve(std::size(rows));
  for (const OptionRow &row : rows) {
    bool has = !row.argument.empty(), may_lack = has && row.argument[0] == '[';
    if (row.letter) letters += fmt::format("{}{}", row.letter, may_lack ? "::" : has ? ":" : "");
    names.emplace_back(row.name);
    long_options.push_back({names.back().c_str(),
                            may_lack ? optional_argument
                            : has    ? required_argument
                                     : no_argument,
                            nullptr, 1000 + static_cast<int>(names.size()) - 1});
  }
  long_options.push_back({});
  Options options;
  if (argc > 0) take_style_of(options, argv[0]);
  opterr = 0;
  optind = 1;
  for (int found; (found = getopt_long(argc, argv, letters.c_str(), long_options.data(), nullptr)) != -1;) {
    const OptionRow *row = nullptr;
    for (size_t i = 0; i < std::size(rows); i++)
      if (found == 1000 + static_cast<int>(i) || (rows[i].letter && found == rows[i].letter)) row = &rows[i];
    if (!row) return bad_option(argc, argv);
    Status done = row->apply(options, optarg ? optarg : "");
    if (!done) return done.error();
  }
  options.positional.assign(argv + optind, argv + argc);
  // No program is one word.
  if (options.verb == Verb::run && !options.expression && !options.positional.empty()) {
    if (options.positional[0] == "diff") options.verb = Verb::diff;
    if (options.positional[0] == "merge") options.verb = Verb::merge;
  }
  if (options.command && !options.pids.empty())
    return usage_error("`-c` and `-p` exclude each other",
                       "`-c` starts the process to look at, `-p` names running ones");
  if (options.follow && !options.command && options.pids.empty())
    return usage_error("`--follow` needs `-p` or `-c`", "they say whom to follow");
  return options;
}

std::string usage() {
  std::string text =
      "usage: awl [options] 'program' [parameters]\n"
      "       awl [options] file [parameters]\n"
      "       awl -l ['pattern']\n"
      "       awl diff before.json after.json\n"
      "       awl merge a.json b.json ...\n"
      "\n"
      "  awl 'kretprobe:vfs_read { @[\"size\"] = quantize(retval); }'\n"
      "  awl 'tracepoint:syscalls:sys_enter_openat { printf(\"%s %s\\n\", comm, str(args.filename)); }'\n"
      "\n"
      "options:\n";
  for (const OptionRow &row : rows) {
    if (row.name == "manual") continue;
    std::string argument(row.argument);
    if (!argument.empty()) argument = argument[0] == '[' ? "[=" + argument.substr(1) : " " + argument;
    std::string left = fmt::format("  {}{}--{}{}", row.letter ? std::string{'-', row.letter} : "  ",
                                   row.letter ? ", " : "  ", row.name, argument);
    text += left.size() < 30 ? fmt::format("{:<30}{}\n", left, row.summary)
                             : fmt::format("{}\n{:30}{}\n", left, "", row.summary);
  }
  return text + "\nThe manual: man awl\n";
}

}  // namespace awl
