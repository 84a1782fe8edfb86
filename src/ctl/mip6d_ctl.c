/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mip6d-ctl: asks a running mip6d and prints its answer.
 *
 * This file decides arguments, exit statuses and what is said when there is
 * no daemon.  How answers look as text is left to ctl_text.c.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "src/ctl/ctl_doctor_alone.h"
#include "src/ctl/ctl_ike.h"
#include "src/ctl/ctl_priv.h"
#include "src/ctl/ctl_sa.h"

#define ANSWER_TIMEOUT_S 10

/* As mip6d-ctl(8) documents them. */
enum {
	EXIT_REFUSED = 1, /* mip6d answered that it cannot */
	EXIT_USAGE = 2,
	EXIT_NOT_THERE = 3,
	EXIT_PERMISSION = 4,
	EXIT_TROUBLE = 5,
};

static const char *const commands[] = {
#define X(name, text, fn) name,
	CTL_COMMANDS(X)
#undef X
};

static const struct {
	const char *name; /* of one word or more */
	ctl_request_fn *request;
} with_arguments[] = {
#define X(name, arguments, text, fn, request) { name, request },
	CTL_QUESTIONS(X) CTL_CHANGES(X)
#undef X
};

/* clang-format off */
static const char usage_text[] =
	"usage: mip6d-ctl [-hjV] [-s SOCKET] COMMAND\n"
	"\n"
	"  -s, --socket SOCKET  where mip6d listens (default " MIP6D_RUN_DIR
	"/control)\n"
	"  -j, --json           the answer as a line of JSON\n"
	"  -V, --version        print the version\n"
	"  -h, --help           print this\n"
	"\n"
	"commands:\n"
#define X(name, text, fn) "  " name ": " text "\n"
	CTL_COMMANDS(X)
#undef X
#define X(name, arguments, text, fn, request) \
	"  " name " " arguments ": " text "\n"
	CTL_QUESTIONS(X)
	"commands for root alone:\n"
	CTL_CHANGES(X)
#undef X
	"commands about files, without a daemon:\n"
	"  sa generate|rotate|finish|show ...: keys of ESP; see mip6d-ctl sa\n"
	"  ike generate [--certificates] FOLDER AGENT NAME=HOME-ADDRESS...:\n"
	"    what agent and nodes need to negotiate keys\n";
/* clang-format on */

/* The remaining arguments as one command without arguments of its own, or
 * NULL. */
static const char *command_of(int argc, char **argv)
{
	char words[64] = "";
	size_t i;

	for (; argc > 0; argc--, argv++) {
		if (strlen(words) + strlen(*argv) + 2 > sizeof(words))
			return NULL;
		if (*words)
			strcat(words, " ");
		strcat(words, *argv);
	}
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i], words))
			return commands[i];
	return NULL;
}

static int bad_usage(const char *problem)
{
	size_t i;

	fprintf(stderr, "mip6d-ctl: %s, expected one of:", problem);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(stderr, "%s %s", i ? "," : "", commands[i]);
#define X(name, arguments, text, fn, request) ", " name " " arguments
	fprintf(stderr, "%s, sa ..., ike generate ...\n",
		CTL_QUESTIONS(X) CTL_CHANGES(X));
#undef X
	return EXIT_USAGE;
}

/* ---- talking ---- */

static int say_why(const char *path, int err)
{
	if (err == ENOENT || err == ECONNREFUSED) {
		fprintf(stderr,
			"mip6d-ctl: no mip6d listens on %s: is it running? "
			"(-s names another socket)\n",
			path);
		return EXIT_NOT_THERE;
	}
	if (err == EACCES || err == EPERM) {
		fprintf(stderr,
			"mip6d-ctl: no permission for %s: be root, or of its "
			"group (control.group in mip6d.conf)\n",
			path);
		return EXIT_PERMISSION;
	}
	if (err == EAGAIN) {
		fprintf(stderr, "mip6d-ctl: no answer from %s in %d s\n", path,
			ANSWER_TIMEOUT_S);
		return EXIT_TROUBLE;
	}
	fprintf(stderr, "mip6d-ctl: %s: %s\n", path, strerror(err));
	return EXIT_TROUBLE;
}

/* A connected socket or -errno. */
static int connect_to(const char *path)
{
	struct timeval limit = { .tv_sec = ANSWER_TIMEOUT_S };
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd, err;

	if (strlen(path) >= sizeof(sun.sun_path))
		return -ENAMETOOLONG;
	strcpy(sun.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) ||
	    connect(fd, (struct sockaddr *)&sun, sizeof(sun))) {
		err = errno;
		close(fd);
		return -err;
	}
	return fd;
}

/* Reads to the end of the line.  0 or -errno; the caller frees. */
static int read_line(int fd, char **ret_line)
{
	size_t len = 0, size = 65536;
	auto_free char *line = malloc(size);
	char *larger;
	ssize_t n;

	while (line) {
		n = recv(fd, line + len, size - len - 1, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EPROTO;
		len += (size_t)n;
		if (line[len - 1] == '\n')
			break;
		if (size - len > 1)
			continue;
		larger = realloc(line, size * 2);
		if (!larger)
			return -ENOMEM;
		line = larger;
		size *= 2;
	}
	if (!line)
		return -ENOMEM;
	line[len] = '\0';
	*ret_line = steal_ptr(line);
	return 0;
}

/* How many of the arguments are the words of name; 0: they are not. */
static int words_match(const char *name, int argc, char **argv)
{
	size_t len;
	int n;

	for (n = 0; n < argc; n++) {
		len = strcspn(name, " ");
		if (strlen(argv[n]) != len || memcmp(argv[n], name, len))
			return 0;
		name += len;
		if (!*name++)
			return n + 1;
	}
	return 0;
}

/* The remaining arguments as a request with its newline, or NULL. */
static char *request_of(int argc, char **argv)
{
	const char *command = command_of(argc, argv);
	auto_free char *line = NULL;
	char *request = NULL;
	size_t i;
	int n;

	if (command && asprintf(&line, "{\"cmd\": \"%s\"}", command) < 0)
		line = NULL;
	for (i = 0; !command && i < ARRAY_SIZE(with_arguments); i++) {
		n = words_match(with_arguments[i].name, argc, argv);
		if (!n)
			continue;
		line = with_arguments[i].request(argc - n, argv + n);
		break;
	}
	if (line && asprintf(&request, "%s\n", line) < 0)
		request = NULL;
	return request;
}

static int ask(const char *path, const char *request, char **ret_line)
{
	auto_close int fd = connect_to(path);
	ssize_t n = (ssize_t)strlen(request);

	if (fd < 0)
		return fd;
	/* A daemon that has too many clients answers without being asked. */
	if (send(fd, request, (size_t)n, MSG_NOSIGNAL) != n && errno != EPIPE)
		return -errno;
	return read_line(fd, ret_line);
}

/* ---- printing ---- */

static bool wants_colour(void)
{
	const char *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return (!no || !*no) && isatty(STDOUT_FILENO) && term &&
	       strcmp(term, "dumb");
}

static int refusal_status(const json_t *reply)
{
	return json_is_true(json_object_get(reply, "denied")) ? EXIT_PERMISSION
							      : EXIT_REFUSED;
}

/* Of the doctor: as mip6d-ctl(8) documents it. */
static int result_status(const json_t *reply)
{
	const char *result =
		json_string_value(json_object_get(reply, "result"));
	const char *cmd = json_string_value(json_object_get(reply, "cmd"));

	if (!cmd || !result || strcmp(cmd, "doctor"))
		return EXIT_SUCCESS;
	return !strcmp(result, "ok") ? 0 : !strcmp(result, "warning") ? 1 : 2;
}

static int print_answer(const char *line, bool as_json)
{
	json_t *reply = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
	int status = result_status(reply), err = 0;

	if (!json_is_object(reply)) {
		err = -EPROTO;
	} else if (as_json) {
		fputs(line, stdout);
		if (!json_is_true(json_object_get(reply, "ok")))
			status = refusal_status(reply);
	} else if (!json_is_true(json_object_get(reply, "ok"))) {
		const char *why =
			json_string_value(json_object_get(reply, "error"));

		fprintf(stderr, "mip6d-ctl: %s\n", why ? why : "refused");
		status = refusal_status(reply);
	} else {
		err = ctl_text(stdout, reply, wants_colour());
	}
	if (err) {
		fprintf(stderr, "mip6d-ctl: the answer makes no sense: is "
				"mip6d of the same version?\n");
		status = EXIT_TROUBLE;
	}
	json_decref(reply);
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "mip6d-ctl: cannot write: %s\n",
			strerror(errno));
		status = EXIT_TROUBLE;
	}
	return status;
}

/* The doctor has something to say without mip6d. */
static int run_alone(const char *path, bool as_json)
{
	json_t *reply = ctl_doctor_alone(path);
	auto_free char *text = json_dumps(reply, JSON_COMPACT);
	auto_free char *line = NULL;

	json_decref(reply);
	if (!text || asprintf(&line, "%s\n", text) < 0)
		return EXIT_TROUBLE;
	return print_answer(line, as_json);
}

static int run(const char *path, const char *request, bool as_json)
{
	auto_free char *line = NULL;
	int err = ask(path, request, &line);

	if ((err == -ENOENT || err == -ECONNREFUSED) &&
	    !strcmp(request, "{\"cmd\": \"doctor\"}\n"))
		return run_alone(path, as_json);
	if (err)
		return say_why(path, -err);
	return print_answer(line, as_json);
}

static int generate(int argc, char **argv)
{
	int err = ctl_ike_generate(argc, argv);

	if (err == -EINVAL)
		return EXIT_USAGE;
	return err ? EXIT_TROUBLE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *path = MIP6D_RUN_DIR "/control";
	auto_free char *request = NULL;
	bool as_json = false;
	int o, n;

	/* Options behind a command are its own. */
	while ((o = getopt_long(argc, argv, "+s:jVh", options, NULL)) >= 0) {
		switch (o) {
		case 's':
			path = optarg;
			break;
		case 'j':
			as_json = true;
			break;
		case 'V':
			printf("mip6d-ctl %s\n", PACKAGE_VERSION);
			return EXIT_SUCCESS;
		case 'h':
			fputs(usage_text, stdout);
			return EXIT_SUCCESS;
		default:
			fprintf(stderr, "mip6d-ctl: see mip6d-ctl -h\n");
			return EXIT_USAGE;
		}
	}
	if (optind == argc)
		return bad_usage("no command");
	if (!strcmp(argv[optind], "sa"))
		return ctl_sa(argc - optind - 1, argv + optind + 1);
	n = words_match("ike generate", argc - optind, argv + optind);
	if (n)
		return generate(argc - optind - n, argv + optind + n);
	if (!strcmp(argv[optind], "ike"))
		return generate(0, NULL); /* says what it expects */
	request = request_of(argc - optind, argv + optind);
	if (!request)
		return bad_usage("unknown command or arguments");
	return run(path, request, as_json);
}
