// SPDX-License-Identifier: GPL-2.0-only
// Listings; see listing.h.
#include "runtime/listing.h"

#include <algorithm>

#include <fmt/format.h>

#include "src/base/text.h"

namespace awl {
namespace {

/// The glob over whole names that a pattern stands for.
std::string whole_glob(const Providers &providers, std::string_view pattern) {
  const size_t colon = pattern.find(':');
  const Provider *provider = find_provider(providers, pattern);
  if (colon == pattern.npos && provider == nullptr) return fmt::format("*:{}", pattern.empty() ? "*" : pattern);
  if (provider == nullptr) return std::string(pattern);
  return fmt::format("{}:{}", provider->doc().name, colon == pattern.npos ? "*" : pattern.substr(colon + 1));
}

/// Each provider's list is sorted, and all its lines begin with its name: in the order of the names there is rarely
/// anything left to sort.
Listing collect(const Providers &providers, std::string_view glob, bool details) {
  std::vector<const Provider *> by_name;
  for (const std::unique_ptr<Provider> &provider : providers) by_name.push_back(provider.get());
  std::ranges::sort(by_name, {}, [](const Provider *provider) { return provider->doc().name; });
  Listing listing;
  for (const Provider *provider : by_name) {
    Result<std::vector<Listed>> listed = provider->list(glob, details);
    if (!listed)
      listing.unavailable.push_back(listed.error());
    else
      std::ranges::move(*listed, std::back_inserter(listing.probes));
  }
  if (!std::ranges::is_sorted(listing.probes, {}, &Listed::name))
    std::ranges::sort(listing.probes, {}, &Listed::name);
  return listing;
}

/// "kprobe:vfs_raed" is compared with all of the same provider's, "vfs_raed" with all probes there are.
std::string nearest(const Providers &providers, std::string_view glob) {
  const std::string_view provider = glob.substr(0, glob.find(':'));
  const Listing all = collect(providers, fmt::format("{}:*", provider), false);
  const std::string_view word = provider == "*" ? glob.substr(provider.size() + 1) : glob;
  std::vector<std::string_view> names;
  for (const Listed &listed : all.probes) {
    const std::string_view name = listed.name;
    names.push_back(provider == "*" ? name.substr(name.rfind(':') + 1) : name);
  }
  const std::optional<std::string_view> near = is_glob(word) ? std::nullopt : did_you_mean(word, names);
  return near ? fmt::format("did you mean `{}`?", *near) : "to see them all: awl -l '*'";
}

}  // namespace

Result<Listing> list_probes(const Providers &providers, std::string_view pattern, bool details) {
  const std::string glob = whole_glob(providers, pattern);
  Listing listing = collect(providers, glob, details);
  if (!listing.probes.empty()) return listing;
  // Only who asked for a provider's probes wants to know why it has none.
  if (!listing.unavailable.empty() && glob[0] != '*') return listing.unavailable.front();
  return Error{.what = fmt::format("no probe matches `{}`", pattern), .help = nearest(providers, glob)};
}

}  // namespace awl
