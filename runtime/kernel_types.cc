// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/kernel_types.h"

#include <bpf/btf.h>
#include <fmt/format.h>

#include <map>
#include <unordered_map>

#include "runtime/providers/syscall_numbers.h"

namespace awl {
namespace {

std::string_view name_at(const btf *types, uint32_t offset) {
  const char *name = btf__name_by_offset(types, offset);
  return name ? name : "";
}

/// What follows const, volatile, restrict and tags.
uint32_t skip_modifiers(const btf *types, uint32_t id) {
  for (const btf_type *type = btf__type_by_id(types, id);
       type && (btf_is_mod(type) || btf_is_type_tag(type)); type = btf__type_by_id(types, id))
    id = type->type;
  return id;
}

std::string_view tag_of(const btf_type *type) {
  if (btf_is_any_enum(type)) return "enum";
  bool is_union = btf_kind(type) == BTF_KIND_UNION || (btf_is_fwd(type) && btf_kflag(type));
  return is_union ? "union" : "struct";
}

/// System calls by the names that programs use, which syscall_name() prints.
std::vector<CEnumerator> system_calls() {
  std::vector<CEnumerator> calls;
  for (std::string_view name : syscall_names())
    if (std::optional<uint32_t> number = syscall_number(kernel_syscall_name(name)))
      calls.push_back({std::string(name), *number});
  return calls;
}

class KernelTypes final : public CTypes {
 public:
  explicit KernelTypes(const Kernel &kernel) : kernel_(kernel) {}

  std::optional<Type> find(std::string_view spelling) const override {
    std::optional<uint32_t> id = id_of(spelling);
    return id ? std::optional(type_of(*id)) : std::nullopt;
  }

  const CStructure *structure(std::string_view spelling) const override {
    if (auto known = structures_.find(spelling); known != structures_.end()) return known->second.get();
    std::unique_ptr<CStructure> made;
    if (std::optional<uint32_t> id = id_of(spelling))
      if (btf_is_composite(btf__type_by_id(types(), *id))) made = read_structure(*id);
    return structures_.emplace(spelling, std::move(made)).first->second.get();
  }

  const std::vector<CEnumerator> *enumeration(std::string_view spelling) const override {
    if (auto known = enumerations_.find(spelling); known != enumerations_.end())
      return known->second.empty() ? nullptr : &known->second;
    std::vector<CEnumerator> made;
    if (spelling == "syscall_name")
      made = system_calls();
    else if (std::optional<uint32_t> id = id_of(spelling))
      if (btf_is_any_enum(btf__type_by_id(types(), *id))) made = read_enumeration(*id);
    const std::vector<CEnumerator> &kept = enumerations_.emplace(spelling, std::move(made)).first->second;
    return kept.empty() ? nullptr : &kept;
  }

  std::optional<CConstant> constant(std::string_view name) const override {
    if (!types()) return std::nullopt;
    if (!constants_indexed_) index_constants();
    auto found = constants_.find(name);
    if (found == constants_.end()) return std::nullopt;
    for (const CEnumerator &enumerator : read_enumeration(found->second))
      if (enumerator.name == name) return CConstant{static_cast<uint64_t>(enumerator.value), type_of(found->second)};
    return std::nullopt;
  }

  std::vector<std::string> known_names() const override {
    std::vector<std::string> names;
    if (!types()) return names;
    for (const auto &[name, id] : index()) names.emplace_back(name);
    return names;
  }

 private:
  const btf *types() const { return kernel_.kernel_btf(); }

  /// "struct file", "union x", "enum y", typedefs and integers, as they are spelled.
  const std::unordered_map<std::string, uint32_t> &index() const {
    if (!index_.empty()) return index_;
    uint32_t end = btf__type_cnt(types());
    index_.reserve(end / 4);
    for (uint32_t id = 1; id < end; id++) {
      const btf_type *type = btf__type_by_id(types(), id);
      std::string_view name = name_at(types(), type->name_off);
      if (name.empty()) continue;
      if (btf_is_composite(type) || btf_is_any_enum(type))
        index_.emplace(fmt::format("{} {}", tag_of(type), name), id);
      else if (btf_is_typedef(type) || btf_is_int(type))
        index_.emplace(name, id);
    }
    return index_;
  }

  void index_constants() const {
    constants_indexed_ = true;
    for (uint32_t id = 1, end = btf__type_cnt(types()); id < end; id++) {
      const btf_type *type = btf__type_by_id(types(), id);
      if (!btf_is_any_enum(type)) continue;
      for (uint32_t i = 0; i < btf_vlen(type); i++) {
        uint32_t name = btf_is_enum(type) ? btf_enum(type)[i].name_off : btf_enum64(type)[i].name_off;
        constants_.emplace(name_at(types(), name), id);
      }
    }
  }

  std::optional<uint32_t> id_of(std::string_view spelling) const {
    if (!types()) return std::nullopt;
    // Types without a name are spelled by their number: "struct {12}".
    if (size_t brace = spelling.find('{'); brace != spelling.npos) {
      uint32_t id = 0;
      for (char digit : spelling.substr(brace + 1))
        if (digit >= '0' && digit <= '9') id = id * 10 + static_cast<uint32_t>(digit - '0');
      return id < btf__type_cnt(types()) ? std::optional(id) : std::nullopt;
    }
    auto found = index().find(std::string(spelling));
    return found == index().end() ? std::nullopt : std::optional(found->second);
  }

  std::string spell(uint32_t id) const {
    id = skip_modifiers(types(), id);
    const btf_type *type = btf__type_by_id(types(), id);
    if (id == 0 || !type) return "void";
    std::string_view name = name_at(types(), type->name_off);
    if (btf_is_composite(type) || btf_is_any_enum(type) || btf_is_fwd(type))
      return name.empty() ? fmt::format("{} {{{}}}", tag_of(type), id) : fmt::format("{} {}", tag_of(type), name);
    if (btf_is_ptr(type)) return spell(type->type) + " *";
    if (btf_is_array(type)) return spelling_of(type_of(id));
    if (btf_is_func_proto(type)) return "void";
    return std::string(name);
  }

  Type type_of(uint32_t id) const {
    id = skip_modifiers(types(), id);
    const btf_type *type = btf__type_by_id(types(), id);
    if (id == 0 || !type) return none_type;
    if (btf_is_typedef(type)) return type_of(type->type);
    if (btf_is_ptr(type)) return pointer_type(AddressSpace::none, spell(type->type));
    if (btf_is_array(type)) return array_type(type_of(btf_array(type)->type), btf_array(type)->nelems);
    if (btf_is_composite(type)) return structure_type(spell(id), type->size);
    if (btf_is_fwd(type)) return structure_type(spell(id), 0);
    if (btf_is_int(type) && btf_int_encoding(type) & BTF_INT_BOOL) return bool_type;
    if (!btf_is_int(type) && !btf_is_any_enum(type)) return none_type;
    // Whether a plain char has a sign is left open by the kernel's BTF; on x86-64 it has.
    bool is_char = btf_is_int(type) && name_at(types(), type->name_off) == "char";
    bool is_signed = btf_is_int(type) ? is_char || btf_int_encoding(type) & BTF_INT_SIGNED : btf_kflag(type);
    Type number = integer_type(static_cast<uint8_t>(type->size > 8 ? 8 : type->size), is_signed);
    if (btf_is_any_enum(type)) number.name = spell(id);
    return number;
  }

  std::unique_ptr<CStructure> read_structure(uint32_t id) const {
    const btf_type *type = btf__type_by_id(types(), id);
    auto made = std::make_unique<CStructure>();
    made->spelling = spell(id);
    made->size = type->size;
    made->is_union = btf_kind(type) == BTF_KIND_UNION;
    for (uint32_t i = 0; i < btf_vlen(type); i++) {
      const btf_member &member = btf_members(type)[i];
      made->members.push_back({.name = std::string(name_at(types(), member.name_off)),
                               .type = type_of(member.type),
                               .bit_offset = btf_member_bit_offset(type, i),
                               .bits = btf_member_bitfield_size(type, i)});
    }
    return made;
  }

  std::vector<CEnumerator> read_enumeration(uint32_t id) const {
    const btf_type *type = btf__type_by_id(types(), id);
    std::vector<CEnumerator> made;
    for (uint32_t i = 0; i < btf_vlen(type); i++) {
      if (btf_is_enum(type)) {
        const struct btf_enum &one = btf_enum(type)[i];
        int64_t value = btf_kflag(type) ? one.val : static_cast<int64_t>(static_cast<uint32_t>(one.val));
        made.push_back({std::string(name_at(types(), one.name_off)), value});
      } else {
        const struct btf_enum64 &one = btf_enum64(type)[i];
        made.push_back({std::string(name_at(types(), one.name_off)), static_cast<int64_t>(btf_enum64_value(&one))});
      }
    }
    return made;
  }

  const Kernel &kernel_;
  mutable std::unordered_map<std::string, uint32_t> index_;
  mutable std::map<std::string, std::unique_ptr<CStructure>, std::less<>> structures_;
  mutable std::map<std::string, std::vector<CEnumerator>, std::less<>> enumerations_;
  mutable bool constants_indexed_ = false;
  mutable std::unordered_map<std::string_view, uint32_t> constants_;  // names lie in the BTF
};

}  // namespace

std::unique_ptr<CTypes> make_kernel_types(const Kernel &kernel) { return std::make_unique<KernelTypes>(kernel); }

}  // namespace awl
