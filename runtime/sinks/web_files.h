// SPDX-License-Identifier: GPL-2.0-only
// The scripts and style sheets of the pictures, which are files in html/ and part of the executable.
#pragma once
#include <string>
#include <string_view>

namespace awl {

/// The text of html/NAME.
std::string_view web_file(std::string_view name);

/// Text that means itself in XML and HTML, between tags and in attributes.
std::string xml_text(std::string_view text);

}  // namespace awl
