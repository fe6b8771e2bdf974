// SPDX-License-Identifier: GPL-2.0-only
#include "lang/cdecl_layout.h"

#include <algorithm>

namespace awl {
namespace {

uint64_t round_up(uint64_t value, uint64_t to) { return (value + to - 1) / to * to; }

/// Places one member after the other; all counts are in bits.
class Layout {
 public:
  Layout(const DeclaredTypes &types, const LayoutRules &rules, bool is_union)
      : types_(types), rules_(rules), is_union_(is_union), alignment_(rules.aligned) {}

  uint64_t place(const MemberToLay &member) {
    const uint64_t bits = 8 * uint64_t{memory_size(member.type)};
    const uint64_t alignment = rules_.packed ? 1 : types_.alignment_of(member.type);
    if (is_union_) next_ = 0;
    uint64_t at = 0, taken = bits;
    if (member.bits) {
      taken = *member.bits;
      at = place_bits(taken, bits, alignment);
    } else {
      at = next_ = round_up(next_, 8 * alignment);
    }
    if (!member.bits || !member.name.empty()) alignment_ = std::max(alignment_, alignment);
    next_ += taken;
    end_ = std::max(end_, next_);
    return at;
  }

  uint64_t alignment() const { return alignment_; }
  uint64_t size() const { return round_up(round_up(end_, 8) / 8, alignment_); }

 private:
  /// A bit-field may not lie over the border of two units of its type; one of no bits ends its unit.
  uint64_t place_bits(uint64_t bits, uint64_t unit, uint64_t alignment) {
    const bool crosses = !rules_.packed && bits > 0 && next_ / unit != (next_ + bits - 1) / unit;
    if (bits == 0 || crosses) next_ = round_up(next_, rules_.packed ? unit : 8 * alignment);
    return next_;
  }

  const DeclaredTypes &types_;
  const LayoutRules &rules_;
  bool is_union_;
  uint64_t next_ = 0, end_ = 0;
  uint64_t alignment_;
};

}  // namespace

uint64_t lay_out(const DeclaredTypes &types, const std::vector<MemberToLay> &members, const LayoutRules &rules,
                 CStructure &structure) {
  Layout layout(types, rules, structure.is_union);
  for (const MemberToLay &member : members) {
    const uint64_t offset = layout.place(member);
    const bool filler = member.bits && member.name.empty();
    if (!filler) structure.members.push_back({member.name, member.type, offset, member.bits.value_or(0)});
  }
  structure.size = layout.size();
  return layout.alignment();
}

}  // namespace awl
