// SPDX-License-Identifier: GPL-2.0-only
// See json_text.h.
#include "runtime/sinks/json_text.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "src/base/utf8.h"

namespace awl {
namespace {

bool needs_no_escape(char c) { return c >= 0x20 && c <= 0x7e && c != '"' && c != '\\' && c != '<'; }

void append_utf16_escape(std::string &out, char32_t c) {
  const auto unit = [&out](char32_t value) {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<uint32_t>(value));
  };
  if (c < 0x10000) return unit(c);
  unit(0xd800 + ((c - 0x10000) >> 10));
  unit(0xdc00 + ((c - 0x10000) & 0x3ff));
}

void append_character(std::string &out, const CodePoint &c, std::string_view raw) {
  if (c.value == '"' || c.value == '\\') {
    out += '\\';
    out += raw;
  } else if (c.value == '\n') {
    out += "\\n";
  } else if (c.value == '\t') {
    out += "\\t";
  } else if (c.value == '<' || is_invisible(c.value)) {
    append_utf16_escape(out, c.value);
  } else {
    out += raw;
  }
}

/// False, and half a string, when the bytes are not UTF-8.
bool append_utf8_string(std::string &out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const auto plain_end = std::ranges::find_if_not(text, needs_no_escape);
    const size_t plain = static_cast<size_t>(plain_end - text.begin());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const CodePoint c = first_code_point(text);
    if (!c.valid) return false;
    append_character(out, c, text.substr(0, c.length));
    text.remove_prefix(c.length);
  }
  out += '"';
  return true;
}

/// Three bytes are four characters of six bits each; a shorter rest is filled up with `=`.
void append_base64(std::string &out, std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t count = std::min<size_t>(bytes.size() - i, 3);
    uint32_t group = 0;
    for (size_t k = 0; k < 3; k++) group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (size_t k = 0; k < 4; k++) out += k <= count ? digits[group >> (18 - 6 * k) & 0x3f] : '=';
  }
}

/// The fields of a string that is no plain JSON string: {"text":"..." or {"bytes":"...", not closed yet.
void append_string_fields(std::string &out, std::string_view bytes) {
  const size_t start = out.size();
  out += "{\"text\":";
  if (append_utf8_string(out, bytes)) return;
  out.resize(start);
  out += "{\"bytes\":\"";
  append_base64(out, bytes);
  out += '"';
}

}  // namespace

void append_json_string(std::string &out, std::string_view bytes) {
  const size_t start = out.size();
  if (append_utf8_string(out, bytes)) return;
  out.resize(start);
  append_string_fields(out, bytes);
  out += '}';
}

void append_json_text(std::string &out, const Text &text) {
  if (!text.truncated) return append_json_string(out, text.bytes);
  append_string_fields(out, text.bytes);
  out += ",\"truncated\":true}";
}

void append_json_bytes(std::string &out, std::string_view bytes) {
  out += "{\"bytes\":\"";
  append_base64(out, bytes);
  out += "\"}";
}

void append_json_field(std::string &out, std::string_view name) {
  out += ",\"";
  out += name;
  out += "\":";
}

}  // namespace awl
