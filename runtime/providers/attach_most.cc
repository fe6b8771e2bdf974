// SPDX-License-Identifier: GPL-2.0-only
// Halving what the kernel refuses; see attach_most.h.
#include "runtime/providers/attach_most.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/left_out.h"
#include "runtime/providers/spec.h"

namespace awl {
namespace {

/// More refusals than that are no exceptions, and finding each takes time.
constexpr size_t most_refused = 256;

/// A refusal undoes all that was attached before it, so thousands of places are not halved again and again but cut into
/// pieces, most of which the kernel takes.
constexpr size_t few = 64;

class Halving {
 public:
  explicit Halving(const AttachPlaces &attach) : attach_(attach) {}

  /// False when places were refused. What is known to hold one of them is not tried as a whole again.
  bool attach(size_t begin, size_t end, bool is_known) {
    if (failed) return true;
    const bool is_one = end - begin == 1;
    if (!is_known || is_one) {
      Result<std::unique_ptr<Attachment>> link = attach_(begin, end);
      if (link) links.push_back(std::move(*link));
      if (link || !take(link.error(), begin, is_one)) return bool(link);
    }
    if (end - begin > few) {
      for (size_t part = begin; part < end; part += few) attach(part, std::min(part + few, end), false);
      return false;
    }
    const size_t middle = begin + (end - begin) / 2;
    const bool is_whole = attach(begin, middle, false);
    attach(middle, end, is_whole);
    return false;
  }

  Attachments links;
  std::vector<size_t> refused;  // places
  std::optional<Error> reason;  // of the first
  bool failed = false;

 private:
  /// True when halving goes on. What comes with advice is about the machine and not about a place.
  bool take(const Error &error, size_t place, bool is_one) {
    failed = error.kind == ErrorKind::permission || !error.help.empty();
    if (is_one) refused.push_back(place);
    failed |= refused.size() > most_refused;
    if (failed || (is_one && !reason)) reason = error;
    return !failed && !is_one;
  }

  const AttachPlaces &attach_;
};

std::unique_ptr<Attachment> left_out(const std::vector<Target> &targets, const std::vector<size_t> &places,
                 const std::vector<size_t> &refused, const Error &reason) {
  std::vector<size_t> indices;
  for (const size_t place : refused) indices.push_back(places[place]);
  std::ranges::sort(indices);
  indices.erase(std::ranges::unique(indices).begin(), indices.end());
  std::vector<Target> missing;
  for (const size_t index : indices) missing.push_back(targets[index]);
  const bool is_one = missing.size() == 1;
  return std::make_unique<LeftOut>(
      missing.size(), fmt::format("{} left out, because the kernel refuses {}: {}: {}",
                                  is_one ? "1 probe" : fmt::format("{} probes", missing.size()),
                                  is_one ? "it" : "them", some_of(missing), reason.why));
}

}  // namespace

Result<Attachments> attach_most(const std::vector<Target> &targets, const std::vector<size_t> &places, size_t at_once,
                                const AttachPlaces &attach) {
  Halving halving(attach);
  for (size_t begin = 0; begin < places.size(); begin += at_once)
    halving.attach(begin, std::min(begin + at_once, places.size()), false);
  if (halving.failed || (halving.links.empty() && halving.reason)) return *halving.reason;
  if (halving.reason)
    halving.links.push_back(left_out(targets, places, halving.refused, *halving.reason));
  return std::move(halving.links);
}

}  // namespace awl
