// SPDX-License-Identifier: GPL-2.0-only
// What the checker found out: the Ast and, beside it, tables.
//
// A block may stand for several programs (a list of probes whose `args` differ), and the same expression may have
// another type in each. So what is known of expressions belongs to a program (`CheckedProgram::programs`), what is
// known of maps to the whole script.
#pragma once
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "lang/ast.h"
#include "lang/image.h"
#include "lang/provider.h"

namespace awl {

enum class MapNumber : uint32_t {};
enum class LocalNumber : uint32_t {};
enum class EventNumber : uint32_t {};

/// What a name, call or reference turned out to mean.
struct UseNothing {};
struct UseField {
  uint32_t index;  // into TargetGroup::fields
};
struct UseLocal {
  LocalNumber local;
};
struct UseMap {
  MapNumber map;
};
struct UseEvent {  // printf, print, clear, zero, exit, time: the event that the call sends
  EventNumber event;
};
struct UseConstant {  // known at compile time: literals, $1, sizeof ...
  uint64_t value;
};
struct UseText {  // a string known at compile time
  std::string text;
};
struct UseDepth {  // kstack(5): frames that are wanted
  uint32_t frames;
};
struct UseMember {  // a member of a structure, or an element of a tuple or a record
  uint64_t offset = 0;   // bytes from the start of the whole, or from where the pointer leads
  uint8_t shift = 0;     // of a bit-field, in the word at `offset`
  uint8_t bits = 0;      // of a bit-field
  uint8_t word = 0;      // of a bit-field: bytes of that word
  bool pointer = false;  // the object is a pointer
};
struct UseElements {  // an index, or arithmetic with a pointer: bytes from one element to the next
  uint64_t stride = 1;
};
struct UseSymbol {  // nsecs(tai): the function of bpf_lib
  std::string_view symbol;
};
struct UseArguments {};  // `args` as a whole: a record of all fields that are values
using Use = std::variant<UseNothing, UseField, UseLocal, UseMap, UseEvent, UseConstant, UseText, UseDepth, UseMember,
                         UseElements, UseSymbol, UseArguments>;

/// A side table for the expressions of one block. The parser numbers them one after the other, so a script of
/// thousands of blocks does not need a table of all its expressions for each.
template <class T>
class ExprTable {
 public:
  void cover(uint32_t first, uint32_t end) {
    first_ = first;
    values_.assign(end - first, T{});
  }
  T &operator[](uint32_t id) { return values_[id - first_]; }
  const T &operator[](uint32_t id) const { return values_[id - first_]; }
  uint32_t first() const { return first_; }
  uint32_t end() const { return first_ + static_cast<uint32_t>(values_.size()); }

 private:
  uint32_t first_ = 0;
  std::vector<T> values_;
};

struct CheckedBody {
  const ProbeBlock *block = nullptr;
  TargetGroup group;
  uint32_t first_probe = 0;  // number of the group's first target in Manifest::probes
  ExprTable<Type> type_of;   // by ExprId
  ExprTable<Use> use_of;     // by ExprId
  std::vector<Type> locals;  // by LocalNumber
  /// Variables that a statement brings: of `let`; of a loop over numbers its variable and where it started; of a
  /// loop over a map its pair.
  std::unordered_map<uint32_t, std::vector<LocalNumber>> locals_of;  // by StmtId
  bool has_loops = false;
};

struct CheckedProgram {
  const Source *source = nullptr;
  const Ast *ast = nullptr;
  std::vector<MapDescription> maps;      // by MapNumber
  std::vector<EventDescription> events;  // by EventNumber
  Names names;
  std::vector<CheckedBody> bodies;
};

}  // namespace awl
