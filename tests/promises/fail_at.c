/* Counts what a process changes in the files below one folder, and at the n-th change kills it, interrupts it, or lets
 * that change fail.
 *
 * A seccomp filter turns every system call that can change a file into a SIGSYS, whose handler counts and then does, or
 * does not do, what was asked. The calls are met at the kernel and not at the C library's functions, because Lance's
 * storage renames and links with system calls of its own, and stdio writes with names that cannot be interposed.
 * Nothing happens to what a process writes through a shared mapping: that is no system call.
 *
 * fail_at_watch(folder, log)   once, before anything is counted; `log` is a file descriptor for a line a change, or -1
 * fail_at_arm(fault, n)        from now on count, and do `fault` at the n-th change
 * fail_at_disarm()             back to a sound disk; how many changes there were
 * fail_at_when()               when the fault was, in nanoseconds of CLOCK_MONOTONIC; 0 if it was not yet
 * fail_at_worked()             how long the process had worked by then, in nanoseconds of CLOCK_PROCESS_CPUTIME_ID
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "trapped_calls.h"

/* The order is that of the class Fault in fault.py. */
enum fault { COUNT, KILL, TORN, SHORT, FULL, FULL_ONCE, FULL_UNTIL_FREED, BROKEN, BROKEN_ONCE, INTERRUPT };

/* -- the machine ----------------------------------------------------------------------------------------------------
 * raw_call makes a system call from one known place, which the filter lets pass.
 */
#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#define ARGUMENT(context, n) ((context)->uc_mcontext.gregs[(int[]){REG_RDI, REG_RSI, REG_RDX, REG_R10, REG_R8, REG_R9}[n]])
#define RESULT(context) ((context)->uc_mcontext.gregs[REG_RAX])
__asm__(".text\n.type raw_call,@function\nraw_call:\n"
        "mov %rdi,%rax\nmov %rsi,%rdi\nmov %rdx,%rsi\nmov %rcx,%rdx\nmov %r8,%r10\nmov %r9,%r8\nmov 8(%rsp),%r9\n"
        "syscall\nraw_call_end:\nret\n");
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#define ARGUMENT(context, n) ((context)->uc_mcontext.regs[n])
#define RESULT(context) ((context)->uc_mcontext.regs[0])
__asm__(".text\n.type raw_call,%function\nraw_call:\n"
        "mov x8,x0\nmov x0,x1\nmov x1,x2\nmov x2,x3\nmov x3,x4\nmov x4,x5\nmov x5,x6\n"
        "svc #0\nraw_call_end:\nret\n");
#else
#error "fail_at.c knows x86_64 and aarch64"
#endif
long raw_call(long number, long a, long b, long c, long d, long e, long f);
extern const char raw_call_end[];

static char watched[PATH_MAX];
static size_t watched_length;
static int log_to = -1;
static atomic_int armed, fault, tripped;
static atomic_long changes, fails_at, tripped_at, worked_by_then;

/* -- what is asked for ---------------------------------------------------------------------------------------------- */

static const char *argument_text(const ucontext_t *context, int n) { return (const char *)ARGUMENT(context, n); }

/* The path of an open file, or of the working folder for AT_FDCWD; its length, 0 if it has none. */
static size_t path_of_descriptor(long descriptor, char *path) {
  char link[64];
  if (descriptor == AT_FDCWD)
    strcpy(link, "/proc/self/cwd");
  else
    snprintf(link, sizeof link, "/proc/self/fd/%ld", descriptor);
  long length = raw_call(__NR_readlinkat, AT_FDCWD, (long)link, (long)path, PATH_MAX - 1, 0, 0);
  path[length > 0 ? length : 0] = 0;
  return length > 0 ? length : 0;
}

static void path_at(const ucontext_t *context, struct place place, char *path) {
  const char *given = argument_text(context, place.path);
  size_t length = 0;
  if (given[0] != '/') {
    length = path_of_descriptor(place.at == NONE ? AT_FDCWD : (int)ARGUMENT(context, place.at), path);
    if (length < PATH_MAX - 1) path[length++] = '/';
  }
  strncpy(path + length, given, PATH_MAX - 1 - length);
  path[PATH_MAX - 1] = 0;
}

static int is_watched(const char *path) {
  return strncmp(path, watched, watched_length) == 0 && (path[watched_length] == '/' || !path[watched_length]);
}

/* Opening a file that is there, and not emptying it, changes nothing. */
static int opens_without_change(const ucontext_t *context, const struct call *call, const char *path) {
  long flags = ARGUMENT(context, call->one.path + 1);
  if (flags & O_TRUNC || (flags & O_TMPFILE) == O_TMPFILE) return 0;
  return !(flags & O_CREAT) || raw_call(__NR_faccessat, AT_FDCWD, (long)path, F_OK, 0, 0, 0) == 0;
}

/* Whether the call changes something of the watched folder; `path` says what was changed, there or elsewhere. */
static int changes_watched(const ucontext_t *context, const struct call *call, char *path) {
  if (call->descriptor != NONE) {
    path_of_descriptor((int)ARGUMENT(context, call->descriptor), path);
    return is_watched(path);
  }
  path_at(context, call->one, path);
  if (call->what & OPENS && opens_without_change(context, call, path)) {
    path[0] = 0;
    return 0;
  }
  if (call->other.path == NONE) return is_watched(path);
  char source[PATH_MAX];
  strcpy(source, path);
  path_at(context, call->other, path);
  return is_watched(path) || is_watched(source);
}

/* A line of the log: the call and the path; outside of the watched folder with a "!" before it. */
static void note(const struct call *call, const char *path, int inside) {
  char line[PATH_MAX + 64];
  if (log_to < 0 || path[0] != '/') return; /* pipes and sockets have no path */
  int length = snprintf(line, sizeof line, "%s%s %s\n", inside ? "" : "!", call->name, path);
  raw_call(__NR_write, log_to, (long)line, length, 0, 0, 0);
}

/* -- what is done --------------------------------------------------------------------------------------------------- */

static long done(const ucontext_t *context, const struct call *call) {
  return raw_call(call->number, ARGUMENT(context, 0), ARGUMENT(context, 1), ARGUMENT(context, 2), ARGUMENT(context, 3),
                  ARGUMENT(context, 4), ARGUMENT(context, 5));
}

/* Half of what was to be written; all of it where that is not more than a byte. */
static long half_written(const ucontext_t *context, const struct call *call) {
  if (call->number == __NR_write || call->number == __NR_pwrite64) {
    long half = (ARGUMENT(context, 2) + 1) / 2;
    return raw_call(call->number, ARGUMENT(context, 0), ARGUMENT(context, 1), half, ARGUMENT(context, 3), 0, 0);
  }
  struct iovec first = *(const struct iovec *)ARGUMENT(context, 1);
  first.iov_len = (first.iov_len + 1) / 2;
  return raw_call(call->number, ARGUMENT(context, 0), (long)&first, 1, ARGUMENT(context, 3), ARGUMENT(context, 4),
                  ARGUMENT(context, 5));
}

static void send(int signal) { raw_call(__NR_kill, getpid(), signal, 0, 0, 0, 0); }

static long nanoseconds(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * 1000000000L + time.tv_nsec;
}

static long at_a_change(const ucontext_t *context, const struct call *call) {
  int now = atomic_fetch_add(&changes, 1) + 1 == fails_at;
  if (now) {
    atomic_store(&tripped_at, nanoseconds(CLOCK_MONOTONIC));
    atomic_store(&worked_by_then, nanoseconds(CLOCK_PROCESS_CPUTIME_ID));
    atomic_store(&tripped, 1);
  }
  if (tripped && fault == FULL_UNTIL_FREED && call->what & FREES && !now) atomic_store(&tripped, 0);
  switch (fault) {
    case KILL:
      if (now) send(SIGKILL);
      break;
    case TORN:
      if (now && call->what & WRITES) half_written(context, call);
      if (now) send(SIGKILL);
      break;
    case SHORT:
      if (now && call->what & WRITES) return half_written(context, call);
      break;
    case INTERRUPT:
      if (now) send(SIGINT);
      break;
    case FULL:
    case FULL_UNTIL_FREED:
      if (tripped && call->what & GROWS) return -ENOSPC;
      break;
    case FULL_ONCE:
      if (now && call->what & GROWS) return -ENOSPC;
      break;
    case BROKEN:
      if (tripped) return -EIO;
      break;
    case BROKEN_ONCE:
      if (now) return -EIO;
      break;
  }
  return done(context, call);
}

static void on_call(int signal, siginfo_t *info, void *given) {
  (void)signal;
  ucontext_t *context = given;
  int saved = errno;
  const struct call *call = CALLS;
  while (call->number != info->si_syscall) call++; /* the filter traps no other */
  char path[PATH_MAX] = "";
  int inside = armed && changes_watched(context, call, path);
  if (armed) note(call, path, inside);
  RESULT(context) = inside ? at_a_change(context, call) : done(context, call);
  errno = saved;
}

/* -- the filter ----------------------------------------------------------------------------------------------------- */

#define FIELD(name) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, name))
#define HIGH_HALF(name) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, name) + 4)
#define SKIP_UNLESS(value, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, n)
#define ANSWER(action) BPF_STMT(BPF_RET | BPF_K, action)
enum { BEFORE = 8 };

static int install_filter(void) {
  uintptr_t ours = (uintptr_t)raw_call_end;
  struct sock_filter filter[BEFORE + 2 * N_CALLS + 1] = {
      FIELD(arch),
      SKIP_UNLESS(ARCHITECTURE, 4),
      FIELD(instruction_pointer),
      SKIP_UNLESS((uint32_t)ours, 3),
      HIGH_HALF(instruction_pointer),
      SKIP_UNLESS((uint32_t)(ours >> 32), 1),
      ANSWER(SECCOMP_RET_ALLOW),
      FIELD(nr),
  };
  int length = BEFORE;
  for (int n = 0; n < N_CALLS; n++) {
    filter[length++] = (struct sock_filter)SKIP_UNLESS(CALLS[n].number, 1);
    filter[length++] = (struct sock_filter)ANSWER(SECCOMP_RET_TRAP);
  }
  filter[length++] = (struct sock_filter)ANSWER(SECCOMP_RET_ALLOW);
  struct sock_fprog program = {length, filter};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return -errno;
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program)) return -errno;
  return 0;
}

/* -- what is called ------------------------------------------------------------------------------------------------- */

int fail_at_watch(const char *folder, int log) {
  watched_length = strlen(folder);
  if (watched_length >= sizeof watched) return -ENAMETOOLONG;
  strcpy(watched, folder);
  log_to = log;
  struct sigaction action = {.sa_sigaction = on_call, .sa_flags = SA_SIGINFO | SA_NODEFER | SA_RESTART};
  if (sigaction(SIGSYS, &action, NULL)) return -errno;
  return install_filter();
}

void fail_at_arm(int what, long n) {
  atomic_store(&fault, what);
  atomic_store(&fails_at, n);
  atomic_store(&changes, 0);
  atomic_store(&tripped, 0);
  atomic_store(&tripped_at, 0);
  atomic_store(&armed, 1);
}

long fail_at_disarm(void) {
  atomic_store(&armed, 0);
  return changes;
}

long fail_at_when(void) { return tripped_at; }

long fail_at_worked(void) { return worked_by_then; }
