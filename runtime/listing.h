// SPDX-License-Identifier: GPL-2.0-only
// What `awl -l` prints: every probe that a pattern matches, over all providers, each line fit to be pasted back.
#pragma once
#include <string_view>
#include <vector>

#include "lang/provider.h"

namespace awl {

class Kernel;

struct Listing {
  std::vector<Listed> probes;      // sorted by name
  std::vector<Error> unavailable;  // providers that could not say what they have
};

/// A pattern is a glob over whole names. Without a colon it is looked for behind every provider's name, unless it is
/// one; the provider may be given by an alias. Nothing found is an error with the nearest name, or the reason why a
/// provider could not answer.
Result<Listing> list_probes(const Providers &providers, std::string_view pattern, bool details);

/// "struct task_*", "union ...", "enum ...": a pattern for types rather than probes.
bool is_type_pattern(std::string_view pattern);
/// The kernel's types of that kind and name, as C.
Result<Listing> list_types(const Kernel &kernel, std::string_view pattern, bool details);

}  // namespace awl
