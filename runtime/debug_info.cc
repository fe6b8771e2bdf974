// SPDX-License-Identifier: GPL-2.0-only
// Functions and lines from DWARF, through libdw; see debug_info.h.
//
// Where a parameter lies when its function is entered, two sources tell. The calling convention is right for every
// function that keeps to it, also for code that is not optimised, whose own description is true only after the
// prologue has moved the arguments. A description that names a register, or the caller's part of the stack, at the
// very first instruction is right even where the optimiser changed the convention, so it is asked first.
#include "runtime/debug_info.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include <fmt/format.h>

#include "runtime/dwarf_structures.h"
#include "runtime/dwarf_types.h"

namespace awl {
namespace {

struct CompileUnit {
  Dwarf_Die die;
  bool functions_read = false;
};
struct UnitRange {
  uint64_t begin, end;
  size_t unit;
};

std::string name_of(Dwarf_Die die) {
  const char *name = dwarf_diename(&die);
  return name == nullptr ? "" : name;
}

/// Where the description says that a parameter lies at the address; nothing when it does not say so plainly.
std::optional<ArgumentPlace> described_place(Dwarf_Die parameter, uint64_t address) {
  Dwarf_Attribute location;
  Dwarf_Op *operations = nullptr;
  size_t count = 0;
  if (dwarf_attr_integrate(&parameter, DW_AT_location, &location) == nullptr) return std::nullopt;
  if (dwarf_getlocation_addr(&location, address, &operations, &count, 1) < 1 || count != 1) return std::nullopt;
  const Dwarf_Op &only = operations[0];
  if (only.atom >= DW_OP_reg0 && only.atom <= DW_OP_reg31) {
    const std::optional<Register> reg = register_numbered(only.atom - DW_OP_reg0);
    if (reg) return ArgumentPlace(*reg);
    return ArgumentPlace();
  }
  // Counted from the caller's frame, which begins above the return address; what lies below is the function's own.
  const auto distance = static_cast<int64_t>(only.number);
  if (only.atom == DW_OP_fbreg && distance >= 0) return ArgumentPlace(distance + 8);
  if (only.atom == DW_OP_call_frame_cfa) return ArgumentPlace(int64_t(8));
  return std::nullopt;
}

/// The optimiser took parameters away from these, or replaced them.
bool keeps_convention(std::string_view symbol) {
  return symbol.find(".isra") == symbol.npos && symbol.find(".constprop") == symbol.npos &&
         symbol.find(".part") == symbol.npos && symbol.find(".cold") == symbol.npos;
}

/// Go describes results like parameters, marked as variable.
bool is_result(Dwarf_Die die) {
  Dwarf_Attribute flag;
  bool is_variable = false;
  return dwarf_attr_integrate(&die, DW_AT_variable_parameter, &flag) != nullptr &&
         dwarf_formflag(&flag, &is_variable) == 0 && is_variable;
}

std::vector<Dwarf_Die> parameters_of(Dwarf_Die function) {
  std::vector<Dwarf_Die> parameters;
  Dwarf_Die child;
  if (dwarf_child(&function, &child) != 0) return parameters;
  do {
    if (dwarf_tag(&child) == DW_TAG_formal_parameter) parameters.push_back(child);
  } while (dwarf_siblingof(&child, &child) == 0);
  return parameters;
}

std::string declare(std::optional<Dwarf_Die> type, const std::string &name) {
  return name.empty() ? dwarf_c_type(type) : fmt::format("{} {}", dwarf_c_type(type), name);
}

FunctionSignature signature_of(Dwarf_Die function, std::string_view symbol, uint64_t address, Convention convention,
                               const DwarfStructures &structures) {
  FunctionSignature signature;
  std::optional<Dwarf_Die> result = referred_die(function, DW_AT_type);
  std::vector<Dwarf_Die> parameters;
  for (const Dwarf_Die &die : parameters_of(function)) {
    if (convention == Convention::go && is_result(die))
      result = result ? result : referred_die(die, DW_AT_type);
    else
      parameters.push_back(die);
  }
  signature.result = structures.type_of(result);
  signature.result_declaration = dwarf_c_type(result);
  std::vector<Shape> shapes;
  for (const Dwarf_Die &die : parameters) shapes.push_back(dwarf_shape(referred_die(die, DW_AT_type), convention));
  const bool in_memory = result && dwarf_shape(result, convention).in_memory;
  const std::vector<ArgumentPlace> places = place_arguments(convention, shapes, in_memory);
  for (size_t i = 0; i < parameters.size(); i++) {
    const std::optional<Dwarf_Die> type = referred_die(parameters[i], DW_AT_type);
    FunctionParameter parameter = {.name = name_of(parameters[i]), .type = structures.type_of(type)};
    parameter.declaration = declare(type, parameter.name);
    const ArgumentPlace by_convention = keeps_convention(symbol) ? places[i] : ArgumentPlace();
    parameter.place = described_place(parameters[i], address).value_or(by_convention);
    signature.parameters.push_back(std::move(parameter));
  }
  return signature;
}

/// "/usr/src/x/main.c" is called main.c, x/main.c ...
bool is_called(std::string_view path, std::string_view name) {
  return path == name || (path.ends_with(name) && path[path.size() - name.size() - 1] == '/');
}

}  // namespace

struct DebugInfo::State {
  const ElfFile &elf;
  DwarfStructures structures;
  bool units_read = false;
  Dwarf *dwarf = nullptr;  // owned by elf's module
  GElf_Addr bias = 0;      // of the module's addresses over DWARF's
  std::vector<CompileUnit> units;
  std::vector<UnitRange> ranges;
  std::map<uint64_t, Dwarf_Die> functions;  // by DWARF's address, of the units that were read

  void read_units();
  void read_functions(CompileUnit &unit);
  CompileUnit *unit_of(uint64_t address);
  void find_line(CompileUnit &unit, std::string_view file, int line, LineSearch &found);
};

void DebugInfo::State::read_units() {
  if (units_read) return;
  units_read = true;
  dwarf = dwfl_module_getdwarf(elf.module(), &bias);
  if (dwarf == nullptr) return;
  Dwarf_CU *unit = nullptr;
  Dwarf_Die die, split;
  while (dwarf_get_units(dwarf, unit, &unit, nullptr, nullptr, &die, &split) == 0) {
    if (dwarf_tag(&die) == DW_TAG_skeleton_unit && dwarf_tag(&split) == DW_TAG_compile_unit) die = split;
    if (dwarf_tag(&die) != DW_TAG_compile_unit) continue;
    units.push_back({die});
    Dwarf_Addr base = 0, begin = 0, end = 0;
    for (ptrdiff_t at = 0; (at = dwarf_ranges(&die, at, &base, &begin, &end)) > 0;)
      ranges.push_back({begin, end, units.size() - 1});
  }
  std::ranges::sort(ranges, {}, &UnitRange::begin);
}

void DebugInfo::State::read_functions(CompileUnit &unit) {
  if (unit.functions_read) return;
  unit.functions_read = true;
  const auto add = [](Dwarf_Die *die, void *map) {
    Dwarf_Addr entry = 0;
    if (dwarf_entrypc(die, &entry) == 0) static_cast<std::map<uint64_t, Dwarf_Die> *>(map)->emplace(entry, *die);
    return int(DWARF_CB_OK);
  };
  dwarf_getfuncs(&unit.die, add, &functions, 0);
}

CompileUnit *DebugInfo::State::unit_of(uint64_t address) {
  auto place = std::ranges::upper_bound(ranges, address, {}, &UnitRange::begin);
  if (place == ranges.begin()) return nullptr;
  --place;
  return address < place->end ? &units[place->unit] : nullptr;
}

DebugInfo::DebugInfo(const ElfFile &elf, std::string label)
    : state_(std::make_unique<State>(State{.elf = elf, .structures = DwarfStructures(std::move(label))})) {}
DebugInfo::~DebugInfo() = default;

bool DebugInfo::exists() const {
  state_->read_units();
  return !state_->units.empty();
}

const CTypes &DebugInfo::types() const { return state_->structures; }

std::optional<FunctionSignature> DebugInfo::signature(const ElfFunction &function) const {
  state_->read_units();
  const uint64_t address = function.address - state_->bias;
  CompileUnit *unit = state_->unit_of(address);
  if (unit == nullptr) return std::nullopt;
  state_->read_functions(*unit);
  const auto found = state_->functions.find(address);
  if (found == state_->functions.end()) return std::nullopt;
  const Convention convention = state_->elf.is_go(function) ? Convention::go : Convention::c;
  return signature_of(found->second, function.name, address, convention, state_->structures);
}

// --- inlined functions ------------------------------------------------------------------------------------------

namespace {

struct InlineSearch {
  std::string_view name;
  const DwarfStructures &structures;
  std::vector<InlinedCall> calls = {};
};

int add_instance(Dwarf_Die *instance, void *given) {
  auto &search = *static_cast<InlineSearch *>(given);
  Dwarf_Addr address = 0;
  if (dwarf_entrypc(instance, &address) != 0) return DWARF_CB_OK;
  InlinedCall call = {.address = address};
  for (const Dwarf_Die &die : parameters_of(*instance)) {
    const std::optional<Dwarf_Die> type = referred_die(die, DW_AT_type);
    FunctionParameter parameter = {.name = name_of(die), .type = search.structures.type_of(type)};
    parameter.declaration = declare(type, parameter.name);
    parameter.place = described_place(die, address).value_or(ArgumentPlace());
    // The stack pointer has moved since the entry of the function around it.
    if (!std::holds_alternative<Register>(parameter.place)) parameter.place = ArgumentPlace();
    call.signature.parameters.push_back(std::move(parameter));
  }
  search.calls.push_back(std::move(call));
  return DWARF_CB_OK;
}

int search_instances(Dwarf_Die *function, void *search) {
  const char *name = dwarf_diename(function);
  if (name != nullptr && name == static_cast<InlineSearch *>(search)->name && dwarf_func_inline(function) != 0)
    dwarf_func_inline_instances(function, add_instance, search);
  return DWARF_CB_OK;
}

}  // namespace

std::vector<InlinedCall> DebugInfo::inlined_calls(std::string_view function) const {
  state_->read_units();
  InlineSearch search = {.name = function, .structures = state_->structures};
  for (CompileUnit &unit : state_->units) dwarf_getfuncs(&unit.die, search_instances, &search, 0);
  for (InlinedCall &call : search.calls) call.address += state_->bias;
  return std::move(search.calls);
}

// --- lines -----------------------------------------------------------------------------------------------------

namespace {

/// Where the innermost function around the address is described, inlined ones included, and its name.
std::pair<Dwarf_Off, std::string> function_around(Dwarf_Die unit, uint64_t address) {
  Dwarf_Die *scopes = nullptr;
  const int count = dwarf_getscopes(&unit, address, &scopes);
  std::pair<Dwarf_Off, std::string> around = {0, ""};
  for (int i = 0; i < count; i++) {
    const int tag = dwarf_tag(&scopes[i]);
    if (tag != DW_TAG_subprogram && tag != DW_TAG_inlined_subroutine) continue;
    around = {dwarf_dieoffset(&scopes[i]), name_of(scopes[i])};
    break;
  }
  std::free(scopes);
  return around;
}

}  // namespace

void DebugInfo::State::find_line(CompileUnit &unit, std::string_view file, int line, LineSearch &found) {
  Dwarf_Files *files = nullptr;
  Dwarf_Lines *lines = nullptr;
  size_t file_count = 0, line_count = 0;
  if (dwarf_getsrcfiles(&unit.die, &files, &file_count) != 0) return;
  bool has_file = false;
  for (size_t i = 0; i < file_count && !has_file; i++) {
    const char *path = dwarf_filesrc(files, i, nullptr, nullptr);
    has_file = path != nullptr && is_called(path, file);
  }
  if (!has_file || dwarf_getsrclines(&unit.die, &lines, &line_count) != 0) return;
  found.has_file = true;
  std::map<Dwarf_Off, LinePlace> first;  // by function
  for (size_t i = 0; i < line_count; i++) {
    Dwarf_Line *row = dwarf_onesrcline(lines, i);
    const char *path = dwarf_linesrc(row, nullptr, nullptr);
    int number = 0;
    bool is_statement = false, is_end = false;
    Dwarf_Addr address = 0;
    dwarf_lineno(row, &number);
    dwarf_lineaddr(row, &address);
    dwarf_linebeginstatement(row, &is_statement);
    dwarf_lineendsequence(row, &is_end);
    if (path == nullptr || !is_called(path, file) || number < line || is_end || !is_statement) continue;
    if (number > line && (!found.next_line || number < *found.next_line)) found.next_line = number;
    if (number > line) continue;
    const auto [function, name] = function_around(unit.die, address);
    const auto [place, is_new] = first.try_emplace(function, LinePlace{address + bias, name});
    if (!is_new) place->second.address = std::min(place->second.address, address + bias);
  }
  for (auto &[function, place] : first) found.places.push_back(std::move(place));
}

LineSearch DebugInfo::find_line(std::string_view file, int line) const {
  state_->read_units();
  LineSearch found;
  for (CompileUnit &unit : state_->units) state_->find_line(unit, file, line, found);
  std::ranges::sort(found.places, {}, &LinePlace::address);
  const auto repeated = std::ranges::unique(found.places, {}, &LinePlace::address);
  found.places.erase(repeated.begin(), repeated.end());
  return found;
}

}  // namespace awl
