// SPDX-License-Identifier: GPL-2.0-only
// Targets that the kernel would not take, while it took others of their group. A provider puts this beside the
// attachments of the others; it is attached to nothing.
#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lang/provider.h"

namespace awl {

class LeftOut final : public Attachment {
 public:
  LeftOut(size_t how_many, std::string sentence) : count(how_many), text(std::move(sentence)) {}
  const size_t count;
  const std::string text;  // names some of them, and says why
};

/// Those among the places where a program is attached.
inline std::vector<const LeftOut *> left_out_of(const std::vector<std::unique_ptr<Attachment>> &places) {
  std::vector<const LeftOut *> found;
  for (const std::unique_ptr<Attachment> &place : places)
    if (const auto *one = dynamic_cast<const LeftOut *>(place.get())) found.push_back(one);
  return found;
}

}  // namespace awl
