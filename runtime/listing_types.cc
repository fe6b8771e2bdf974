// SPDX-License-Identifier: GPL-2.0-only
// `awl -l 'struct task_struct'`: the kernel's types as C, from its BTF. A pattern gives the names that match, one name
// its definition; with details every name comes with its definition.
#include <bpf/btf.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "runtime/kernel.h"
#include "runtime/listing.h"
#include "src/base/text.h"

namespace awl {
namespace {

struct KindOfType {
  std::string_view word;
  bool (*is)(const btf_type *);
};
bool is_struct(const btf_type *type) { return btf_is_struct(type); }
bool is_union(const btf_type *type) { return btf_is_union(type); }
bool is_enum(const btf_type *type) { return btf_is_any_enum(type); }
constexpr KindOfType kinds[] = {{"struct", is_struct}, {"union", is_union}, {"enum", is_enum}};

const KindOfType *kind_of(std::string_view pattern) {
  const auto kind = std::ranges::find(kinds, pattern.substr(0, pattern.find(' ')), &KindOfType::word);
  return kind == std::end(kinds) || pattern.find(' ') == pattern.npos ? nullptr : kind;
}

void append(void *text, const char *format, va_list arguments) {
  char *piece = nullptr;
  if (vasprintf(&piece, format, arguments) < 0) return;
  static_cast<std::string *>(text)->append(piece);
  std::free(piece);
}

/// Lines of the definition. libbpf writes all that the type needs before it, which is left out.
std::vector<std::string> definition(const btf *types, uint32_t id, const std::string &title) {
  std::string text;
  btf_dump *dump = btf_dump__new(types, append, &text, nullptr);
  if (dump == nullptr) return {};
  btf_dump__dump_type(dump, id);
  btf_dump__free(dump);
  const std::string head = title + " {";
  const size_t begin = text.starts_with(head) ? 0 : text.rfind("\n" + head);
  const size_t end = begin == text.npos ? text.npos : text.find("\n}", begin);
  if (end == text.npos) return {};
  std::vector<std::string> lines;
  const std::string_view body = trim(std::string_view(text).substr(begin, end - begin));
  for (std::string_view line : split(body, '\n')) lines.emplace_back(line);
  lines.emplace_back("};");
  return lines;
}

}  // namespace

bool is_type_pattern(std::string_view pattern) { return kind_of(pattern) != nullptr; }

Result<Listing> list_types(const Kernel &kernel, std::string_view pattern, bool details) {
  const KindOfType &kind = *kind_of(pattern);
  const std::string_view wanted = trim(pattern.substr(kind.word.size()));
  const btf *types = kernel.kernel_btf();
  if (types == nullptr)
    return Error{.what = "cannot list types",
                 .why = "the kernel does not describe them (CONFIG_DEBUG_INFO_BTF is not set)"};
  Listing listing;
  std::vector<std::string_view> names;
  for (uint32_t id = 1; id < btf__type_cnt(types); id++) {
    const btf_type *type = btf__type_by_id(types, id);
    const std::string_view name = kind.is(type) ? btf__name_by_offset(types, type->name_off) : "";
    if (name.empty()) continue;
    names.push_back(name);
    if (!glob_match(wanted, name)) continue;
    Listed entry = {.name = fmt::format("{} {}", kind.word, name)};
    std::vector<std::string> lines;
    if (details || !is_glob(wanted)) lines = definition(types, id, entry.name);
    if (!lines.empty()) entry = {lines.front(), {lines.begin() + 1, lines.end()}};
    listing.probes.push_back(std::move(entry));
  }
  std::ranges::stable_sort(listing.probes, {}, &Listed::name);
  if (!listing.probes.empty()) return listing;
  const std::optional<std::string_view> near = is_glob(wanted) ? std::nullopt : did_you_mean(wanted, names);
  return Error{.what = fmt::format("the kernel has no `{} {}`", kind.word, wanted),
               .help = near ? fmt::format("did you mean `{} {}`?", kind.word, *near)
                            : fmt::format("to see them all: awl -l '{} *'", kind.word)};
}

}  // namespace awl
