// SPDX-License-Identifier: GPL-2.0-only
// What a script declares in C: structures, unions, enumerations, typedefs, and constants with `#define`. A small
// parser of our own reads them (cdecl_parse.cc) and lays them out as gcc does on x86-64 (cdecl_layout.cc): awl carries
// no compiler for C, and needs none, because everything that is the kernel's has a description in the kernel.
#pragma once
#include <map>
#include <string>

#include "lang/ctypes.h"
#include "src/base/diag.h"

namespace awl {

class DeclaredTypes final : public CTypes {
 public:
  /// `outside` has the types that declarations may use besides their own; null: there are none.
  explicit DeclaredTypes(const CTypes *outside = nullptr) : outside_(outside) {}

  std::optional<Type> find(std::string_view spelling) const override;
  const CStructure *structure(std::string_view spelling) const override;
  const std::vector<CEnumerator> *enumeration(std::string_view spelling) const override;
  std::optional<CConstant> constant(std::string_view name) const override;
  std::vector<std::string> known_names() const override;

  /// One or more declarations, each with its `;`.
  void declare(const Source &source, Span text, Diagnostics &diagnostics);
  /// What stands behind `#define`: a name and what it stands for.
  void define(const Source &source, Span text, Diagnostics &diagnostics);
  void undefine(const Source &source, Span text);
  bool is_defined(std::string_view name) const;
  /// The condition of an `#if`.
  bool condition(const Source &source, Span text, Diagnostics &diagnostics) const;
  /// What a name was defined as; null when it was not.
  const std::string *definition(std::string_view name) const;

  // For the parser of declarations.
  void add_structure(CStructure structure, uint64_t alignment);
  void add_enumeration(std::string spelling, std::vector<CEnumerator> enumerators);
  void add_typedef(std::string name, Type type, std::string spelling);
  void add_constant(std::string name, int64_t value, const Type &type);
  /// The type of a spelling without `*` and `[N]`, from here or outside.
  std::optional<Type> type_of(std::string_view spelling) const;
  uint64_t alignment_of(const Type &type) const;
  std::string unnamed(std::string_view tag);
  const std::string &resolved(const std::string &name) const;

 private:
  struct Laid {
    CStructure structure;
    uint64_t alignment;
  };
  struct Alias {
    Type type;
    std::string spelling;
  };

  const CTypes *outside_;
  std::map<std::string, Laid, std::less<>> structures_;
  std::map<std::string, std::vector<CEnumerator>, std::less<>> enumerations_;
  std::map<std::string, Alias, std::less<>> typedefs_;
  std::map<std::string, CConstant, std::less<>> constants_;
  std::map<std::string, std::string, std::less<>> definitions_;
  size_t unnamed_ = 0;
};

/// The value of a constant expression in C, in which names are those of `types`.
std::optional<int64_t> evaluate(const DeclaredTypes &types, std::string_view text);

}  // namespace awl
