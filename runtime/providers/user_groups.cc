// SPDX-License-Identifier: GPL-2.0-only
// Groups of user probes; see user_groups.h.
#include "runtime/providers/user_groups.h"

#include <map>
#include <tuple>

#include <fmt/format.h>

#include "runtime/providers/functions.h"
#include "runtime/providers/groups.h"
#include "runtime/providers/user_attach.h"

namespace awl {
namespace {

/// Several pieces of code may be one probe: static functions of one name, copies of an inlined one.
void join_namesakes(TargetGroup &group) {
  std::map<std::tuple<std::string, std::string, std::string>, size_t> known;
  std::vector<Target> targets;
  for (Target &target : group.targets) {
    const auto [place, is_new] = known.try_emplace({target.name, target.function, target.attach}, targets.size());
    if (is_new) {
      targets.push_back(std::move(target));
      continue;
    }
    std::vector<CodePlace> &places = targets[place->second].places;
    places.insert(places.end(), target.places.begin(), target.places.end());
  }
  group.targets = std::move(targets);
  if (group.targets.size() == 1) group.identify = Identify::constant;
}

size_t count_places(const std::vector<TargetGroup> &groups) {
  size_t places = 0;
  for (const TargetGroup &group : groups)
    for (const Target &target : group.targets) places += target.places.size();
  return places;
}

}  // namespace

std::vector<TargetGroup> finish_groups(std::vector<TargetGroup> singles, const BodyUses &uses, std::string_view via,
                                       const Kernel &kernel, const UprobeTrials &trials, Diagnostics &diagnostics,
                                       std::optional<Error> &refused) {
  leave_out_incomplete(singles, uses, diagnostics);
  const Result<std::string_view> mechanism = choose_uprobe(trials, via, count_places(singles));
  if (!mechanism) {
    refused = cannot_trace(singles.front().targets.front().name, mechanism.error());
    return {};
  }
  std::vector<TargetGroup> groups = merge_targets(std::move(singles), uses, kernel.has_cookies());
  for (TargetGroup &group : groups) {
    join_namesakes(group);
    group.mechanism = *mechanism;
    group.section = uprobe_section(*mechanism, group.section == uprobe_section(by_uprobe, true));
  }
  return groups;
}

std::vector<std::string> signature_details(const FunctionSignature &signature) {
  std::vector<std::string> details;
  for (const FunctionParameter &parameter : signature.parameters) details.push_back("    " + parameter.declaration);
  details.push_back(fmt::format("    {} retval", signature.result_declaration));
  return details;
}

}  // namespace awl
