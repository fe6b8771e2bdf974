// SPDX-License-Identifier: GPL-2.0-only
// What all providers need to take a spec apart, to place messages in it and to answer listings.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "lang/provider.h"

namespace awl {

/// What follows the provider's name and its colon; empty when there is no colon. A view into the spec's text.
std::string_view after_provider(const ProbeSpec &spec);

/// The place of `part`, a view into spec.text, in the script. The whole spec where its text is not the script's own
/// (a parameter was put in).
Span part_span(const ProbeSpec &spec, std::string_view part);

/// False when no line "provider:..." can match the glob, so that the kernel need not be asked.
bool may_list(std::string_view glob, std::string_view provider);

/// True when the glob names the provider with at least one letter, rather than `*` for all of them.
bool asks_for(std::string_view glob, std::string_view provider);

/// "`a`, `b` and 3 more", for messages about several targets.
std::string some_of(const std::vector<Target> &targets);

}  // namespace awl
