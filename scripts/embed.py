#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Turn files into a C++ source with their bytes: embed.py NAME OUTPUT FILE...

The source defines `std::span<const EmbeddedFile> NAME()` of src/base/embedded.h, one entry a file, called by its base
name. Used for the in-kernel library's bitcode and for the files of the virtual machine.
"""
import os
import sys

name, output, *inputs = sys.argv[1:]
with open(output, "w") as out:
    out.write('#include "src/base/embedded.h"\n\nnamespace awl {\nnamespace {\n')
    for number, path in enumerate(inputs):
        data = open(path, "rb").read()
        out.write(f"alignas(16) const unsigned char file_{number}[] = {{\n")
        for start in range(0, len(data), 32):
            out.write(",".join(str(byte) for byte in data[start : start + 32]) + ",\n")
        out.write("};\n")
    out.write("const EmbeddedFile files[] = {\n")
    for number, path in enumerate(inputs):
        mode = "true" if os.access(path, os.X_OK) else "false"
        out.write(f'    {{"{os.path.basename(path)}", {{reinterpret_cast<const char *>(file_{number}), sizeof(file_{number})}}, {mode}}},\n')
    out.write(f"}};\n}}  // namespace\n\nstd::span<const EmbeddedFile> {name}() {{ return files; }}\n\n}}  // namespace awl\n")
