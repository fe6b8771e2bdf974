// SPDX-License-Identifier: GPL-2.0-only
// The functions of the kernel: which can be traced, which exist at all, and what speaks against one.
//
// available_filter_functions knows best, but a slow machine needs a second to produce it, and some kernels refuse
// to; then the text symbols of kallsyms less the kprobe blacklist have to do. Names are views into the file's text:
// there are forty thousand of them.
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "runtime/kernel_state.h"
#include "src/base/text.h"

namespace awl {
namespace {

/// Call `visit` with each line; nothing is copied.
template <class Visit>
void each_line(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// The next word of the line, which is removed from it.
std::string_view take_word(std::string_view &line) {
  const size_t begin = std::min(line.find_first_not_of(" \t"), line.size());
  line.remove_prefix(begin);
  const size_t end = std::min(line.find_first_of(" \t"), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end);
  return word;
}

/// "[xfs]" -> "xfs"
std::string_view module_of(std::string_view word) {
  if (word.size() < 2 || word.front() != '[' || word.back() != ']') return {};
  return word.substr(1, word.size() - 2);
}

/// "ffffffff81000000 T _stext	[module]": calls `visit(type, name, module)`.
template <class Visit>
void each_symbol(std::string_view kallsyms, Visit visit) {
  each_line(kallsyms, [&](std::string_view line) {
    take_word(line);
    const std::string_view type = take_word(line), name = take_word(line);
    if (type.size() == 1 && !name.empty()) visit(type[0], name, module_of(take_word(line)));
  });
}

bool is_text_symbol(char type) { return type == 't' || type == 'T' || type == 'w' || type == 'W'; }

/// "0xffffffff81000000-0xffffffff81000010	name" lines.
std::set<std::string, std::less<>> blacklisted(std::string_view text) {
  std::set<std::string, std::less<>> names;
  each_line(text, [&](std::string_view line) {
    take_word(line);
    names.emplace(take_word(line));
  });
  return names;
}

/// "vfs_read" or "xfs_read [xfs]" lines, with addresses before the names where `has_addresses`. Places that were a
/// function when the kernel was built and are none now carry a name that says so.
std::vector<TraceableFunction> from_filter_list(std::string_view text, bool has_addresses) {
  std::vector<TraceableFunction> functions;
  functions.reserve(text.size() / 20);
  each_line(text, [&](std::string_view line) {
    TraceableFunction function;
    const std::string_view address = has_addresses ? take_word(line) : std::string_view();
    std::from_chars(address.data(), address.data() + address.size(), function.address, 16);
    function.name = take_word(line);
    function.module = module_of(take_word(line));
    if (!function.name.empty() && !function.name.starts_with("__ftrace_invalid_address_"))
      functions.push_back(function);
  });
  return functions;
}

/// Text symbols that are no functions: the padding before one, and the part that the compiler moved out of one.
bool is_fragment(std::string_view name) { return name.starts_with("__pfx_") || name.ends_with(".cold"); }

std::vector<TraceableFunction> from_symbols(const Kernel &kernel, std::string_view kallsyms) {
  std::vector<TraceableFunction> functions;
  each_symbol(kallsyms, [&](char type, std::string_view name, std::string_view module) {
    // bpf is not a module: these are the programs that run just now, our own among them.
    if (!is_text_symbol(type) || module == "bpf" || is_fragment(name) || kernel.is_blacklisted(name)) return;
    functions.push_back({name, module});
  });
  return functions;
}

/// The text of kallsyms, read once.
const std::string &symbols(std::optional<std::string> &cache, const std::string &root) {
  if (!cache) cache = read_file(root + "/proc/kallsyms").value_or("");
  return *cache;
}

}  // namespace

const Result<std::vector<TraceableFunction>> &Kernel::traceable_functions() const {
  if (state_->functions) return *state_->functions;
  std::vector<TraceableFunction> functions;
  const Result<std::string> &directory = tracefs();
  std::optional<std::string> list;
  if (directory) list = read_file(*directory + "/available_filter_functions_addrs");
  const bool has_addresses = list.has_value();
  if (directory && !list) list = read_file(*directory + "/available_filter_functions");
  if (list) {
    state_->function_text = std::move(*list);
    functions = from_filter_list(state_->function_text, has_addresses);
  } else {
    functions = from_symbols(*this, symbols(state_->symbol_text, state_->root));
  }
  std::ranges::sort(functions);
  if (functions.empty())
    state_->functions = Error{.what = "cannot list the kernel's functions",
                              .why = fmt::format("{}/proc/kallsyms is unreadable or empty", state_->root),
                              .help = "run as root: sudo awl ...",
                              .kind = ErrorKind::permission};
  else
    state_->functions = std::move(functions);
  return *state_->functions;
}

bool Kernel::has_function(std::string_view name) const {
  if (function(name)) return true;
  bool found = false;
  each_symbol(symbols(state_->symbol_text, state_->root), [&](char type, std::string_view symbol, std::string_view) {
    found = found || (symbol == name && is_text_symbol(type));
  });
  return found;
}

std::string Kernel::module_of(std::string_view name) const {
  std::string found;
  size_t count = 0;
  each_symbol(symbols(state_->symbol_text, state_->root),
              [&](char type, std::string_view symbol, std::string_view module) {
                if (symbol != name || !is_text_symbol(type)) return;
                count++;
                found = module;
              });
  return count == 1 ? found : std::string();
}

std::optional<uint64_t> Kernel::symbol_address(std::string_view name) const {
  uint64_t found = 0;
  each_line(symbols(state_->symbol_text, state_->root), [&](std::string_view line) {
    const std::string_view address = take_word(line);
    take_word(line);
    if (found == 0 && take_word(line) == name)
      std::from_chars(address.data(), address.data() + address.size(), found, 16);
  });
  return found == 0 ? std::nullopt : std::optional(found);
}

bool Kernel::is_blacklisted(std::string_view name) const {
  if (!state_->blacklist)
    state_->blacklist = blacklisted(read_file(state_->root + "/sys/kernel/debug/kprobes/blacklist").value_or(""));
  return state_->blacklist->contains(name);
}

std::string Kernel::why_untraceable(std::string_view name) const {
  if (is_blacklisted(name)) return "it is on the kernel's kprobe blacklist";
  const Result<std::vector<TraceableFunction>> &functions = traceable_functions();
  if (!functions) return {};
  const auto same = std::ranges::equal_range(*functions, name, {}, &TraceableFunction::name);
  if (same.empty()) return "the kernel does not offer it for tracing (it is marked notrace or was inlined)";
  if (same.size() > 1) return fmt::format("there are {} functions of this name", same.size());
  return {};
}

}  // namespace awl
