// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/events.h"

#include <cstring>

#include "bpf_lib/awl_abi.h"
#include "runtime/decode.h"

namespace awl {
namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

Event blank_event(const EventDescription &event) {
  switch (event.kind) {
    case EventKind::printf:
      if (event.channel != Channel::output) return MessageAction{event.channel, event.span, {event.format, {}}};
      return PrintfEvent{event.format, {}};
    case EventKind::print_value:
      return ValueEvent{};
    case EventKind::time:
      return TimeEvent{};
    case EventKind::print_map:
      return PrintMapAction{event.map, event.then_clear, event.top, event.divisor, event.order};
    case EventKind::print_joined:
      return PrintJoinedAction{event.joined, event.then_clear, event.format};
    case EventKind::normalize:
      return NormalizeAction{event.map, 1};
    case EventKind::truncate:
      return TruncateAction{event.map, 0};
    case EventKind::clear:
      return ClearAction{event.map};
    case EventKind::zero:
      return ZeroAction{event.map};
    case EventKind::exit:
      return ExitAction{};
  }
  return ExitAction{};
}

/// strftime cannot tell an empty result from a buffer that is too small, so one letter is put in front of the
/// format and cut off again.
std::string local_time(const std::vector<FormatPiece> &format, time_t now) {
  std::string pattern = "x";
  for (const FormatPiece &piece : format) pattern += piece.text;
  tm broken_down{};
  localtime_r(&now, &broken_down);
  std::string text;
  for (size_t room = pattern.size() + 256; room <= size_t{1} << 20; room *= 4) {
    text.resize(room);
    size_t length = strftime(text.data(), text.size(), pattern.c_str(), &broken_down);
    if (length == 0) continue;
    return text.substr(1, length - 1);
  }
  return {};
}

/// The number that an action has with it, 0 when it has none.
int64_t argument_of(const std::vector<TypedValue> &values) {
  if (values.empty()) return 0;
  if (const int64_t *number = std::get_if<int64_t>(&values[0].value)) return *number;
  if (const uint64_t *number = std::get_if<uint64_t>(&values[0].value)) return static_cast<int64_t>(*number);
  return 0;
}

}  // namespace

EventDecoder::EventDecoder(const Manifest &manifest, Symbols *symbols) : manifest_(manifest), symbols_(symbols) {
  events_.reserve(manifest.events.size());
  for (const EventDescription &event : manifest.events) events_.push_back(blank_event(event));
}

const Event *EventDecoder::decode(std::span<const std::byte> record, time_t now) {
  awl_event_header header;
  if (record.size() < sizeof header) return nullptr;
  std::memcpy(&header, record.data(), sizeof header);
  if (header.event >= events_.size()) return nullptr;
  const EventDescription &description = manifest_.events[header.event];
  if (header.size > record.size() || header.size < description.record_size) return nullptr;
  Event &event = events_[header.event];
  return fill(event, description, record.first(header.size), now) ? &event : nullptr;
}

bool EventDecoder::fill(Event &event, const EventDescription &description, std::span<const std::byte> record,
                        time_t now) const {
  return std::visit(Overloaded{
                        [&](PrintfEvent &e) { return fill_values(e.values, description, record); },
                        [&](MessageAction &e) { return fill_values(e.text.values, description, record); },
                        [&](ValueEvent &e) { return fill_values(e.values, description, record); },
                        [&](TimeEvent &e) {
                          e.text = local_time(description.format, now);
                          return true;
                        },
                        [&](NormalizeAction &e) { return fill_number(e.divisor, description, record); },
                        [&](TruncateAction &e) { return fill_number(e.rows, description, record); },
                        [&](ExitAction &e) {
                          // A process can only say 0..255: what is left of any integer is its low byte.
                          int64_t status = 0;
                          if (!fill_number(status, description, record)) return false;
                          e.status = static_cast<int>(status & 0xff);
                          return true;
                        },
                        // These say all they have to say by their index.
                        [](PrintMapAction &) { return true; },
                        [](PrintJoinedAction &) { return true; },
                        [](ClearAction &) { return true; },
                        [](ZeroAction &) { return true; },
                    },
                    event);
}

bool EventDecoder::fill_number(int64_t &number, const EventDescription &description,
                               std::span<const std::byte> record) const {
  std::vector<TypedValue> values;
  if (!fill_values(values, description, record)) return false;
  number = argument_of(values);
  return true;
}

bool EventDecoder::fill_values(std::vector<TypedValue> &values, const EventDescription &description,
                               std::span<const std::byte> record) const {
  values.clear();
  for (const Column &column : description.columns) {
    std::optional<TypedValue> value = decode_column(column, record, manifest_.names, symbols_);
    if (!value) return false;
    values.push_back(std::move(*value));
  }
  return true;
}

}  // namespace awl
