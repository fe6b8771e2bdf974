// SPDX-License-Identifier: GPL-2.0-only
// Run a script: from its text to the exit status.
#pragma once
#include "src/options.h"

namespace awl {

/// Where messages go and how they look.
struct Console {
  bool colour = false;    // stderr is a terminal and NO_COLOR is not set
  bool terminal = false;  // stderr is a terminal
};
Console console();

/// Prints an Error on stderr and gives the exit status that goes with it: 2 for the command line, else 1.
int fail(const Error &error);

/// awl --fmt: the script in its canonical form, on standard output or in the file of -o.
int print_tidy(const Options &options);

int run_script(const Options &options, int argc, char **argv);

}  // namespace awl
