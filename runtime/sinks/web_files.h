// SPDX-License-Identifier: GPL-2.0-only
// The scripts and style sheets of the pictures, which are files in html/ and part of the executable.
#pragma once
#include <string_view>

namespace awl {

/// The text of html/NAME.
std::string_view web_file(std::string_view name);

}  // namespace awl
