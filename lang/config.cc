// SPDX-License-Identifier: GPL-2.0-only
#include "lang/config.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "bpf_lib/awl_abi.h"
#include "src/base/text.h"

namespace awl {
namespace {

/// What the settings of others are for, awl does by itself or has no limit for.
constexpr std::string_view without_effect[] = {
    "cache_user_symbols", "cpp_demangle",     "lazy_symbolication",    "license",       "log_size",
    "max_bpf_progs",      "max_cat_bytes",    "max_probes",            "on_stack_limit", "perf_rb_pages",
    "show_debug_info",    "str_trunc_trailer",     "use_blazesym",  "symbol_source",
    "unstable_addr",      "unstable_dw_ustack", "unstable_import",     "unstable_import_statement",
    "unstable_macro",     "unstable_map_decl",  "unstable_tseries",    "unstable_typeinfo",
    "max_type_res_iterations", "no_cpp_demangle", "cat_bytes_max"};
constexpr std::string_view with_effect[] = {"max_strlen", "max_map_keys", "missing_probes", "print_maps_on_exit",
                                             "stack_mode"};
/// How stacks are shown; the first by itself.
constexpr std::string_view stack_modes[] = {"bpftrace", "perf", "raw", "build_id"};

/// BPFTRACE_MAX_STRLEN, MAX_STRLEN, max_strlen and the older strlen are one key.
std::string canonical(std::string_view key) {
  std::string name = to_lower(key);
  for (std::string_view prefix : {"bpftrace_", "awl_"})
    if (name.starts_with(prefix)) name.erase(0, prefix.size());
  if (name == "strlen") return "max_strlen";
  if (name == "map_keys_max") return "max_map_keys";
  return name;
}

std::optional<uint64_t> number_of(std::string_view text) {
  uint64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<bool> truth_of(std::string_view text) {
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  return std::nullopt;
}

class Settings {
 public:
  Settings(CompileOptions &options, Manifest &manifest, Diagnostics &diagnostics)
      : options_(options), manifest_(manifest), diagnostics_(diagnostics) {}

  void set(const ConfigEntry &entry, bool of_environment) {
    std::string key = canonical(entry.key);
    if (key == "max_strlen")
      limit(entry, 1, AWL_MAX_STRING, options_.max_strlen);
    else if (key == "max_map_keys")
      limit(entry, 1, UINT32_MAX, options_.map_capacity);
    else if (key == "missing_probes")
      missing_probes(entry);
    else if (key == "print_maps_on_exit")
      print_maps(entry);
    else if (key == "stack_mode")
      stack_mode(entry);
    else if (of_environment)
      return;  // the environment has more than settings: BPFTRACE_BTF, BPFTRACE_COLOR
    else if (std::ranges::find(without_effect, key) == std::end(without_effect))
      report_key(entry, key);
  }

 private:
  void limit(const ConfigEntry &entry, uint64_t least, uint64_t most, uint32_t &to) {
    std::optional<uint64_t> number = number_of(entry.value);
    if (number && *number >= least && *number <= most)
      to = static_cast<uint32_t>(*number);
    else
      diagnostics_.error(entry.value_span, "`{}` must be a number from {} to {}", entry.key, least, most);
  }

  void missing_probes(const ConfigEntry &entry) {
    if (entry.value == "error" || entry.value == "warn" || entry.value == "ignore")
      options_.resolve.missing = entry.value == "error"  ? MissingProbes::error
                                 : entry.value == "warn" ? MissingProbes::warn
                                                         : MissingProbes::ignore;
    else
      diagnostics_.error(entry.value_span, "`{}` is none of `error`, `warn` and `ignore`", entry.value);
  }

  void stack_mode(const ConfigEntry &entry) {
    if (std::ranges::find(stack_modes, entry.value) == std::end(stack_modes))
      diagnostics_.error(entry.value_span, "`{}` is no way to show a stack", entry.value)
          .help("`{}` is one of {}", entry.key, fmt::join(stack_modes, ", "));
    else
      options_.stack_mode = entry.value == stack_modes[0] ? "" : entry.value;
  }

  void print_maps(const ConfigEntry &entry) {
    if (std::optional<bool> truth = truth_of(entry.value))
      manifest_.print_maps_at_end = *truth;
    else
      diagnostics_.error(entry.value_span, "`{}` must be `true` or `false`", entry.key);
  }

  void report_key(const ConfigEntry &entry, const std::string &key) {
    auto draft = diagnostics_.error(entry.key_span, "unknown setting `{}`", entry.key);
    if (auto near = did_you_mean(key, {std::begin(with_effect), std::end(with_effect)}))
      draft.help("did you mean `{}`?", *near);
    else
      draft.help("the settings are {}", fmt::join(with_effect, ", "));
  }

  CompileOptions &options_;
  Manifest &manifest_;
  Diagnostics &diagnostics_;
};

}  // namespace

void apply_config(const std::vector<ConfigEntry> &config,
                  const std::vector<std::pair<std::string, std::string>> &environment, CompileOptions &options,
                  Manifest &manifest, Diagnostics &diagnostics) {
  Settings settings(options, manifest, diagnostics);
  for (const ConfigEntry &entry : config) settings.set(entry, false);
  for (const auto &[key, value] : environment) settings.set({key, value, {}, {}}, true);
}

}  // namespace awl
