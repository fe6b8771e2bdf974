// SPDX-License-Identifier: GPL-2.0-only
// Events: what a probe tells user space. A record of fixed size is written in place in the ring; one with strings of
// variable length is put together in scratch memory, and only the bytes that are used are sent.
#include <bit>

#include "lang/codegen/emitter.h"
#include "src/base/check.h"

namespace awl {

void Emitter::event_call(ExprId id, const Call &node) {
  const auto *use = std::get_if<UseEvent>(&use_of(id));
  if (!use) return;  // a clear() that the print() before it does
  uint32_t event = static_cast<uint32_t>(use->event);
  const EventDescription &description = program_.events[event];
  library_.library_map("awl_ring");
  switch (description.kind) {
    case EventKind::exit:
      call("awl_exit", {constant32(event), node.arguments.empty() ? constant(0) : number(node.arguments[0])});
      return;
    case EventKind::print_map:
    case EventKind::clear:
    case EventKind::zero:
    case EventKind::print_joined:
      call("awl_action", {constant32(event), constant(0)});
      return;
    case EventKind::normalize:
    case EventKind::truncate:
      call("awl_action", {constant32(event), node.arguments.size() > 1 ? number(node.arguments[1]) : constant(1)});
      return;
    case EventKind::printf:
      return event_record(event, {node.arguments.begin() + 1, node.arguments.end()});
    case EventKind::print_value:
      return event_record(event, node.arguments);
    case EventKind::time:
      return event_record(event, {});
  }
}

void Emitter::event_record(uint32_t event, const std::vector<ExprId> &values) {
  const EventDescription &description = program_.events[event];
  for (const Column &column : description.columns)
    if (column.variable) return event_record_variable(event, values);
  // Everything that can branch or fail comes before the reservation; between it and the submission nothing may leave.
  std::vector<Value *> ready(values.size());
  for (size_t i = 0; i < values.size(); i++) {
    if (!is_memory(description.columns[i].type.kind))
      ready[i] = number(values[i]);
    else if (description.columns[i].type.kind != Kind::string || !std::holds_alternative<UseText>(use_of(values[i])))
      ready[i] = memory_at(values[i]);
  }
  Value *record = call("awl_event_reserve", {constant(description.record_size)});
  when_there(
      record,
      [&] {
        for (size_t i = 0; i < values.size(); i++) {
          const Column &column = description.columns[i];
          Value *place = offset(record, column.offset);
          if (const auto *text = std::get_if<UseText>(&use_of(values[i])); text && column.type.kind == Kind::string)
            store_text(place, text->text, column.type.size, false);
          else if (is_memory(column.type.kind))
            copy(place, ready[i], std::min(column.type.size, type_of(values[i]).size));
          else
            builder_.CreateStore(ready[i], place);
        }
        call("awl_event_submit", {record, constant32(event), constant(description.record_size)});
      },
      [&] { call("awl_event_lost", {}); });
}

void Emitter::event_record_variable(uint32_t event, const std::vector<ExprId> &values) {
  const EventDescription &description = program_.events[event];
  uint64_t strings = 0;
  for (const Column &column : description.columns)
    if (column.variable) strings += column.type.size;
  uint64_t room = std::bit_ceil(strings);
  uint32_t fixed = description.record_size;
  // A large size is never on the stack: see temporary().
  Value *record = temporary(static_cast<uint32_t>(fixed + 2 * room));
  Value *used = constant(0);
  for (size_t i = 0; i < values.size(); i++) {
    const Column &column = description.columns[i];
    Value *place = offset(record, column.offset);
    if (column.variable) {
      Value *from = memory_at(values[i]);
      used = call("awl_event_append",
                  {record, constant(fixed), used, constant(room), place, from, constant(type_of(values[i]).size)});
    } else {
      store(values[i], place, type_of(values[i]), false);
    }
  }
  call("awl_event_output", {constant32(event), record, constant(fixed), used, constant(room)});
}

}  // namespace awl
