#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Write the rows of a C++ table with the numbers of the system calls: syscall_numbers.py OUTPUT COMPILER...

The numbers come from the headers of the compiler that builds awl, so a cross compiler gives those of its target.
"""
import re
import subprocess
import sys

output, *compiler = sys.argv[1:]
preprocess = [*compiler, "-E", "-dM", "-x", "c++", "-"]
source = "#include <sys/syscall.h>\n"
macros = subprocess.run(preprocess, input=source, capture_output=True, text=True, check=True).stdout
rows = re.findall(r"^#define __NR_([a-z0-9_]+) ([0-9]+)$", macros, re.MULTILINE)
if not rows:
    sys.exit("sys/syscall.h defines no system call numbers")
with open(output, "w") as out:
    out.writelines(f'{{"{name}", {number}}},\n' for name, number in sorted(rows))
