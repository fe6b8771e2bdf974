// SPDX-License-Identifier: GPL-2.0-only
// BTF's types as the language and as C see them; see btf_types.h.
#include "runtime/btf_types.h"

#include <bpf/btf.h>
#include <fmt/format.h>

namespace awl {
namespace {

std::string name_at(const btf *btf, uint32_t offset) {
  const char *name = btf__name_by_offset(btf, offset);
  return name == nullptr ? std::string() : name;
}

uint32_t skip_modifiers_and_typedefs(const btf *btf, uint32_t id) {
  for (const btf_type *type = btf__type_by_id(btf, id);
       type != nullptr && (btf_is_mod(type) || btf_is_typedef(type) || btf_is_type_tag(type));
       type = btf__type_by_id(btf, id))
    id = type->type;
  return id;
}

Type of_size(uint64_t size, bool is_signed) {
  if (size == 1 || size == 2 || size == 4 || size == 8) return integer_type(static_cast<uint8_t>(size), is_signed);
  Type record = simple_type(Kind::record);
  record.size = static_cast<uint32_t>(size);
  return record;
}

/// "const struct file" -> "struct file": what a pointer's Type says of its target.
std::string pointee_name(const btf *btf, uint32_t id) {
  const btf_type *type = btf__type_by_id(btf, id);
  while (type != nullptr && (btf_is_mod(type) || btf_is_type_tag(type))) {
    id = type->type;
    type = btf__type_by_id(btf, id);
  }
  return btf_c_type(btf, id);
}

std::string tagged(std::string_view tag, const btf *btf, const btf_type *type) {
  const std::string name = name_at(btf, type->name_off);
  return fmt::format("{} {}", tag, name.empty() ? "{...}" : name);
}

std::string parameter_list(const btf *btf, const btf_type *prototype) {
  std::string list;
  for (uint32_t i = 0; i < btf_vlen(prototype); i++) {
    const uint32_t id = btf_params(prototype)[i].type;
    if (i > 0) list += ", ";
    list += id == 0 ? "..." : btf_c_type(btf, id);
  }
  return list;
}

std::string pointer_spelling(const btf *btf, uint32_t id) {
  const btf_type *target = btf__type_by_id(btf, id);
  if (target != nullptr && btf_is_func_proto(target))
    return fmt::format("{} (*)({})", btf_c_type(btf, target->type), parameter_list(btf, target));
  return fmt::format("{} *", btf_c_type(btf, id));
}

/// "struct file * file"; a pointer to function keeps its name behind the type, which is readable enough.
std::string declaration(const std::string &type, const std::string &name) {
  return name.empty() ? type : fmt::format("{} {}", type, name);
}

}  // namespace

/// Where a function's argument points to. BTF does not tell `char *` from `char __user *`; of structures nearly all are
/// the kernel's own, and what else is pointed to is decided by the address when it is read.
AddressSpace space_of(const btf *btf, uint32_t pointee) {
  const btf_type *target = btf__type_by_id(btf, skip_modifiers_and_typedefs(btf, pointee));
  return target != nullptr && btf_is_composite(target) ? AddressSpace::kernel : AddressSpace::none;
}

Type btf_language_type(const btf *btf, uint32_t id) {
  id = skip_modifiers_and_typedefs(btf, id);
  const btf_type *type = btf__type_by_id(btf, id);
  if (id == 0 || type == nullptr) return none_type;
  if (btf_is_ptr(type)) return pointer_type(space_of(btf, type->type), pointee_name(btf, type->type));
  if (btf_is_int(type)) return of_size(type->size, btf_int_encoding(type) & BTF_INT_SIGNED);
  if (btf_is_any_enum(type)) return of_size(type->size, btf_kflag(type));
  const int64_t size = btf__resolve_size(btf, id);
  Type record = simple_type(Kind::record);
  record.size = size > 0 ? static_cast<uint32_t>(size) : 0;
  return record;
}

std::string btf_c_type(const btf *btf, uint32_t id) {
  const btf_type *type = btf__type_by_id(btf, id);
  if (id == 0 || type == nullptr) return "void";
  switch (btf_kind(type)) {
    case BTF_KIND_PTR:
      return pointer_spelling(btf, type->type);
    case BTF_KIND_CONST:
      return "const " + btf_c_type(btf, type->type);
    case BTF_KIND_VOLATILE:
      return "volatile " + btf_c_type(btf, type->type);
    case BTF_KIND_RESTRICT:
    case BTF_KIND_TYPE_TAG:
      return btf_c_type(btf, type->type);
    case BTF_KIND_STRUCT:
      return tagged("struct", btf, type);
    case BTF_KIND_UNION:
      return tagged("union", btf, type);
    case BTF_KIND_FWD:
      return tagged(btf_kflag(type) ? "union" : "struct", btf, type);
    case BTF_KIND_ENUM:
    case BTF_KIND_ENUM64:
      return tagged("enum", btf, type);
    case BTF_KIND_ARRAY:
      return fmt::format("{}[{}]", btf_c_type(btf, btf_array(type)->type), btf_array(type)->nelems);
    default:
      return name_at(btf, type->name_off);
  }
}

bool btf_fits_trampoline(const btf *btf, uint32_t id) {
  const btf_type *prototype = btf__type_by_id(btf, btf__type_by_id(btf, id)->type);
  const uint32_t parameters = btf_vlen(prototype);
  if (parameters > 0 && btf_params(prototype)[parameters - 1].type == 0) return false;
  return btf_language_type(btf, prototype->type).kind != Kind::record;
}

KernelFunction btf_function(const btf *btf, uint32_t id) {
  const btf_type *type = btf__type_by_id(btf, id);
  const btf_type *prototype = btf__type_by_id(btf, type->type);
  KernelFunction function = {.name = name_at(btf, type->name_off), .btf_id = id};
  for (uint32_t i = 0; i < btf_vlen(prototype); i++) {
    const btf_param &parameter = btf_params(prototype)[i];
    function.variadic = parameter.type == 0;
    if (function.variadic) break;
    const std::string name = name_at(btf, parameter.name_off);
    function.parameters.emplace_back(name, btf_language_type(btf, parameter.type));
    function.declarations.push_back(declaration(btf_c_type(btf, parameter.type), name));
  }
  function.result = btf_language_type(btf, prototype->type);
  function.result_declaration = btf_c_type(btf, prototype->type);
  return function;
}

}  // namespace awl
