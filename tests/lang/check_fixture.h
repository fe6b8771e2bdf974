// SPDX-License-Identifier: GPL-2.0-only
// Scripts in, what the checker found out as text.
#pragma once
#include <string>

#include "lang/check.h"
#include "lang/dump.h"
#include "tests/lang/fake_provider.h"

namespace awl::test {

/// A script that was checked against fake:, other: (which brings `retval` only) and refused:.
class Checked {
 public:
  explicit Checked(std::string script, CompileOptions options = {})
      : source_{"t.awl", std::move(script)},
        options_(std::move(options)),
        providers_(fake_providers({{.name = "fake"},
                                   {.name = "other", .fields = {{"retval", s64_type, ContextLoad{8}}}},
                                   {.name = "many", .section = "kprobe", .targets = 3},
                                   {.name = "refused", .refuses = true}})) {
    Diagnostics diagnostics;
    ast_ = parse(source_, options_.parameters, diagnostics);
    if (!diagnostics.failed()) program_ = check(source_, ast_, providers_, options_, diagnostics, refused_);
    complaints_ = diagnostics.render(source_, false);
  }
  Checked(const Checked &) = delete;
  Checked &operator=(const Checked &) = delete;

  const std::string &complaints() const { return complaints_; }
  const std::optional<Error> &refused() const { return refused_; }
  const std::optional<CheckedProgram> &program() const { return program_; }
  std::string types() const { return "\n" + (program_ ? complaints_ + dump_types(*program_) : complaints_); }
  std::string plan() const { return "\n" + (program_ ? complaints_ + dump_plan(*program_) : complaints_); }
  /// Maps and events, as the manifest will have them.
  std::string manifest() const {
    if (!program_) return "\n" + complaints_;
    return "\n" + complaints_ + dump_manifest({.maps = program_->maps, .events = program_->events});
  }

 private:
  Source source_;
  CompileOptions options_;
  Providers providers_;
  Ast ast_;
  std::optional<CheckedProgram> program_;
  std::optional<Error> refused_;
  std::string complaints_;
};

inline std::string types(std::string script, CompileOptions options = {}) {
  return Checked(std::move(script), std::move(options)).types();
}
inline std::string plan(std::string script) { return Checked(std::move(script)).plan(); }
inline std::string manifest(std::string script, CompileOptions options = {}) {
  return Checked(std::move(script), std::move(options)).manifest();
}

/// "s64": the type of the only map's values, or of the map called @x.
inline std::string type_of_map(const std::string &script) {
  Checked checked(script);
  if (!checked.program()) return checked.complaints();
  for (const MapDescription &map : checked.program()->maps)
    if (map.name == "@x" || checked.program()->maps.size() == 1) return short_type(map.value);
  return "no map @x";
}

/// The value of a constant expression as the checker knows it, in hexadecimal where it is large.
inline std::string folded(const std::string &expression) {
  Checked checked("fake:x { @x = " + expression + "; }");
  if (!checked.program()) return checked.complaints();
  const CheckedBody &body = checked.program()->bodies[0];
  const auto &block = std::get<Block>((*checked.program()->ast)[body.block->body].node);
  const auto &assign = std::get<Assign>((*checked.program()->ast)[block.statements[0]].node);
  const auto *known = std::get_if<UseConstant>(&body.use_of[static_cast<uint32_t>(assign.value)]);
  return known ? std::to_string(static_cast<int64_t>(known->value)) : "not known";
}

}  // namespace awl::test
