// SPDX-License-Identifier: GPL-2.0-only
// Names in probe specs; see provider.h.
#include "lang/provider.h"

#include <algorithm>

#include "src/base/text.h"

namespace awl {
namespace {

/// Names may be written in any case. One or two letters are an abbreviation and count as written: `u` and `U` are
/// different providers.
bool is_called(std::string_view name, std::string_view written) {
  return name.size() <= 2 ? name == written : name == to_lower(written);
}

}  // namespace

bool BodyUses::uses(std::string_view field) const {
  if (all_arguments && field.starts_with("args.")) return true;
  return std::ranges::find(fields, field) != fields.end();
}

const Provider *find_provider(const Providers &providers, std::string_view spec) {
  // `tick-1s` and `profile-997` are DTrace's way to write what others write with a colon.
  const std::string_view written = spec.substr(0, spec.find_first_of(":-"));
  for (const std::unique_ptr<Provider> &provider : providers) {
    const ProviderDoc doc = provider->doc();
    if (is_called(doc.name, written)) return provider.get();
    for (std::string_view alias : doc.aliases)
      if (is_called(alias, written)) return provider.get();
  }
  return nullptr;
}

}  // namespace awl
