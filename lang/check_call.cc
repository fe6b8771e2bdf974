// SPDX-License-Identifier: GPL-2.0-only
// Calls: arity and types by the builtins table, and the layouts of the events that statements send.
#include "bpf_lib/awl_abi.h"
#include "lang/check.h"
#include "src/base/check.h"
#include "src/base/text.h"

namespace awl {
namespace {

/// Strings up to this size lie in the record itself; longer ones take only the bytes they have.
constexpr uint32_t largest_fixed_string = 64;

std::string_view plural(size_t n) { return n == 1 ? "" : "s"; }

bool takes_options(Special special) { return special == Special::print || special == Special::printa; }

}  // namespace

bool Checker::arity(const Call &node, Span span) {
  const Builtin &row = *node.callee.builtin;
  size_t least = 0, most = 0;
  for (const Parameter &parameter : row.parameters) {
    if (!parameter.optional) least++;
    most = parameter.accepts == Accepts::rest ? SIZE_MAX : most + 1;
  }
  if (!node.options.empty() && !takes_options(row.special)) {
    out_->error(node.options[0].name.span, "`{}` takes no options, but `{}=` is given", row.name,
                brief(node.options[0].name.text));
    return false;
  }
  size_t given = node.arguments.size();
  if (given >= least && given <= most) return true;
  std::string wanted = most == 0          ? "no arguments"
                       : most == SIZE_MAX ? fmt::format("at least {} argument{}", least, plural(least))
                       : least == most    ? fmt::format("{} argument{}", least, plural(least))
                                          : fmt::format("{} to {} arguments", least, most);
  std::string form;
  for (const Parameter &parameter : row.parameters) {
    form += form.empty() ? "" : ", ";
    if (parameter.accepts == Accepts::rest)
      form += "...";
    else
      form += fmt::format("{}{}", parameter.name, parameter.optional ? "?" : "");
  }
  if (row.form != Form::value) form = fmt::format("({})", form);
  out_->error(span, "`{}` takes {}, but {} given", row.name, wanted,
              given == 0   ? "none is"
              : given == 1 ? "1 is"
                           : fmt::format("{} are", given))
      .help("its form is `{}{}`", row.name, form);
  return false;
}

void Checker::report_function(const Identifier &callee) {
  if (!final_) return;
  std::vector<std::string_view> names;
  for (const Builtin &known : builtins()) {
    if (known.form == Form::value) continue;
    names.push_back(known.name);
    names.insert(names.end(), known.aliases.begin(), known.aliases.end());
  }
  auto draft = out_->error(callee.span, "unknown function `{}`", brief(callee.text));
  if (auto near = did_you_mean(callee.text, names))
    draft.help("did you mean `{}`?", *near);
  else
    draft.help("the functions are {}", fmt::join(names, ", "));
}

Type Checker::call(ExprId id, const Call &node) {
  Span span = at(id).span;
  const Builtin *row = node.callee.builtin;
  if (!row) {
    for (ExprId argument : node.arguments) expression(argument);
    report_function(node.callee);
    return set(id, simple_type(Kind::unknown));
  }
  if (!arity(node, span)) return set(id, row->form == Form::statement ? none_type : simple_type(Kind::unknown));
  if (row->form == Form::aggregation) return set(id, simple_type(Kind::aggregate));
  if (!usable(*row, span)) return set(id, row->form == Form::statement ? none_type : simple_type(Kind::unknown));
  switch (row->special) {
    case Special::plain:
    case Special::probe_name:
    case Special::function_name:
    case Special::same_number:
      return function(id, node);
    case Special::byte_swap:
      return byte_swap(id, node);
    case Special::network_address:
      return network_address(id, node);
    case Special::hardware_address:
      return hardware_address(id, node);
    case Special::buffer:
      return buffer(id, node);
    case Special::timestamp:
      return timestamp(id, node);
    case Special::concatenate:
      return concatenate(id, node);
    case Special::join:
      return join(id, node);
    case Special::has_key:
      return has_key(id, node);
    case Special::length:
      return length(id, node);
    case Special::error_message:
      return message(id, node, Channel::error);
    case Special::warning_message:
      return message(id, node, Channel::warning);
    case Special::cat:
      return message(id, node, Channel::file);
    case Special::system:
      return message(id, node, Channel::command);
    case Special::assertion:
      return assertion(id, node);
    case Special::caller:
    case Special::loaded_word:
    case Special::per_cpu_address:
      return function(id, node);
    case Special::probe_type:
      return probe_type(id);
    case Special::choice:
      return choice(id, node);
    case Special::question:
      return question(id, node);
    case Special::static_assertion:
      return static_assertion(id, node);
    case Special::failure:
      return failure(id, node);
    case Special::send_signal:
      return send_signal(id, node);
    case Special::address_space:
      return address_space(id, node);
    case Special::compare_bytes:
      return some_bytes(id, node);
    case Special::capacity:
      return capacity(id, node);
    case Special::parse_address:
      return parse_address(id, node);
    case Special::path:
      return path(id, node);
    case Special::user_address:
      return user_address(id, node);
    case Special::socket_cookie:
      return socket_cookie(id, node);
    case Special::find:
      return find(id, node);
    case Special::kernel_log:
      return kernel_log(id, node);
    case Special::stack:
      return stack(id, node);
    case Special::kernel_address:
      return kernel_address(id, node);
    case Special::processor_register:
      return processor_register(id, node);
    case Special::str:
      return str(id, node);
    case Special::printf:
      return printf(id, node);
    case Special::print:
      return print(id, node);
    case Special::printa:
      return printa(id, node);
    case Special::normalize:
    case Special::denormalize:
      return normalize(id, node);
    case Special::truncate:
      return truncate(id, node);
    case Special::clear:
      return map_action(id, node, EventKind::clear);
    case Special::zero:
      return map_action(id, node, EventKind::zero);
    case Special::delete_entry:
      return delete_entry(id, node);
    case Special::exit:
      return exit(id, node);
    case Special::time:
      return time(id, node);
  }
  AWL_CHECK(!"every builtin has a case");
}

/// Number an event and lay out its record; only in the last walk, when all types are settled.
Type Checker::send(ExprId id, EventDescription event, std::span<const ExprId> values) {
  if (!final_) return set(id, none_type);
  event.span = at(id).span;
  uint32_t offset = sizeof(awl_event_header);
  for (ExprId value_id : values) {
    Type type = complete(body_->type_of[static_cast<uint32_t>(value_id)]);
    Column column{type, offset, type.kind == Kind::string && type.size > largest_fixed_string};
    if (column.variable)
      offset += sizeof(awl_event_string);
    else
      offset += whole_words(type.size);
    event.columns.push_back(column);
  }
  event.record_size = offset;
  program_.events.push_back(std::move(event));
  return set(id, none_type, UseEvent{EventNumber(program_.events.size() - 1)});
}

const MapRef *Checker::map_argument(const Call &node, size_t index) {
  return node.arguments.size() > index ? std::get_if<MapRef>(&at(node.arguments[index]).node) : nullptr;
}

Type Checker::printf(ExprId id, const Call &node) {
  for (size_t i = 1; i < node.arguments.size(); i++) value(node.arguments[i]);
  value(node.arguments[0]);
  const auto *literal = std::get_if<StringLiteral>(&at(node.arguments[0]).node);
  if (!literal) {
    out_->error(at(node.arguments[0]).span, "the format of `printf` must be a string literal")
        .help("write `printf(\"%s\\n\", {});`", source_text(at(node.arguments[0]).span));
    return set(id, none_type);
  }
  EventDescription event;
  event.kind = EventKind::printf;
  size_t reported = out_->all().size();
  event.format = parse_format(literal->text, at(node.arguments[0]).span, *out_);
  if (out_->all().size() == reported) printf_values(node, event.format);
  return send(id, std::move(event), std::span(node.arguments).subspan(1));
}

void Checker::printf_values(const Call &node, const std::vector<FormatPiece> &pieces) {
  size_t conversions = 0, given = node.arguments.size() - 1;
  std::optional<Span> lacking;  // the first conversion that has no value
  for (const FormatPiece &piece : pieces) {
    if (!piece.has_conversion) continue;
    size_t index = ++conversions;
    if (index == given + 1) lacking = piece.span;
    if (index > given) continue;
    ExprId argument = node.arguments[index];
    const Type &type = body_->type_of[static_cast<uint32_t>(argument)];
    char letter = piece.conversion.letter;
    if (piece.conversion.of_map)
      out_->error(piece.span, "`%@{}` stands for the value of a map, which `printf` does not print", letter)
          .help("`printa(\"%@{}\\n\", @name)` does", letter);
    if (letter == 's' || letter == 'v' || letter == 'r' || !is_memory(type.kind)) continue;
    out_->error(at(argument).span, "`%{}` prints a number, but `{}` is {}", letter, source_text(at(argument).span),
                an(type))
        .label(piece.span, "here")
        .help("`%s` prints it");
  }
  if (conversions == given) return;
  Span at_fault = lacking ? *lacking : at(node.arguments[conversions + 1]).span;
  out_->error(at_fault, "the format has {} conversion{}, but {} value{} given", conversions, plural(conversions),
              given == 0 ? "no" : std::to_string(given), given == 1 ? " is" : "s are")
      .help("{}", lacking ? "each conversion takes a value; `%%` prints a percent sign"
                          : "each value needs a conversion, as `%d` or `%s`");
}

/// The map that an action is about, as a whole; null, with a message, when its first argument is none.
const MapRef *Checker::whole_map(const Call &node) {
  const MapRef *map = map_argument(node, 0);
  const Builtin &row = *node.callee.builtin;
  if (!map) {
    expression(node.arguments[0]);
    out_->error(at(node.arguments[0]).span, "`{}` takes a map, but `{}` is none", row.name,
                source_text(at(node.arguments[0]).span))
        .help("write `{}(@name{})`", row.name, node.arguments.size() > 1 ? ", ..." : "");
    return nullptr;
  }
  if (map->keyed) {
    value(node.arguments[0]);
    out_->error(at(node.arguments[0]).span, "`{}` takes a whole map, without a key", row.name)
        .help("`delete({})` removes one entry", source_text(at(node.arguments[0]).span));
    return nullptr;
  }
  map_reference(node.arguments[0], *map, true);
  return map;
}

Type Checker::map_action(ExprId id, const Call &node, EventKind kind) {
  const MapRef *map = whole_map(node);
  if (!map) return set(id, none_type);
  if (kind == EventKind::clear) map_state(*map).cleared = true;
  if (clears_done_by_print_.contains(static_cast<uint32_t>(id))) return set(id, none_type);
  EventDescription event;
  event.kind = kind;
  event.map = static_cast<uint32_t>(map_number(*map));
  return send(id, std::move(event), {});
}

/// delete(@m[k]), delete(@m, k), delete(@scalar). An unkeyed aggregation has cells on every CPU, which only user space
/// can reach: there it is a clear.
Type Checker::delete_entry(ExprId id, const Call &node) {
  const MapRef *map = map_argument(node, 0);
  if (!map) {
    expression(node.arguments[0]);
    out_->error(at(node.arguments[0]).span, "`delete` takes an entry of a map, but `{}` is none",
                source_text(at(node.arguments[0]).span))
        .help("write `delete(@name[key])`");
    return set(id, none_type);
  }
  MapState &state = map_state(*map);
  MapRef entry = *map;
  entry.key.insert(entry.key.end(), node.arguments.begin() + 1, node.arguments.end());
  entry.keyed = !entry.key.empty();
  if (state.keyed && !entry.keyed) {
    out_->error(at(node.arguments[0]).span, "`delete` removes one entry, but no key of `{}` is given", state.shown)
        .help("`clear({})` removes all entries", state.shown);
    return set(id, none_type);
  }
  map_reference(node.arguments[0], entry, false);
  if (state.keyed || !state.aggregation) return set(id, none_type);
  state.cleared = true;
  EventDescription event;
  event.kind = EventKind::clear;
  event.map = static_cast<uint32_t>(map_number(*map));
  return send(id, std::move(event), {});
}

Type Checker::exit(ExprId id, const Call &node) {
  if (!node.arguments.empty()) {
    number(node.arguments[0], "the exit status");
    if (auto known = constant_of(node.arguments[0]); known && *known > 255)
      out_->warning(at(node.arguments[0]).span, "an exit status has 8 bits; {} becomes {}",
                    static_cast<int64_t>(*known), *known & 255);
  }
  EventDescription event;
  event.kind = EventKind::exit;
  return send_number(id, std::move(event), u64_type);
}

/// An action that has a number to tell: it travels in the record of awl_action().
Type Checker::send_number(ExprId id, EventDescription event, const Type &type) {
  Type result = send(id, std::move(event), {});
  if (final_) {
    program_.events.back().columns.push_back({type, sizeof(awl_event_header), false});
    program_.events.back().record_size = sizeof(awl_event_header) + 8;
  }
  return result;
}

Type Checker::time(ExprId id, const Call &node) {
  EventDescription event;
  event.kind = EventKind::time;
  std::string format = "%H:%M:%S\n";
  if (!node.arguments.empty()) {
    value(node.arguments[0]);
    const std::string *text = text_of(node.arguments[0]);
    if (!text) {
      out_->error(at(node.arguments[0]).span, "the format of `time` must be a string literal")
          .help("for example `time(\"%H:%M:%S\\n\");`");
      return set(id, none_type);
    }
    format = *text;
  }
  FormatPiece piece;
  piece.text = format;
  event.format.push_back(piece);
  return send(id, std::move(event), {});
}

Type Checker::str(ExprId id, const Call &node) {
  uint32_t size = options_.max_strlen;
  const auto *parameter = std::get_if<PositionalRef>(&at(node.arguments[0]).node);
  if (parameter && (parameter->number < 1 || parameter->number > options_.parameters.size())) {
    out_->warning(at(node.arguments[0]).span, "there is no parameter ${}; it is taken for an empty string",
                  parameter->number)
        .help("parameters follow the script: awl script.awl first second");
    return set(id, string_type(8), UseText{""});
  }
  Type address = value(node.arguments[0]);
  if (const std::string *text = text_of(node.arguments[0])) {
    // str($1): the parameter as text, whatever it looks like.
    return set(id, body_->type_of[static_cast<uint32_t>(node.arguments[0])], UseText{*text});
  }
  if (parameter) {
    const std::string &text = options_.parameters[parameter->number - 1];
    return set(id, string_type(static_cast<uint32_t>((text.size() + 8) & ~size_t(7))), UseText{text});
  }
  if (address.kind == Kind::string) {
    // Fields of tracepoints are strings by themselves; scripts of other tracers write str() round them.
    if (node.arguments.size() > 1) number(node.arguments[1], "the length that `str` reads");
    return set(id, address);
  }
  number(node.arguments[0], "the address that `str` reads");
  if (node.arguments.size() > 1) {
    number(node.arguments[1], "the length that `str` reads");
    auto known = constant_of(node.arguments[1]);
    if (!known || *known < 1 || *known > options_.max_strlen) {
      out_->error(at(node.arguments[1]).span, "the length of `str` must be a number from 1 to {}", options_.max_strlen);
      return set(id, string_type(8));
    }
    size = static_cast<uint32_t>(*known);
  }
  // One byte more for the NUL, which a length given by hand does not count.
  if (node.arguments.size() > 1) size = std::min(size + 1, options_.max_strlen);
  return set(id, string_type(size));
}

}  // namespace awl
