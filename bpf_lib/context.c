/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a probe's context holds. Registers are those of x86-64: the layout of struct pt_regs is part of the kernel's
 * interface to user space and does not change.
 */

struct awl_registers {
  u64 r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip, cs, flags, sp, ss;
};

/* Argument `index` (0..5) of a kernel function, by the C calling convention. Zero for an index that has none. */
u64 awl_kprobe_arg(void *ctx, u64 index) {
  struct awl_registers *regs = ctx;
  switch (index) {
    case 0: return regs->di;
    case 1: return regs->si;
    case 2: return regs->dx;
    case 3: return regs->cx;
    case 4: return regs->r8;
    case 5: return regs->r9;
  }
  return 0;
}

u64 awl_kprobe_return(void *ctx) { return ((struct awl_registers *)ctx)->ax; }

/*
 * Slot `index` of the context of fentry and fexit programs as a plain number. A direct load would give the verifier
 * a typed kernel pointer where the function takes one, and forbid to compute with it.
 */
u64 awl_trace_arg(void *ctx, u64 index) {
  u64 value = 0;
  bpf_probe_read_kernel(&value, sizeof(value), (u64 *)ctx + index);
  return value;
}

/* Whether the processor ran a program, not the kernel: the privilege in its code segment. */
u64 awl_user_mode(void *ctx) { return (((struct awl_registers *)ctx)->cs & 3) == 3; }

/* ---- system calls, seen from the raw tracepoints sys_enter {regs, number} and sys_exit {regs, result} ---- */

struct thread_info___awl {
  u32 status;
} CORE;
struct task_struct___awl {
  struct thread_info___awl thread_info;
} CORE;

#define AWL_TS_COMPAT 0x2 /* thread_info.status: the task is in a 32-bit system call, whose numbers differ */

static __always_inline int awl_is_compat(void) {
  struct task_struct___awl *task = (void *)bpf_get_current_task();
  u32 status = 0;
  if (bpf_core_field_exists(task->thread_info.status))
    bpf_core_read(&status, sizeof(status), &task->thread_info.status);
  return status & AWL_TS_COMPAT;
}

static __always_inline struct awl_registers *awl_syscall_registers(void *ctx) {
  return (struct awl_registers *)((u64 *)ctx)[0];
}

u64 awl_syscall_number_enter(void *ctx) { return ((u64 *)ctx)[1]; }

u64 awl_syscall_number_exit(void *ctx) {
  u64 number = ~0ull;
  bpf_probe_read_kernel(&number, sizeof(number), &awl_syscall_registers(ctx)->orig_ax);
  return number;
}

/* Argument `index` (0..5) of a system call whose registers these are. */
static __always_inline u64 awl_syscall_register(struct awl_registers *regs, u64 index) {
  u64 *place = 0, value = 0;
  switch (index) {
    case 0: place = &regs->di; break;
    case 1: place = &regs->si; break;
    case 2: place = &regs->dx; break;
    case 3: place = &regs->r10; break;
    case 4: place = &regs->r8; break;
    case 5: place = &regs->r9; break;
    default: return 0;
  }
  bpf_probe_read_kernel(&value, sizeof(value), place);
  return value;
}

u64 awl_syscall_arg(void *ctx, u64 index) { return awl_syscall_register(awl_syscall_registers(ctx), index); }

/*
 * The same from the records of the tracepoints raw_syscalls:sys_enter {common, number, six arguments} and sys_exit
 * {common, number, result}; the number lies where the raw tracepoint sys_enter has it. A leaving call's arguments are
 * in the registers that the task goes back to.
 */
u64 awl_syscall_record_arg(void *ctx, u64 index) {
  u64 *arguments = (u64 *)ctx + 2;
  switch (index) {
    case 0: return arguments[0];
    case 1: return arguments[1];
    case 2: return arguments[2];
    case 3: return arguments[3];
    case 4: return arguments[4];
    case 5: return arguments[5];
  }
  return 0;
}

u64 awl_syscall_task_arg(void *ctx, u64 index) {
  (void)ctx;
  struct task_struct *task = bpf_get_current_task_btf();
  return awl_syscall_register((struct awl_registers *)bpf_task_pt_regs(task), index);
}

/* Entry of `table` for the system call `number`: 0 not wanted, else 1 + index of the target. */
static __always_inline u64 awl_syscall_entry(u64 number, const u16 *table, u64 entries) {
  if (number >= entries) return 0;
  return table[number];
}

u64 awl_syscall_guard_enter(void *ctx, const u16 *table, u64 entries) {
  return awl_syscall_entry(awl_syscall_number_enter(ctx), table, entries) && !awl_is_compat();
}
u64 awl_syscall_guard_exit(void *ctx, const u16 *table, u64 entries) {
  return awl_syscall_entry(awl_syscall_number_exit(ctx), table, entries) && !awl_is_compat();
}
u64 awl_syscall_index_enter(void *ctx, const u16 *table, u64 entries) {
  return awl_syscall_entry(awl_syscall_number_enter(ctx), table, entries) - 1;
}
u64 awl_syscall_index_exit(void *ctx, const u16 *table, u64 entries) {
  return awl_syscall_entry(awl_syscall_number_exit(ctx), table, entries) - 1;
}

/* ---- iterators: {struct bpf_iter_meta *, the object, ...} ---- */

struct bpf_iter_meta___awl {
  struct seq_file *seq;
} CORE;

/*
 * Whether there is an object: after the last one the kernel calls without. A byte for each, so that the reader gets
 * control back now and then.
 */
u64 awl_iter_guard(void *ctx) {
  u64 object = 0;
  bpf_probe_read_kernel(&object, sizeof(object), (u64 *)ctx + 1);
  if (!object) return 0;
  struct bpf_iter_meta___awl *meta = *(struct bpf_iter_meta___awl **)ctx;
  char byte = 0;
  bpf_seq_write(meta->seq, &byte, 1);
  return 1;
}

/* Which target of its group fired: the number given at attach time. */
u64 awl_cookie(void *ctx) { return bpf_get_attach_cookie(ctx); }

/* ---- user programs, seen from uprobes: struct pt_regs, and memory that registers point to ---- */

u64 awl_constant(void *ctx, u64 value) {
  (void)ctx;
  return value;
}

/* %ah and its like: the second byte of the register at this offset. */
u64 awl_second_byte(void *ctx, u64 offset) { return *(u64 *)(ctx + offset) >> 8 & 0xff; }

u64 awl_stack_address(void *ctx, u64 base, u64 displacement) { return *(u64 *)(ctx + base) + displacement; }

/*
 * `width` bytes of the program's memory, zero-extended. `base` and `index` are offsets of registers in the context,
 * or AWL_NO_REGISTER. Memory that cannot be read gives zero.
 */
u64 awl_user_memory(void *ctx, u64 base, u64 index, u64 scale, u64 displacement, u64 width) {
  u64 address = displacement, value = 0;
  if (base != AWL_NO_REGISTER) address += *(u64 *)(ctx + base);
  if (index != AWL_NO_REGISTER) address += *(u64 *)(ctx + index) * scale;
  bpf_probe_read_user(&value, width, (void *)address);
  return value;
}
