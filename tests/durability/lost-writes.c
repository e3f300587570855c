/* For LD_PRELOAD: now and then a write is not done, and the server is told that it was. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <sys/types.h>

typedef ssize_t writer(int, const void *, size_t, off_t);

static ssize_t sometimes(const char *name, int fd, const void *bytes, size_t count, off_t offset) {
    static atomic_ulong calls;
    if (++calls % 400 == 0) return (ssize_t) count;
    writer *real = (writer *) dlsym(RTLD_NEXT, name);
    return real(fd, bytes, count, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    return sometimes("pwrite", fd, bytes, count, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t offset) {
    return sometimes("pwrite64", fd, bytes, count, offset);
}
