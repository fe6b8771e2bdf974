// SPDX-License-Identifier: GPL-2.0-only
// capstone's table of processors names the decoders of all of them, which would bring 5 MB that awl has no use for.
// With these in their place the linker takes those of x86 alone out of the archive.
typedef struct cs_struct cs_struct;

#define ABSENT(processor)                                          \
  int processor##_global_init(cs_struct *handle);                  \
  int processor##_option(cs_struct *handle, int type, long value); \
  int processor##_global_init(cs_struct *handle) {                 \
    (void)handle;                                                  \
    return 1;                                                      \
  }                                                                \
  int processor##_option(cs_struct *handle, int type, long value) { \
    (void)handle, (void)type, (void)value;                         \
    return 1;                                                      \
  }

ABSENT(AArch64)
ABSENT(ARM)
ABSENT(BPF)
ABSENT(EVM)
ABSENT(M680X)
ABSENT(M68K)
ABSENT(MOS65XX)
ABSENT(Mips)
ABSENT(PPC)
ABSENT(RISCV)
ABSENT(SH)
ABSENT(Sparc)
ABSENT(SystemZ)
ABSENT(TMS320C64x)
ABSENT(TRICORE)
ABSENT(WASM)
ABSENT(XCore)
