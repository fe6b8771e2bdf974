// SPDX-License-Identifier: GPL-2.0-only
// bpf_programs : how many BPF programs the kernel holds.  What is attached is
// held, so 0 means that nothing is.
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	union bpf_attr attributes;
	int count = 0;
	memset(&attributes, 0, sizeof(attributes));
	while (syscall(SYS_bpf, BPF_PROG_GET_NEXT_ID, &attributes, sizeof(attributes)) == 0) {
		attributes.start_id = attributes.next_id;
		count++;
	}
	printf("%d\n", count);
	return 0;
}
