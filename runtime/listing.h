// SPDX-License-Identifier: GPL-2.0-only
// What `awl -l` prints: every probe that a pattern matches, over all providers, each line fit to be pasted back.
#pragma once
#include <string_view>
#include <vector>

#include "lang/provider.h"

namespace awl {

struct Listing {
  std::vector<Listed> probes;      // sorted by name
  std::vector<Error> unavailable;  // providers that could not say what they have
};

/// A pattern is a glob over whole names. Without a colon it is looked for behind every provider's name, unless it is
/// one; the provider may be given by an alias. Nothing found is an error with the nearest name, or the reason why a
/// provider could not answer.
Result<Listing> list_probes(const Providers &providers, std::string_view pattern, bool details);

}  // namespace awl
