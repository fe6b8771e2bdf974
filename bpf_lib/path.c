/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The name of a file as its process sees it. The kernel has a helper for that, but only lets a few functions have it;
 * so the way from the file to the root is gone here, through directories and over mounts, and written down in the
 * other order. What the kernel's own d_path() does for names without a directory (pipes, sockets) and for files that
 * were removed is done too.
 */

struct qstr___path {
  const unsigned char *name;
} CORE;
struct inode___path {
  unsigned long i_ino;
} CORE;
struct file_system_type___path {
  const char *name;
} CORE;
struct super_block___path {
  struct file_system_type___path *s_type;
} CORE;
struct hlist_bl_node___path {
  struct hlist_bl_node___path **pprev;
} CORE;
struct dentry___path {
  struct hlist_bl_node___path d_hash;
  struct dentry___path *d_parent;
  struct qstr___path d_name;
  struct inode___path *d_inode;
} CORE;
struct vfsmount___path {
  struct dentry___path *mnt_root;
  struct super_block___path *mnt_sb;
} CORE;
struct mount___path {
  struct mount___path *mnt_parent;
  struct dentry___path *mnt_mountpoint;
  struct vfsmount___path mnt;
} CORE;
struct path___path {
  struct vfsmount___path *mnt;
  struct dentry___path *dentry;
} CORE;
struct fs_struct___path {
  struct path___path root;
} CORE;
struct task_struct___path {
  struct fs_struct___path *fs;
} CORE;

/*
 * The text that is being written: `used` of `size` bytes, and AWL_PATH_SLACK behind them. What is counted lies in
 * scratch memory, whose numbers the verifier does not know: it would follow each of them by itself.
 */
struct awl_path_text {
  char *out;
  volatile u64 *used;
  u64 size;
};

static __always_inline void awl_path_add(struct awl_path_text *text, const void *from, u64 most) {
  u64 used = *text->used;
  if (used >= text->size) return;
  s64 got = bpf_probe_read_kernel_str(text->out + used, most, from);
  if (got > 0) *text->used = used + got - 1;
}

static __always_inline void awl_path_byte(struct awl_path_text *text, char byte) {
  u64 used = *text->used;
  if (used >= text->size) return;
  text->out[used] = byte;
  text->out[used + 1] = 0;
  *text->used = used + 1;
}

/* "pipe:[4711]", "anon_inode:[eventfd]"; with a name of its own "/memfd:x". */
static __always_inline void awl_path_special(struct awl_path_text *text, struct dentry___path *dentry,
                                             struct vfsmount___path *mount) {
  const unsigned char *name = BPF_CORE_READ(dentry, d_name.name);
  const char *kind = BPF_CORE_READ(mount, mnt_sb, s_type, name);
  char first = 0, start[4] = {};
  bpf_probe_read_kernel(&first, 1, name);
  bpf_probe_read_kernel(start, 4, kind);
  if (first && !(start[0] == 'a' && start[1] == 'n' && start[2] == 'o' && start[3] == 'n')) {
    awl_path_byte(text, '/');
    awl_path_add(text, name, 256);
    return;
  }
  /* pipefs, sockfs, anon_inodefs: without their last two letters. */
  awl_path_add(text, kind, 32);
  u64 used = *text->used;
  if (used > 2) *text->used = used - 2;
  awl_path_byte(text, ':');
  if (first) return awl_path_add(text, name, 256);
  u64 number = BPF_CORE_READ(dentry, d_inode, i_ino), power = 1;
  awl_path_byte(text, '[');
  for (int i = 0; i < 19 && number / power >= 10; i++) power *= 10;
  for (int i = 0; i < 20 && power; i++, power /= 10) awl_path_byte(text, '0' + number / power % 10);
  awl_path_byte(text, ']');
}

/* The path that `path`, a struct path of the kernel, leads to; `names` has room for AWL_PATH_WORDS words. */
void awl_path(char *out, u64 size, u64 path, u64 *names) {
  volatile u64 *count = names + AWL_PATH_PARTS;
  struct awl_path_text text = {out, count + 1, size};
  struct task_struct___path *task = (void *)bpf_get_current_task();
  struct fs_struct___path *fs = BPF_CORE_READ(task, fs);
  struct path___path *start = (void *)path;
  struct dentry___path *dentry = BPF_CORE_READ(start, dentry), *root = BPF_CORE_READ(fs, root.dentry);
  struct vfsmount___path *mount = BPF_CORE_READ(start, mnt), *root_mount = BPF_CORE_READ(fs, root.mnt);
  *out = 0;
  count[0] = count[1] = 0;
  if (!dentry || !mount) return;
  u64 removed = BPF_CORE_READ(dentry, d_hash.pprev) == 0;
  if (BPF_CORE_READ(dentry, d_parent) == dentry) {
    if (BPF_CORE_READ(mount, mnt_root) != dentry) return awl_path_special(&text, dentry, mount);
    removed = 0;
  }
  for (u64 i = 0; i < AWL_PATH_PARTS; i++) {
    if (dentry == root && mount == root_mount) break;
    struct dentry___path *parent = BPF_CORE_READ(dentry, d_parent);
    if (dentry == BPF_CORE_READ(mount, mnt_root)) {
      struct mount___path *inner = (void *)mount - bpf_core_field_offset(struct mount___path, mnt);
      struct mount___path *outer = BPF_CORE_READ(inner, mnt_parent);
      if (outer == inner) break;
      dentry = BPF_CORE_READ(inner, mnt_mountpoint);
      mount = (void *)outer + bpf_core_field_offset(struct mount___path, mnt);
      continue;
    }
    if (parent == dentry) break;
    u64 next = *count;
    names[next & (AWL_PATH_PARTS - 1)] = (u64)BPF_CORE_READ(dentry, d_name.name);
    *count = next + 1;
    dentry = parent;
  }
  if (!*count) awl_path_byte(&text, '/');
  for (u64 i = 0; i < AWL_PATH_PARTS; i++) {
    u64 left = *count;
    if (!left) break;
    *count = --left;
    awl_path_byte(&text, '/');
    awl_path_add(&text, (void *)names[left & (AWL_PATH_PARTS - 1)], 256);
  }
  u64 words[2] = {0x6574656c65642820, 0x2964}; /* " (deleted)" */
  if (removed) awl_path_add(&text, words, sizeof(words));
}
