// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/messages.h"

#include <cstdio>
#include <fstream>
#include <memory>

#include <fmt/format.h>

namespace awl {
namespace {

/// Of a file that cat() shows.
constexpr size_t most_of_a_file = 10240;

/// Text as the printf of a sink: one piece without conversions.
PrintfEvent plain_text(std::string text) {
  PrintfEvent event;
  FormatPiece piece;
  piece.text = std::move(text);
  event.format.push_back(std::move(piece));
  return event;
}

void show(MessageEvent::Kind kind, std::string text, Sink &sink) {
  if (sink.message({.kind = kind, .text = text, .file = {}})) return;
  sink.printf(plain_text(std::move(text)));
}

void tell(const MessageAction &message, const Source *source, Sink &sink) {
  const bool is_error = message.channel == Channel::error;
  MessageEvent event = {.kind = is_error ? MessageEvent::Kind::error : MessageEvent::Kind::warning,
                        .text = render_printf(message.text.format, message.text.values, false),
                        .file = {}};
  std::string place;
  if (source) {
    const Position at = source->position(message.span.begin);
    event.file = source->name, event.line = at.line, event.column = at.column;
    place = fmt::format("{}:{}:{}: ", source->name, at.line, at.column);
  }
  if (sink.message(event)) return;
  std::string text = render_printf(message.text.format, message.text.values, true);
  while (text.ends_with('\n')) text.pop_back();
  fmt::print(stderr, "{}{}: {}\n", place, is_error ? "error" : "warning", text);
}

void show_file(const std::string &path, Sink &sink) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    fmt::print(stderr, "awl: warning: cannot read `{}`\n", path);
    return;
  }
  std::string text(most_of_a_file, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  show(MessageEvent::Kind::file, std::move(text), sink);
}

void run_command(const std::string &command, Sink &sink) {
  struct Close {
    void operator()(FILE *pipe) const { pclose(pipe); }
  };
  std::unique_ptr<FILE, Close> pipe(popen(command.c_str(), "re"));
  if (!pipe) return;
  std::string text;
  char piece[4096];
  while (size_t got = fread(piece, 1, sizeof piece, pipe.get())) text.append(piece, got);
  show(MessageEvent::Kind::command, std::move(text), sink);
}

}  // namespace

void send_message(const MessageAction &message, const Source *source, Sink &sink) {
  if (message.channel == Channel::error || message.channel == Channel::warning) return tell(message, source, sink);
  std::string text = render_printf(message.text.format, message.text.values, false);
  if (message.channel == Channel::file) return show_file(text, sink);
  run_command(text, sink);
}

}  // namespace awl
