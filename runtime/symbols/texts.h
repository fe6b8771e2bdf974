// SPDX-License-Identifier: GPL-2.0-only
// Texts that are kept once each and never move, so that symbols can point at them.
#pragma once
#include <string>
#include <string_view>
#include <unordered_set>

namespace awl {

class Texts {
 public:
  std::string_view keep(std::string text) { return *kept_.insert(std::move(text)).first; }

 private:
  std::unordered_set<std::string> kept_;
};

}  // namespace awl
