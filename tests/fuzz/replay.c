/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * main() for a fuzz target without libFuzzer: replays files.
 *
 * Arguments are files or directories. Without any, the corpus of the target
 * is replayed: $top_srcdir/tests/fuzz/corpus/NAME for the program fuzz_NAME.
 * Each input is also replayed cut short at every length, so that a seed finds
 * an over-read (with the sanitizers) even without a fuzzer. An empty corpus is
 * a failure: it would test nothing.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Cutting is quadratic; longer inputs are replayed whole only. */
#define CUT_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long inputs;

static void die(const char *what)
{
	fprintf(stderr, "replay: %s: %s\n", what, strerror(errno));
	exit(99);
}

/* A copy of its own for each length: then a sanitizer sees the true end. */
static void replay_bytes(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		die("memory");
	if (size)
		memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void replay_file(const char *path, size_t size)
{
	uint8_t *data = malloc(size ? size : 1);
	FILE *f = fopen(path, "rb");
	size_t cut;

	if (!f || !data || fread(data, 1, size, f) != size)
		die(path);
	fclose(f);
	replay_bytes(data, size);
	if (size <= CUT_MAX)
		for (cut = 0; cut < size; cut++)
			replay_bytes(data, cut);
	free(data);
	inputs++;
}

static void replay_path(const char *path)
{
	struct dirent *e;
	struct stat st;
	DIR *dir;

	if (stat(path, &st))
		die(path);
	if (!S_ISDIR(st.st_mode)) {
		replay_file(path, (size_t)st.st_size);
		return;
	}
	dir = opendir(path);
	if (!dir)
		die(path);
	while ((e = readdir(dir))) {
		char *full;

		if (e->d_name[0] == '.')
			continue;
		if (asprintf(&full, "%s/%s", path, e->d_name) < 0)
			die("memory");
		replay_path(full);
		free(full);
	}
	closedir(dir);
}

static void replay_corpus(const char *program)
{
	const char *srcdir = getenv("top_srcdir");
	const char *base = strrchr(program, '/');
	char *path;

	base = base ? base + 1 : program;
	if (!strncmp(base, "fuzz_", 5))
		base += 5;
	if (asprintf(&path, "%s/tests/fuzz/corpus/%s", srcdir ? srcdir : ".",
		     base) < 0)
		die("memory");
	replay_path(path);
	free(path);
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		replay_path(argv[i]);
	if (argc < 2)
		replay_corpus(argv[0]);
	printf("%s: %lu inputs replayed\n", argv[0], inputs);
	return inputs ? EXIT_SUCCESS : EXIT_FAILURE;
}
