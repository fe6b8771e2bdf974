// SPDX-License-Identifier: GPL-2.0-only
// Source lines and dissolved calls of an address, from the debug information of a binary. An inlined call is a scope
// in it, with the place it was called from; the place inside the innermost one is what the line table says.
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>

#include <cstdlib>

#include "runtime/symbols/symbol_file.h"

namespace awl {
namespace {

struct Scopes {
  Dwarf_Die *dies = nullptr;
  int count = 0;
  Scopes() = default;
  Scopes(const Scopes &) = delete;
  Scopes &operator=(const Scopes &) = delete;
  ~Scopes() { std::free(dies); }
};

/// The name that a linker would know, so that it can be told apart from others of that name; else the plain one.
std::string name_of(Dwarf_Die *die) {
  Dwarf_Attribute attribute;
  for (unsigned kind : {DW_AT_linkage_name, DW_AT_MIPS_linkage_name})
    if (Dwarf_Attribute *found = dwarf_attr_integrate(die, kind, &attribute))
      if (const char *name = dwarf_formstring(found)) return name;
  const char *name = dwarf_diename(die);
  return name ? name : "";
}

std::optional<uint64_t> number_of(Dwarf_Die *die, unsigned kind) {
  Dwarf_Attribute attribute;
  Dwarf_Word value = 0;
  if (!dwarf_attr(die, kind, &attribute) || dwarf_formudata(&attribute, &value) != 0) return std::nullopt;
  return value;
}

/// Where the call stood that a scope replaces.
SymbolFile::Line call_site(Dwarf_Die *scope, Dwarf_Die *unit) {
  SymbolFile::Line site;
  Dwarf_Files *files = nullptr;
  size_t count = 0;
  std::optional<uint64_t> file = number_of(scope, DW_AT_call_file);
  if (file && dwarf_getsrcfiles(unit, &files, &count) == 0 && *file < count)
    if (const char *name = dwarf_filesrc(files, *file, nullptr, nullptr)) site.file = name;
  site.line = static_cast<uint32_t>(number_of(scope, DW_AT_call_line).value_or(0));
  return site;
}

/// The scopes that enclose an address in the code as it is, not as it was written.
void find_scopes(Dwarf_Die *unit, Dwarf_Addr address, Scopes &out) {
  Scopes written;
  written.count = dwarf_getscopes(unit, address, &written.dies);
  if (written.count <= 0) return;
  Dwarf_Die innermost = written.dies[0];
  out.count = dwarf_getscopes_die(&innermost, &out.dies);
}

}  // namespace

std::vector<SymbolFile::Line> SymbolFile::lines(uint64_t offset) {
  std::optional<uint64_t> address = address_of(offset);
  if (!address) return {};
  Line line;
  if (Dwfl_Line *found = dwfl_module_getsrc(module_, *address)) {
    int number = 0;
    if (const char *file = dwfl_lineinfo(found, nullptr, &number, nullptr, nullptr, nullptr)) line.file = file;
    line.line = number > 0 ? static_cast<uint32_t>(number) : 0;
  }
  Dwarf_Addr bias = 0;
  Dwarf_Die *unit = dwfl_module_addrdie(module_, *address, &bias);
  std::vector<Line> lines;
  Scopes scopes;
  if (unit) find_scopes(unit, *address - bias, scopes);
  for (int i = 0; i < scopes.count; i++) {
    Dwarf_Die *scope = &scopes.dies[i];
    if (dwarf_tag(scope) == DW_TAG_subprogram) {
      line.name = name_of(scope);
      break;
    }
    if (dwarf_tag(scope) != DW_TAG_inlined_subroutine) continue;
    line.name = name_of(scope);
    lines.push_back(std::move(line));
    line = call_site(scope, unit);
  }
  if (lines.empty() && line.file.empty()) return {};
  lines.push_back(std::move(line));
  return lines;
}

}  // namespace awl
