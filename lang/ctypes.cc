// SPDX-License-Identifier: GPL-2.0-only
#include "lang/ctypes.h"

#include <charconv>

namespace awl {
namespace {

/// "int[2][3]" is two arrays of three, so the leftmost bracket of the suffix is the outermost.
std::optional<Type> array_of_spelling(const CTypes &types, std::string_view spelling) {
  size_t open = spelling.find('['), close = spelling.find(']', open);
  if (close == spelling.npos) return std::nullopt;
  std::string_view digits = spelling.substr(open + 1, close - open - 1);
  uint32_t count = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), count);
  std::string element = std::string(spelling.substr(0, open)) + std::string(spelling.substr(close + 1));
  std::optional<Type> type = type_of_spelling(types, element);
  if (!type) return std::nullopt;
  return array_type(*type, count);
}

}  // namespace

std::optional<Type> type_of_spelling(const CTypes &types, std::string_view spelling) {
  while (spelling.ends_with(' ')) spelling.remove_suffix(1);
  if (spelling.ends_with(']')) return array_of_spelling(types, spelling);
  if (spelling.ends_with('*')) {
    spelling.remove_suffix(1);
    while (spelling.ends_with(' ')) spelling.remove_suffix(1);
    return pointer_type(AddressSpace::none, std::string(spelling));
  }
  return types.find(spelling);
}

std::optional<Type> LayeredTypes::find(std::string_view spelling) const {
  std::optional<Type> found = front_.find(spelling);
  return found ? found : back_.find(spelling);
}

const CStructure *LayeredTypes::structure(std::string_view spelling) const {
  const CStructure *found = front_.structure(spelling);
  return found ? found : back_.structure(spelling);
}

const std::vector<CEnumerator> *LayeredTypes::enumeration(std::string_view spelling) const {
  const std::vector<CEnumerator> *found = front_.enumeration(spelling);
  return found ? found : back_.enumeration(spelling);
}

std::optional<CConstant> LayeredTypes::constant(std::string_view name) const {
  std::optional<CConstant> found = front_.constant(name);
  return found ? found : back_.constant(name);
}

std::vector<std::string> LayeredTypes::known_names() const {
  std::vector<std::string> names = front_.known_names(), more = back_.known_names();
  names.insert(names.end(), more.begin(), more.end());
  return names;
}

}  // namespace awl
