// SPDX-License-Identifier: GPL-2.0-only
// Taking specs apart; see spec.h.
#include "runtime/providers/spec.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

namespace awl {

std::string_view after_provider(const ProbeSpec &spec) {
  const std::string_view text = spec.text;
  const size_t colon = text.find(':');
  return colon == text.npos ? std::string_view() : text.substr(colon + 1);
}

Span part_span(const ProbeSpec &spec, std::string_view part) {
  const std::string_view text = spec.text;
  const bool inside = std::greater_equal<>()(part.data(), text.data()) &&
                      std::less_equal<>()(part.data() + part.size(), text.data() + text.size());
  if (!inside || part.empty() || spec.span.end - spec.span.begin != text.size()) return spec.span;
  const uint32_t begin = spec.span.begin + static_cast<uint32_t>(part.data() - text.data());
  return {begin, begin + static_cast<uint32_t>(part.size())};
}

bool may_list(std::string_view glob, std::string_view provider) {
  const std::string_view name = glob.substr(0, glob.find(':'));
  // A `*` may stand for the colon, too, so only what comes before the first wildcard can rule anything out.
  const std::string_view fixed = name.substr(0, name.find_first_of("*?["));
  return fixed.size() == name.size() ? name == provider : provider.starts_with(fixed);
}

bool asks_for(std::string_view glob, std::string_view provider) {
  const std::string_view name = glob.substr(0, glob.find(':'));
  return name.find_first_not_of('*') != name.npos && may_list(glob, provider);
}

std::string some_of(const std::vector<Target> &targets) {
  constexpr size_t shown = 2;
  std::string text;
  for (size_t i = 0; i < std::min(shown, targets.size()); i++)
    text += fmt::format("{}`{}`", i > 0 ? ", " : "", targets[i].name);
  if (targets.size() > shown) text += fmt::format(" and {} more", targets.size() - shown);
  return text;
}

}  // namespace awl
