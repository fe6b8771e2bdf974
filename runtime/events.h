// SPDX-License-Identifier: GPL-2.0-only
// Records of the ring buffers to typed events. A record is believed in nothing: one that is cut short, names an
// event that does not exist or points outside itself gives no event, and the session counts it.
#pragma once
#include <cstddef>
#include <ctime>
#include <span>
#include <variant>
#include <vector>

#include "lang/image.h"
#include "runtime/symbols.h"
#include "runtime/values.h"

namespace awl {

struct PrintMapAction {
  uint32_t map = 0;
  bool then_clear = false;
  int64_t top = 0, divisor = 0;
  RowOrder order = {};
};
/// printa() with a format: a line for each key of the maps.
struct PrintJoinedAction {
  std::vector<uint32_t> maps;
  bool then_clear = false;
  std::vector<FormatPiece> format;
};
struct NormalizeAction {
  uint32_t map = 0;
  int64_t divisor = 1;
};
struct TruncateAction {
  uint32_t map = 0;
  int64_t rows = 0;  // below 0: that many of the smallest
};
struct ClearAction {
  uint32_t map = 0;
};
struct ZeroAction {
  uint32_t map = 0;
};
struct ExitAction {
  int status = 0;
};

/// errorf, warnf, cat and system: a printf that goes elsewhere.
struct MessageAction {
  Channel channel = Channel::error;
  Span span;
  PrintfEvent text;
};

/// Output for a sink, or an action for the session.
using Event = std::variant<PrintfEvent, ValueEvent, TimeEvent, PrintMapAction, PrintJoinedAction, ClearAction, ZeroAction,
                           NormalizeAction, TruncateAction, ExitAction, MessageAction>;

/// Keeps one event of each kind that the script has and fills it in anew for each record, because a flood of
/// printf must not pay for copying its format a million times.
class EventDecoder {
 public:
  explicit EventDecoder(const Manifest &manifest, Symbols *symbols = nullptr);

  /// The event of a record, valid until the next call; null for a malformed record. `now` is what time() prints.
  const Event *decode(std::span<const std::byte> record, time_t now);

 private:
  bool fill(Event &event, const EventDescription &description, std::span<const std::byte> record, time_t now) const;
  bool fill_number(int64_t &number, const EventDescription &description, std::span<const std::byte> record) const;
  bool fill_values(std::vector<TypedValue> &values, const EventDescription &description,
                   std::span<const std::byte> record) const;

  const Manifest &manifest_;
  Symbols *symbols_;
  std::vector<Event> events_;  // by index into Manifest::events
};

}  // namespace awl
