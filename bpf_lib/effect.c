/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What changes the machine that is looked at: signals, results of functions, memory of programs. Scripts need leave
 * for these (--unsafe). And the kernel's own log, which everybody may read.
 */

void awl_signal(u64 number) { bpf_send_signal(number); }
void awl_signal_thread(u64 number) { bpf_send_signal_thread(number); }
void awl_override(void *ctx, u64 result) { bpf_override_return(ctx, result); }

/* The first `length` of the `size` bytes at `from`. */
void awl_write_user(u64 to, const void *from, u64 size, u64 length) {
  AWL_OPAQUE(length);
  if (length > size || length == 0) return;
  bpf_probe_write_user((void *)to, from, length);
}

/* A line for trace_pipe. */
void awl_kernel_log(const char *format, u64 size, u64 first, u64 second, u64 third) {
  bpf_trace_printk(format, size, first, second, third);
}

/* A socket's cookie, made when it has none; `sock` as the kernel gave it to the program. */
u64 awl_socket_cookie(void *sock) { return sock ? bpf_get_socket_cookie(sock) : 0; }
