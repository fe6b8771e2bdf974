// SPDX-License-Identifier: GPL-2.0-only
// The manual's tables, made from the tables that the program works with. A template is a man page in which a line
// `@OPTIONS@`, `@PROBES@`, `@BUILTINS@` or `@FORMATS@` stands for the list of that name, and the lines
// between `.EX` and `.EE` are examples as they are typed.
#pragma once
#include <string>
#include <string_view>

namespace awl {

std::string fill_manual(std::string_view text);

}  // namespace awl
