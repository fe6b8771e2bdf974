// SPDX-License-Identifier: GPL-2.0-only
// C types that scripts name: those of the running kernel (BTF), those of a traced program, and those that the script
// declares itself. The compiler asks through this interface and never learns where a type came from; the manifest
// gets what is needed to print values, so that the runtime does not ask at all.
//
// A type is named by its C spelling in a normal form: one space between words, `*` and `[N]` behind: "unsigned int",
// "struct file", "struct file *", "char *[3]", "enum pid_type". Types without a name get one that C cannot spell
// ("struct {12}").
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/type.h"

namespace awl {

struct CMember {
  std::string name;  // empty: an anonymous structure or union, whose members are reached through it
  Type type;
  uint64_t bit_offset = 0;  // from the start of the structure
  uint32_t bits = 0;        // of a bit-field; 0: the whole type
};

struct CStructure {
  std::string spelling;  // "struct file"
  uint64_t size = 0;     // bytes
  bool is_union = false;
  std::vector<CMember> members;
};

struct CEnumerator {
  std::string name;
  int64_t value = 0;
};

struct CConstant {
  uint64_t value = 0;
  Type type;  // integer; an enumerator's has its enumeration's name. Or a string:
  std::string text = {};
};

class CTypes {
 public:
  virtual ~CTypes() = default;
  /// The type that a spelling without `*` and `[N]` stands for; nothing when it is not known.
  virtual std::optional<Type> find(std::string_view spelling) const = 0;
  /// Members of "struct X" or "union X", or null. Valid as long as this object.
  virtual const CStructure *structure(std::string_view spelling) const = 0;
  /// Names and values of "enum X", or null.
  virtual const std::vector<CEnumerator> *enumeration(std::string_view spelling) const = 0;
  /// An enumerator or a constant macro.
  virtual std::optional<CConstant> constant(std::string_view name) const = 0;
  /// Spellings to choose a near one from, for did-you-mean.
  virtual std::vector<std::string> known_names() const = 0;
};

/// The type of a whole spelling, `*` and `[N]` included.
std::optional<Type> type_of_spelling(const CTypes &types, std::string_view spelling);

/// One set of types in front of another, which it shadows: the script's before the kernel's.
class LayeredTypes final : public CTypes {
 public:
  LayeredTypes(const CTypes &front, const CTypes &back) : front_(front), back_(back) {}
  std::optional<Type> find(std::string_view spelling) const override;
  const CStructure *structure(std::string_view spelling) const override;
  const std::vector<CEnumerator> *enumeration(std::string_view spelling) const override;
  std::optional<CConstant> constant(std::string_view name) const override;
  std::vector<std::string> known_names() const override;

 private:
  const CTypes &front_, &back_;
};

}  // namespace awl
