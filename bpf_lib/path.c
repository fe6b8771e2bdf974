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
 * The text that is being written: `used` of `size` bytes, and AWL_PATH_SLACK behind them. What is counted and what is
 * read lie in scratch memory, about which the verifier knows nothing: numbers and places on the stack that differ
 * would keep the ways through this code apart, and with each further path of a program there would be three times as
 * many.
 */
struct awl_path_text {
  char *out;
  volatile u64 *used, *word;
  u64 size;
};

/* `object->field`, of eight bytes, as a number or pointer; 0 where it cannot be read. */
#define AWL_PATH_READ(text, object, field)                                          \
  ({                                                                                \
    bpf_core_read((void *)(text)->word, sizeof((object)->field), &(object)->field); \
    (typeof((object)->field))*(text)->word;                                         \
  })

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
  const unsigned char *name = AWL_PATH_READ(text, dentry, d_name.name);
  struct super_block___path *super = AWL_PATH_READ(text, mount, mnt_sb);
  struct file_system_type___path *type = AWL_PATH_READ(text, super, s_type);
  const char *kind = AWL_PATH_READ(text, type, name);
  bpf_probe_read_kernel((void *)text->word, 4, kind);
  int is_anon_inode = (u32)*text->word == ('a' | 'n' << 8 | 'o' << 16 | 'n' << 24);
  *text->word = 0;
  bpf_probe_read_kernel((void *)text->word, 1, name);
  int has_name = *text->word != 0;
  if (has_name && !is_anon_inode) {
    awl_path_byte(text, '/');
    awl_path_add(text, name, 256);
    return;
  }
  /* pipefs, sockfs, anon_inodefs: without their last two letters. */
  awl_path_add(text, kind, 32);
  u64 used = *text->used;
  if (used > 2) *text->used = used - 2;
  awl_path_byte(text, ':');
  if (has_name) return awl_path_add(text, name, 256);
  struct inode___path *inode = AWL_PATH_READ(text, dentry, d_inode);
  u64 number = AWL_PATH_READ(text, inode, i_ino);
  awl_path_byte(text, '[');
  *text->word = 1;
  for (int i = 0; i < 19; i++) {
    u64 power = *text->word;
    if (number / power < 10) break;
    *text->word = power * 10;
  }
  for (int i = 0; i < 20; i++) {
    u64 power = *text->word;
    if (!power) break;
    awl_path_byte(text, '0' + number / power % 10);
    *text->word = power / 10;
  }
  awl_path_byte(text, ']');
}

/* The path that `path`, a struct path of the kernel, leads to; `names` has room for AWL_PATH_WORDS words. */
void awl_path(char *out, u64 size, u64 path, u64 *names) {
  volatile u64 *count = names + AWL_PATH_PARTS;
  struct awl_path_text whole = {out, count + 1, count + 2, size}, *text = &whole;
  struct task_struct___path *task = (void *)bpf_get_current_task();
  struct fs_struct___path *fs = AWL_PATH_READ(text, task, fs);
  struct path___path *start = (void *)path;
  struct dentry___path *dentry = AWL_PATH_READ(text, start, dentry), *root = AWL_PATH_READ(text, fs, root.dentry);
  struct vfsmount___path *mount = AWL_PATH_READ(text, start, mnt), *root_mount = AWL_PATH_READ(text, fs, root.mnt);
  *out = 0;
  count[0] = count[1] = 0;
  if (!dentry || !mount) return;
  volatile u64 *removed = count + 3;
  *removed = AWL_PATH_READ(text, dentry, d_hash.pprev) == 0;
  if (AWL_PATH_READ(text, dentry, d_parent) == dentry) {
    if (AWL_PATH_READ(text, mount, mnt_root) != dentry) return awl_path_special(text, dentry, mount);
    *removed = 0;
  }
  for (u64 i = 0; i < AWL_PATH_PARTS; i++) {
    if (dentry == root && mount == root_mount) break;
    struct dentry___path *parent = AWL_PATH_READ(text, dentry, d_parent);
    if (dentry == AWL_PATH_READ(text, mount, mnt_root)) {
      struct mount___path *inner = (void *)mount - bpf_core_field_offset(struct mount___path, mnt);
      struct mount___path *outer = AWL_PATH_READ(text, inner, mnt_parent);
      if (outer == inner) break;
      dentry = AWL_PATH_READ(text, inner, mnt_mountpoint);
      mount = (void *)outer + bpf_core_field_offset(struct mount___path, mnt);
      continue;
    }
    if (parent == dentry) break;
    u64 next = *count;
    names[next & (AWL_PATH_PARTS - 1)] = (u64)AWL_PATH_READ(text, dentry, d_name.name);
    *count = next + 1;
    dentry = parent;
  }
  if (!*count) awl_path_byte(text, '/');
  for (u64 i = 0; i < AWL_PATH_PARTS; i++) {
    u64 left = *count;
    if (!left) break;
    *count = --left;
    awl_path_byte(text, '/');
    awl_path_add(text, (void *)names[left & (AWL_PATH_PARTS - 1)], 256);
  }
  if (!*removed) return;
  ((volatile u64 *)names)[0] = 0x6574656c65642820; /* " (deleted)" */
  ((volatile u64 *)names)[1] = 0x2964;
  awl_path_add(text, names, 16);
}
