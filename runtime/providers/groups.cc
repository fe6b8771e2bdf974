// SPDX-License-Identifier: GPL-2.0-only
// From single targets to groups; see groups.h.
#include "runtime/providers/groups.h"

#include <algorithm>

#include "runtime/providers/spec.h"

namespace awl {
namespace {

bool has_field(const TargetGroup &group, std::string_view name) {
  return std::ranges::find(group.fields, name, &Field::name) != group.fields.end();
}

/// Take out what lacks the field, unless nobody has it: then the checker says so better.
void leave_out(std::vector<TargetGroup> &singles, const std::string &field, Diagnostics &diagnostics) {
  const auto lacking =
      std::ranges::stable_partition(singles, [&](const TargetGroup &one) { return has_field(one, field); });
  if (lacking.empty() || lacking.begin() == singles.begin()) return;
  std::vector<Target> left_out;
  for (const TargetGroup &one : lacking) left_out.push_back(one.targets.front());
  diagnostics.warning(singles.front().span, "left out because they have no `{}`: {}", field, some_of(left_out));
  singles.erase(lacking.begin(), lacking.end());
}

bool share_program(const TargetGroup &a, const TargetGroup &b, const BodyUses &uses) {
  return a.section == b.section && a.mechanism == b.mechanism &&
         used_fields(a.fields, uses) == used_fields(b.fields, uses);
}

/// What a program may name is what all its targets have.
void add_target(TargetGroup &group, TargetGroup one) {
  std::erase_if(group.fields,
                [&](const Field &field) { return std::ranges::find(one.fields, field) == one.fields.end(); });
  group.targets.push_back(std::move(one.targets.front()));
}

}  // namespace

std::vector<Field> used_fields(const std::vector<Field> &fields, const BodyUses &uses) {
  std::vector<Field> used;
  for (const Field &field : fields)
    if (uses.uses(field.name)) used.push_back(field);
  return used;
}

void leave_out_incomplete(std::vector<TargetGroup> &singles, const BodyUses &uses, Diagnostics &diagnostics) {
  for (const std::string &field : uses.fields) leave_out(singles, field, diagnostics);
}

std::vector<TargetGroup> merge_targets(std::vector<TargetGroup> singles, const BodyUses &uses, bool has_cookies) {
  std::vector<TargetGroup> groups;
  for (TargetGroup &one : singles) {
    const bool may_share = has_cookies || !uses.identity;
    const auto same = std::ranges::find_if(
        groups, [&](const TargetGroup &group) { return may_share && share_program(group, one, uses); });
    if (same == groups.end())
      groups.push_back(std::move(one));
    else
      add_target(*same, std::move(one));
  }
  for (TargetGroup &group : groups)
    if (uses.identity && group.targets.size() > 1) group.identify = Identify::cookie;
  return groups;
}

}  // namespace awl
