/* A disk that can be told to fail, and that notes what it was told: loaded into a process with LD_PRELOAD.

   Only the file DISK_FILE and its -wal are concerned. DISK_CONTROL is a file of five 32-bit numbers, which may be changed
   at any time: fail the n-th write from now (0: none), fail the n-th sync from now (0: none), how many calls fail then,
   with which errno, and (counted here) how many have failed. DISK_NOTES, if it is set, gets a record of every write,
   truncation and sync: what (0 write, 1 sync, 2 truncation), which file (0 database, 1 wal), offset, length, content. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITE, SYNC, TRUNCATION };
enum { TO_WRITE, TO_SYNC, TIMES, ERROR, FAILED };
struct note { uint32_t what, file; uint64_t offset, length; };

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static volatile int32_t *control;
static const char *file;
static int notes = -1;

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("DISK_CONTROL");
    int fd = name ? open(name, O_RDWR | O_CLOEXEC) : -1;
    file = getenv("DISK_FILE");
    if (fd >= 0) control = mmap(NULL, 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if ((name = getenv("DISK_NOTES"))) notes = open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

/* 0 for the database, 1 for its wal, -1 for everything else. */
static int which(int fd) {
    char link[40], path[4096];
    if (!file || fd < 0) return -1;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return -1;
    path[length] = 0;
    size_t known = strlen(file);
    if (strncmp(path, file, known)) return -1;
    return !path[known] ? 0 : !strcmp(path + known, "-wal") ? 1 : -1;
}

static int fails(int kind) {
    if (!control || !control[kind]) return 0;
    if (control[kind] > 1) return control[kind]--, 0;
    control[FAILED]++;
    if (--control[TIMES] <= 0) control[kind] = 0;
    errno = control[ERROR];
    return 1;
}

static void note(uint32_t what, uint32_t of, uint64_t offset, const void *content, uint64_t length) {
    struct note head = {what, of, offset, length};
    struct iovec parts[2] = {{&head, sizeof head}, {(void *)content, content ? length : 0}};
    if (notes >= 0 && writev(notes, parts, 2) < 0) abort();
}

static ssize_t do_write(int fd, const void *content, size_t length, off_t offset, int at) {
    int of = which(fd);
    if (of < 0) return at ? syscall(SYS_pwrite64, fd, content, length, offset) : syscall(SYS_write, fd, content, length);
    pthread_mutex_lock(&turn);
    ssize_t done = -1;
    if (!at) offset = lseek(fd, 0, SEEK_CUR);
    if (!fails(TO_WRITE)) {
        done = at ? syscall(SYS_pwrite64, fd, content, length, offset) : syscall(SYS_write, fd, content, length);
        if (done > 0) note(WRITE, of, offset, content, done);
    }
    int error = errno;
    pthread_mutex_unlock(&turn);
    errno = error;
    return done;
}

static int do_sync(int fd, long call) {
    int of = which(fd);
    if (of < 0) return syscall(call, fd);
    pthread_mutex_lock(&turn);
    int done = -1;
    if (!fails(TO_SYNC) && !(done = syscall(call, fd))) note(SYNC, of, 0, NULL, 0);
    int error = errno;
    pthread_mutex_unlock(&turn);
    errno = error;
    return done;
}

static int do_truncate(int fd, off_t length) {
    int of = which(fd);
    if (of < 0) return syscall(SYS_ftruncate, fd, length);
    pthread_mutex_lock(&turn);
    int done = -1;
    if (!fails(TO_WRITE) && !(done = syscall(SYS_ftruncate, fd, length))) note(TRUNCATION, of, length, NULL, 0);
    int error = errno;
    pthread_mutex_unlock(&turn);
    errno = error;
    return done;
}

ssize_t write(int fd, const void *content, size_t length) { return do_write(fd, content, length, 0, 0); }
ssize_t pwrite(int fd, const void *content, size_t length, off_t at) { return do_write(fd, content, length, at, 1); }
ssize_t pwrite64(int fd, const void *content, size_t length, off_t at) { return do_write(fd, content, length, at, 1); }
int fsync(int fd) { return do_sync(fd, SYS_fsync); }
int fdatasync(int fd) { return do_sync(fd, SYS_fdatasync); }
int ftruncate(int fd, off_t length) { return do_truncate(fd, length); }
int ftruncate64(int fd, off_t length) { return do_truncate(fd, length); }
