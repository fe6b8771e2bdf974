// SPDX-License-Identifier: GPL-2.0-only
// The spelling of JSON: strings and fields; numbers need no spelling of their own. Knows nothing of maps and events.
#pragma once
#include <string>
#include <string_view>

#include "runtime/values.h"

namespace awl {

/// `bytes` as a JSON string, or, when they are not UTF-8, as {"bytes":"<base64>"}, so that nothing is lost. Control
/// and invisible characters and `<` are written \uXXXX: the line can be shown on a terminal and put into a web page.
void append_json_string(std::string &out, std::string_view bytes);

/// The same with the mark of a string that was cut: {"text":"...","truncated":true} or
/// {"bytes":"...","truncated":true}.
void append_json_text(std::string &out, const Text &text);

/// {"bytes":"<base64>"}.
void append_json_bytes(std::string &out, std::string_view bytes);

/// `,"name":` for a name that is one of ours and needs no escapes.
void append_json_field(std::string &out, std::string_view name);

}  // namespace awl
