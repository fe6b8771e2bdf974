// SPDX-License-Identifier: GPL-2.0-only
// The names of types that need no declaration: the language's own, those of C, and the usual typedefs, which are there
// even where the kernel has no BTF. x86-64's sizes.
#include "lang/language_types.h"

#include <cstring>

namespace awl {
namespace {

struct Named {
  std::string_view name;
  uint8_t width;
  bool is_signed;
};

constexpr Named integers[] = {
    {"int8", 1, true},
    {"int16", 2, true},
    {"int32", 4, true},
    {"int64", 8, true},
    {"uint8", 1, false},
    {"uint16", 2, false},
    {"uint32", 4, false},
    {"uint64", 8, false},
    {"char", 1, true},
    {"signed char", 1, true},
    {"unsigned char", 1, false},
    {"short", 2, true},
    {"short int", 2, true},
    {"unsigned short", 2, false},
    {"short unsigned int", 2, false},
    {"int", 4, true},
    {"signed int", 4, true},
    {"unsigned", 4, false},
    {"unsigned int", 4, false},
    {"long", 8, true},
    {"long int", 8, true},
    {"unsigned long", 8, false},
    {"long unsigned int", 8, false},
    {"unsigned long int", 8, false},
    {"long long", 8, true},
    {"long long int", 8, true},
    {"unsigned long long", 8, false},
    {"long long unsigned int", 8, false},
    {"unsigned long long int", 8, false},
    {"u8", 1, false},
    {"u16", 2, false},
    {"u32", 4, false},
    {"u64", 8, false},
    {"s8", 1, true},
    {"s16", 2, true},
    {"s32", 4, true},
    {"s64", 8, true},
    {"__u8", 1, false},
    {"__u16", 2, false},
    {"__u32", 4, false},
    {"__u64", 8, false},
    {"__s8", 1, true},
    {"__s16", 2, true},
    {"__s32", 4, true},
    {"__s64", 8, true},
    {"__be16", 2, false},
    {"__be32", 4, false},
    {"__be64", 8, false},
    {"int8_t", 1, true},
    {"int16_t", 2, true},
    {"int32_t", 4, true},
    {"int64_t", 8, true},
    {"uint8_t", 1, false},
    {"uint16_t", 2, false},
    {"uint32_t", 4, false},
    {"uint64_t", 8, false},
    {"size_t", 8, false},
    {"ssize_t", 8, true},
    {"intptr_t", 8, true},
    {"uintptr_t", 8, false},
    {"off_t", 8, true},
    {"loff_t", 8, true},
    {"pid_t", 4, true},
    {"uid_t", 4, false},
    {"gid_t", 4, false},
    {"dev_t", 4, false},
    {"mode_t", 4, false},
    {"umode_t", 2, false},
    {"count_t", 8, false},
    {"sum_t", 8, true},
    {"usum_t", 8, false},
    {"min_t", 8, true},
    {"umin_t", 8, false},
    {"max_t", 8, true},
    {"umax_t", 8, false},
    {"avg_t", 8, true},
    {"uavg_t", 8, false},
    {"stats_t", 8, true},
    {"ustats_t", 8, false},
};

struct NamedKind {
  std::string_view name;
  Kind kind;
};

constexpr NamedKind kinds[] = {
    {"void", Kind::none},
    {"bool", Kind::boolean},
    {"_Bool", Kind::boolean},
    {"inet", Kind::inet},
    {"timestamp", Kind::timestamp},
    {"macaddr_t", Kind::mac},
    {"username_t", Kind::username},
    {"cgroup_path_t", Kind::cgroup_path},
    {"ksym_t", Kind::kernel_symbol},
    {"usym_t", Kind::user_symbol},
    {"kstack_t", Kind::kernel_stack},
    {"ustack_t", Kind::user_stack},
};

template <class Name>
std::vector<CEnumerator> numbered(int last, Name name) {
  std::vector<CEnumerator> all;
  for (int n = 0; n <= last; n++)
    if (std::string text = name(n); !text.empty()) all.push_back({std::move(text), n});
  return all;
}

class LanguageTypes final : public CTypes {
 public:
  std::optional<Type> find(std::string_view spelling) const override {
    for (const Named &named : integers)
      if (named.name == spelling) return integer_type(named.width, named.is_signed);
    for (const NamedKind &named : kinds) {
      if (named.name != spelling) continue;
      if (named.kind == Kind::none) return none_type;
      return named.kind == Kind::boolean ? bool_type : simple_type(named.kind);
    }
    return std::nullopt;
  }
  const CStructure *structure(std::string_view) const override { return nullptr; }
  /// The names of errors and signals are the C library's.
  const std::vector<CEnumerator> *enumeration(std::string_view spelling) const override {
    static const std::vector<CEnumerator> errors = numbered(133, [](int n) { return std::string(::strerror(n)); });
    static const std::vector<CEnumerator> signals = numbered(64, [](int n) {
      const char *name = ::sigabbrev_np(n);
      return name ? "SIG" + std::string(name) : std::string();
    });
    if (spelling == "strerror") return &errors;
    return spelling == "signal_name" ? &signals : nullptr;
  }
  std::optional<CConstant> constant(std::string_view) const override { return std::nullopt; }
  std::vector<std::string> known_names() const override {
    std::vector<std::string> names = {"string", "buffer"};
    for (const Named &named : integers) names.emplace_back(named.name);
    for (const NamedKind &named : kinds) names.emplace_back(named.name);
    return names;
  }
};

class NoTypes final : public CTypes {
 public:
  std::optional<Type> find(std::string_view) const override { return std::nullopt; }
  const CStructure *structure(std::string_view) const override { return nullptr; }
  const std::vector<CEnumerator> *enumeration(std::string_view) const override { return nullptr; }
  std::optional<CConstant> constant(std::string_view) const override { return std::nullopt; }
  std::vector<std::string> known_names() const override { return {}; }
};

}  // namespace

const CTypes &language_types() {
  static const LanguageTypes types;
  return types;
}

const CTypes &no_types() {
  static const NoTypes types;
  return types;
}

}  // namespace awl
