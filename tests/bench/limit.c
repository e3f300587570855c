/*
 * limit: what any iSCSI target must at least spend on this machine.
 *
 *   limit PORT FILE [sync|original]
 *
 * It serves FILE as LUN 1 (512-byte blocks) on 127.0.0.1 to whoever logs in, and is no target:
 * it believes all that it is sent, looks at nothing that a read or a write does not need, and
 * knows no errors but dying. A thread a connection takes in what has arrived with one recv(),
 * does a pread() or pwrite() for each command, and answers all of them with one send().
 * With "sync" the writes of a batch share one fdatasync() before they are answered. With
 * "original" a write costs what the first write to an extent after a snapshot costs the original
 * engine, as traced: 1 MiB read and written, one block read, three written.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 512u
#define SEGMENT (1u << 20)      /* the longest data segment, both ways */
#define IN_SIZE (16u << 20)
#define OUT_SIZE (16u << 20)
#define TAGS 16384u

static int file, sync_writes, like_original;
static uint64_t blocks;

struct conn {
    int fd;
    uint8_t *in, *out;
    size_t got, done, made;     /* bytes received, of these handled; bytes of answers */
    uint32_t statsn, segment;   /* the initiator's longest data segment */
    int unsynced;
    struct { uint64_t at; uint32_t left; } write[TAGS];
};

static void die(const char *what)
{
    fprintf(stderr, "limit: %s: %s\n", what, strerror(errno));
    exit(1);
}

static uint32_t get32(const uint8_t *p) { uint32_t v; memcpy(&v, p, 4); return be32toh(v); }
static uint64_t get64(const uint8_t *p) { uint64_t v; memcpy(&v, p, 8); return be64toh(v); }
static void put32(uint8_t *p, uint32_t v) { v = htobe32(v); memcpy(p, &v, 4); }
static void put64(uint8_t *p, uint64_t v) { v = htobe64(v); memcpy(p, &v, 8); }
static uint32_t segment_length(const uint8_t *h) { return get32(h + 4) & 0xffffff; }

static void answer(struct conn *c)
{
    if (c->unsynced && fdatasync(file)) die("fdatasync");
    c->unsynced = 0;
    for (size_t sent = 0; sent < c->made; ) {
        ssize_t n = send(c->fd, c->out + sent, c->made - sent, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR) die("send");
        sent += n > 0 ? (size_t)n : 0;
    }
    c->made = 0;
}

/* the header of an answer to a command, and room for its data */
static uint8_t *pdu(struct conn *c, const uint8_t *command, uint8_t opcode, uint8_t flags, uint32_t data)
{
    if (c->made + 48 + data + 3 > OUT_SIZE) answer(c);
    uint8_t *h = c->out + c->made;
    memset(h, 0, 48);
    h[0] = opcode; h[1] = flags;
    put32(h + 4, data);
    memcpy(h + 16, command + 16, 4);
    put32(h + 24, c->statsn);
    put32(h + 28, get32(command + 24) + 1);
    put32(h + 32, get32(command + 24) + TAGS);
    memset(h + 48 + data, 0, (4 - data % 4) % 4);
    c->made += 48 + (data + 3) / 4 * 4;
    return h;
}

static void good(struct conn *c, const uint8_t *command)
{
    pdu(c, command, 0x21, 0x80, 0);
    c->statsn++;
}

/* data of a read that end it, in as many PDUs as it takes */
static void read_file(struct conn *c, const uint8_t *command, uint64_t at, uint32_t length)
{
    for (uint32_t sent = 0, n, sn = 0; sent < length; sent += n) {
        n = length - sent < c->segment ? length - sent : c->segment;
        int last = sent + n == length;
        uint8_t *h = pdu(c, command, 0x25, last ? 0x81 : 0, n);
        if (!last) put32(h + 24, 0);
        put32(h + 36, sn++);
        put32(h + 40, sent);
        if (pread(file, h + 48, n, (off_t)(at + sent)) != (ssize_t)n) die("pread");
    }
    c->statsn++;
}

static void read_answer(struct conn *c, const uint8_t *command, const uint8_t *data, uint32_t length)
{
    memcpy(pdu(c, command, 0x25, 0x81, length) + 48, data, length);
    c->statsn++;
}

static void copy_extent(uint64_t at)
{
    static _Thread_local uint8_t extent[SEGMENT];
    uint64_t start = at / SEGMENT * SEGMENT;
    if (pread(file, extent, SEGMENT, (off_t)start) != SEGMENT) die("pread");
    if (pwrite(file, extent, SEGMENT, (off_t)start) != SEGMENT) die("pwrite");
    if (pread(file, extent, 4096, (off_t)start) != 4096) die("pread");
    for (int i = 0; i < 2; i++)
        if (pwrite(file, extent, 4096, (off_t)start) != 4096) die("pwrite");
}

static void write_file(struct conn *c, const uint8_t *data, uint32_t length, uint64_t at)
{
    if (like_original) copy_extent(at);
    if (pwrite(file, data, length, (off_t)at) != (ssize_t)length) die("pwrite");
    c->unsynced |= sync_writes;
}

static void command(struct conn *c, const uint8_t *h)
{
    const uint8_t *cdb = h + 32;
    uint8_t data[32] = { 0 };
    uint32_t length = get32(h + 20), tag = get32(h + 16), immediate = segment_length(h);
    switch (cdb[0]) {
    case 0x28: read_file(c, h, (uint64_t)get32(cdb + 2) * BLOCK, length); break;
    case 0x88: read_file(c, h, get64(cdb + 2) * BLOCK, length); break;
    case 0x2a: case 0x8a: {
        uint64_t at = (cdb[0] == 0x2a ? get32(cdb + 2) : get64(cdb + 2)) * BLOCK;
        if (immediate) write_file(c, h + 48, immediate, at);
        if (immediate == length) { good(c, h); break; }
        if (tag >= TAGS) { errno = ERANGE; die("task tag"); }
        c->write[tag].at = at; c->write[tag].left = length - immediate;
        uint8_t *r2t = pdu(c, h, 0x31, 0x80, 0);
        put32(r2t + 20, tag);
        put32(r2t + 40, immediate); put32(r2t + 44, length - immediate);
        break; }
    case 0x25:
        put32(data, blocks > 0xffffffffu ? 0xffffffffu : (uint32_t)(blocks - 1)); put32(data + 4, BLOCK);
        read_answer(c, h, data, 8);
        break;
    case 0x9e:
        put64(data, blocks - 1); put32(data + 8, BLOCK);
        read_answer(c, h, data, 32);
        break;
    default: good(c, h);
    }
}

static void data_out(struct conn *c, const uint8_t *h)
{
    uint32_t tag = get32(h + 16) % TAGS, length = segment_length(h);
    write_file(c, h + 48, length, c->write[tag].at + get32(h + 40));
    c->write[tag].left -= length;
    if (c->write[tag].left == 0) {
        uint8_t of_command[48];
        memcpy(of_command, h, 48);
        put32(of_command + 24, get32(h + 28) + TAGS / 2); /* no CmdSN here: the window stays wide open */
        good(c, of_command);
    }
}

static void login(struct conn *c, const uint8_t *h)
{
    const char *text = (const char *)h + 48;
    uint32_t n = segment_length(h);
    char reply[512] = "";
    uint32_t length = 0;
    if ((h[1] >> 2 & 3) == 1) {
        for (uint32_t i = 0; i < n; i += (uint32_t)strnlen(text + i, n - i) + 1)
            if (sscanf(text + i, "MaxRecvDataSegmentLength=%u", &c->segment) == 1 && c->segment > SEGMENT)
                c->segment = SEGMENT;
        length = (uint32_t)snprintf(reply, sizeof reply,
            "HeaderDigest=None%cDataDigest=None%cMaxRecvDataSegmentLength=%u%cInitialR2T=Yes%cImmediateData=Yes%c"
            "FirstBurstLength=262144%cMaxBurstLength=1048576%cMaxOutstandingR2T=1%cErrorRecoveryLevel=0%c",
            0, 0, SEGMENT, 0, 0, 0, 0, 0, 0, 0);
    } else {
        length = (uint32_t)snprintf(reply, sizeof reply, "TargetPortalGroupTag=1%cAuthMethod=None%c", 0, 0);
    }
    uint8_t *r = pdu(c, h, 0x23, h[1] & 0x8f, length);
    memcpy(r + 8, h + 8, 6);
    r[15] = 1;
    put32(r + 28, get32(h + 24));
    put32(r + 32, get32(h + 24) + TAGS);
    memcpy(r + 48, reply, length);
    c->statsn++;
}

/* returns 0 at the end of the session */
static int handle(struct conn *c, const uint8_t *h)
{
    switch (h[0] & 0x3f) {
    case 0x01: command(c, h); return 1;
    case 0x05: data_out(c, h); return 1;
    case 0x03: login(c, h); return 1;
    case 0x06: pdu(c, h, 0x26, 0x80, 0); answer(c); return 0;
    default: return 1;
    }
}

static void *serve(void *connection)
{
    struct conn *c = connection;
    int on = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    for (int open = 1; open; ) {
        ssize_t n = recv(c->fd, c->in + c->got, IN_SIZE - c->got, 0);
        if (n <= 0) break;
        c->got += (size_t)n;
        while (open && c->got - c->done >= 48) {
            const uint8_t *h = c->in + c->done;
            size_t length = 48 + (segment_length(h) + 3) / 4 * 4;
            if (c->got - c->done < length) break;
            c->done += length;
            open = handle(c, h);
        }
        answer(c);
        if (c->done == c->got) {
            c->done = c->got = 0;
        } else if (IN_SIZE - c->got < SEGMENT + 64) {
            memmove(c->in, c->in + c->done, c->got - c->done);
            c->got -= c->done;
            c->done = 0;
        }
    }
    close(c->fd);
    free(c->in); free(c->out); free(c);
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc < 3) { fprintf(stderr, "limit PORT FILE [sync]\n"); return 2; }
    struct stat st;
    sync_writes = argc > 3 && !strcmp(argv[3], "sync");
    like_original = argc > 3 && !strcmp(argv[3], "original");
    if ((file = open(argv[2], O_RDWR | O_CLOEXEC)) < 0 || fstat(file, &st)) die(argv[2]);
    blocks = (uint64_t)st.st_size / BLOCK;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1])),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, 64)) die(argv[1]);
    for (;;) {
        struct conn *c = calloc(1, sizeof *c);
        pthread_t thread;
        if (!c || !(c->in = malloc(IN_SIZE)) || !(c->out = malloc(OUT_SIZE))) die("memory");
        c->segment = 8192; c->statsn = 1;
        if ((c->fd = accept(listener, NULL, NULL)) < 0) die("accept");
        if (pthread_create(&thread, NULL, serve, c)) die("thread");
        pthread_detach(thread);
    }
}
