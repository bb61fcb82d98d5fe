/* The system calls that can change a file: where they say which one, and what they do to it. */
#include <linux/unistd.h>
#include <sys/syscall.h>

enum { GROWS = 1, WRITES = 2, OPENS = 4, FREES = 8 };
#define NONE (-1)

/* Where a path stands among the arguments: `at` is the folder that it is relative to, NONE for the working folder. */
struct place {
  int at, path;
};

struct call {
  long number;
  const char *name;
  int what;
  int descriptor;         /* argument that is an open file, NONE where there are paths */
  struct place one, other;
};

#define OF_FILE(name, what, descriptor) {__NR_##name, #name, what, descriptor, {NONE, NONE}, {NONE, NONE}}
#define OF_PATH(name, what, at, path) {__NR_##name, #name, what, NONE, {at, path}, {NONE, NONE}}
#define OF_TWO(name, what, at, path, at2, path2) {__NR_##name, #name, what, NONE, {at, path}, {at2, path2}}

static const struct call CALLS[] = {
    OF_FILE(write, GROWS | WRITES, 0),
    OF_FILE(pwrite64, GROWS | WRITES, 0),
    OF_FILE(writev, GROWS | WRITES, 0),
    OF_FILE(pwritev, GROWS | WRITES, 0),
    OF_FILE(pwritev2, GROWS | WRITES, 0),
    OF_FILE(sendfile, GROWS, 0),
    OF_FILE(copy_file_range, GROWS, 2),
    OF_FILE(fallocate, GROWS, 0),
    OF_FILE(ftruncate, 0, 0),
    OF_FILE(fsync, GROWS, 0), /* where the disk is told of late, it is told here */
    OF_FILE(fdatasync, GROWS, 0),
    OF_PATH(truncate, 0, NONE, 0),
    OF_PATH(openat, GROWS | OPENS, 0, 1),
    OF_PATH(mkdirat, GROWS, 0, 1),
    OF_PATH(unlinkat, FREES, 0, 1),
    OF_TWO(renameat2, 0, 0, 1, 2, 3),
    OF_TWO(linkat, GROWS, 0, 1, 2, 3),
    OF_PATH(symlinkat, GROWS, 1, 2),
#ifdef __NR_renameat
    OF_TWO(renameat, 0, 0, 1, 2, 3),
#endif
#ifdef __NR_open /* the older calls, that newer machines do not have */
    OF_PATH(open, GROWS | OPENS, NONE, 0),
    OF_PATH(creat, GROWS, NONE, 0),
    OF_PATH(mkdir, GROWS, NONE, 0),
    OF_PATH(rmdir, FREES, NONE, 0),
    OF_PATH(unlink, FREES, NONE, 0),
    OF_TWO(rename, 0, NONE, 0, NONE, 1),
    OF_TWO(link, GROWS, NONE, 0, NONE, 1),
    OF_PATH(symlink, GROWS, NONE, 1),
#endif
};
enum { N_CALLS = sizeof CALLS / sizeof *CALLS };
