/* What a C program does with the world: every line that it prints must be the same from a native build and from a
 * guest's, whatever it runs on and however often it is moved. Times, inode numbers and sizes of directories are left
 * out, because they differ between any two file systems. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { NAMES = 64, LINE = 100, NAP_NS = 2000000, SECOND_NS = 1000000000 };

static char line[LINE];

/* Numbers of errors differ between systems; names do not. */
static const char *error_name(void) {
    switch (errno) {
#define NAME(error) case error: return #error;
        NAME(EACCES) NAME(EBADF) NAME(EEXIST) NAME(EINVAL) NAME(EISDIR) NAME(ELOOP) NAME(ENOENT) NAME(ENOTDIR)
        NAME(ENOTEMPTY) NAME(EPERM) NAME(EROFS) NAME(ESPIPE)
        default: return "another error";
    }
}

static void tell(const char *what, long result) {
    if (result < 0)
        printf("%s: %s\n", what, error_name());
    else
        printf("%s: %ld\n", what, result);
}

#define DO(call) tell(#call, (long)(call))

static int in_order(const void *one, const void *other) {
    return strcmp(*(char *const *)one, *(char *const *)other);
}

static void list(const char *path) {
    char *names[NAMES];
    int count = 0;
    DIR *directory = opendir(path);
    if (!directory) {
        printf("%s: %s\n", path, error_name());
        return;
    }
    for (struct dirent *entry; count < NAMES && (entry = readdir(directory));)
        names[count++] = strdup(entry->d_name);
    closedir(directory);
    qsort(names, count, sizeof *names, in_order);
    printf("%s:", path);
    for (int n = 0; n < count; n++)
        printf(" %s", names[n]);
    printf("\n");
}

static void facts(const char *path) {
    struct stat stat;
    if (lstat(path, &stat))
        printf("%s: %s\n", path, error_name());
    else if (S_ISDIR(stat.st_mode))
        printf("%s: directory\n", path);
    else
        printf("%s: %s, %ld bytes, %ld links\n", path, S_ISLNK(stat.st_mode) ? "link" : "file", (long)stat.st_size,
               (long)stat.st_nlink);
}

static void process(int argc, char **argv) {
    for (int n = 1; n < argc; n++)
        printf("argument %s\n", argv[n]);
    printf("GREETING=%s\n", getenv("GREETING"));
    while (fgets(line, sizeof line, stdin))
        printf("read %s", line);
    printf("terminals %d %d\n", isatty(0), isatty(1));
    DO(lseek(1, 0, SEEK_CUR));
    unsigned char random[16] = {0}, zeros[16] = {0};
    DO(getentropy(random, sizeof random));
    printf("random %d\n", memcmp(random, zeros, sizeof zeros) != 0);
    fprintf(stderr, "to standard error\n");
}

static void reading_and_writing(void) {
    DO(mkdir("d", 0777));
    FILE *file = fopen("d/file", "w+");
    fprintf(file, "hello %d\n", 42);
    fseek(file, 1, SEEK_SET);
    fputc('E', file);
    rewind(file);
    printf("%s", fgets(line, sizeof line, file));
    fclose(file);
    int fd = open("d/file", O_RDWR | O_APPEND);
    DO(write(fd, "more\n", 5));
    DO(lseek(fd, 0, SEEK_CUR));
    DO(pread(fd, line, 3, 1));
    DO(ftruncate(fd, 7));
    DO(ftruncate(fd, 12));
    struct iovec parts[3] = {{"a", 1}, {"", 0}, {"bcd", 3}};
    DO(writev(fd, parts, 3));
    DO(fsync(fd));
    DO(lseek(fd, -3, SEEK_END));
    DO(read(fd, line, 50));
    DO(lseek(fd, -100, SEEK_CUR));
    DO(close(fd));
    DO(close(fd));
    DO(read(99, line, 1));
    fd = open("d/file", O_RDONLY);
    DO(write(fd, "x", 1));
    DO(close(fd));
}

static void opening(void) {
    DO(open("missing", O_RDONLY));
    DO(open("d", O_WRONLY));
    DO(open("d/file/x", O_RDONLY));
    DO(open("d/file", O_CREAT | O_EXCL | O_WRONLY, 0666));
    DO(open("d/file", O_DIRECTORY | O_RDONLY));
    DO(access("d/file", R_OK));
    DO(access("missing", R_OK));
    int fd = open("scratch", O_RDWR | O_CREAT, 0666);
    DO(unlink("scratch"));
    DO(write(fd, "gone", 4));
    DO(lseek(fd, 0, SEEK_SET));
    DO(read(fd, line, 9));
    DO(close(fd));
}

static void names(void) {
    DO(mkdir("d", 0777));
    DO(mkdir("d/e/f", 0777));
    DO(mkdir("d/e", 0777));
    DO(symlink("d/file", "link"));
    DO(readlink("link", line, sizeof line));
    DO(link("d/file", "hard"));
    facts("hard");
    facts("link");
    facts("d");
    DO(open("link", O_RDONLY | O_NOFOLLOW));
    DO(symlink("loop", "loop"));
    DO(open("loop", O_RDONLY));
    DO(rename("hard", "d/e/moved"));
    DO(rename("d", "d/e/x"));
    DO(rename("missing", "y"));
    DO(rename("link", "d/e"));
    list(".");
    list("d");
    list("d/e");
    list("link");
    DO(rmdir("d"));
    DO(rmdir("link"));
    DO(unlink("d"));
    DO(unlink("missing"));
    DO(unlink("loop"));
    DO(unlink("link"));
    DO(unlink("d/e/moved"));
    DO(rmdir("d/e"));
    facts("d/file");
}

static void times(void) {
    struct timespec given[2] = {{1000, 5}, {2000, 7}};
    DO(utimensat(AT_FDCWD, "d/file", given, 0));
    struct stat stat_;
    stat("d/file", &stat_);
    printf("times %ld %ld %ld\n", (long)stat_.st_atim.tv_sec, (long)stat_.st_mtim.tv_sec, (long)stat_.st_mtim.tv_nsec);
    struct timespec before, after, nap = {0, NAP_NS};
    clock_gettime(CLOCK_MONOTONIC, &before);
    DO(nanosleep(&nap, NULL));
    clock_gettime(CLOCK_MONOTONIC, &after);
    long slept = (after.tv_sec - before.tv_sec) * SECOND_NS + after.tv_nsec - before.tv_nsec;
    printf("slept enough: %d\n", slept >= NAP_NS);
    struct pollfd output = {1, POLLOUT, 0};
    DO(poll(&output, 1, 0));
    printf("can write: %d\n", output.revents == POLLOUT);
}

int main(int argc, char **argv) {
    process(argc, argv);
    reading_and_writing();
    opening();
    names();
    times();
    DO(unlink("d/file"));
    DO(rmdir("d"));
    list(".");
    return 7;
}
