/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mip6d: arguments, the order in which everything is opened and closed,
 * signals, and what systemd is told.
 *
 * Nothing is touched before the configuration is right, the permissions are
 * there and no other mip6d runs.  The exit statuses are those of mip6d(8).
 * What the roles do is left to daemon.c.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "mip6d/ctl.h"
#include "mip6d/daemon.h"
#include "mip6d/hash.h"
#include "mip6d/log.h"
#include "mip6d/loop.h"
#include "mip6d/store.h"
#include "src/notify.h"
#include "src/privilege.h"

/* As mip6d(8) documents them. */
enum {
	EXIT_CONF = 1,
	EXIT_USAGE = 2,
	EXIT_PERMISSION = 3,
	EXIT_RUNNING = 4,
	EXIT_SYSTEM = 5,
};

#define STATUS_INTERVAL_MS 1000 /* least, between two status lines */

struct app {
	const char *path; /* of the configuration */
	bool is_debug;
	struct tqueue *tq;
	struct loop *loop;
	struct ctl *ctl;
	struct kernel *kernel;
	struct transport *transport;
	struct store_dir *store_dir;
	struct store *store;
	struct vici *vici; /* NULL: nothing is negotiated */
	struct daemon *daemon;
	bool is_ready, is_stopping, at_once;
	char status[160];        /* told last */
	struct task status_task; /* started: told lately */
	struct task watchdog_task;
	uint32_t watchdog_ms;
};

/* ---- the configuration ---- */

/* One log line for each line of text. */
static void log_lines(char *text)
{
	char *line, *end;

	for (line = text; *line; line = end) {
		end = strchrnul(line, '\n');
		if (*end)
			*end++ = '\0';
		if (strstr(line, ": note: "))
			log_notice("%s", line);
		else
			log_error("%s", line);
	}
}

static void apply_log_level(const struct app *app, const struct conf *conf)
{
	log_set_level(app->is_debug ? LOG_LEVEL_DEBUG : conf->log_level);
}

static int read_conf(const char *path, struct conf **ret_conf)
{
	auto_free char *said = NULL;
	size_t len;
	FILE *f = open_memstream(&said, &len);
	int err;

	if (!f)
		return -ENOMEM;
	err = conf_load(path, f, ret_conf);
	if (err && err != -EINVAL)
		fprintf(f, "%s: %s\n", path, strerror(-err));
	if (fclose(f))
		return -ENOMEM;
	log_lines(said);
	return err;
}

/* mip6d -t: mistakes as an editor or a person wants them. */
static int test_conf(const char *path)
{
	struct conf *conf = NULL;
	int err = conf_load(path, stderr, &conf);

	if (err) {
		if (err != -EINVAL)
			fprintf(stderr, "mip6d: %s: %s\n", path,
				strerror(-err));
		return EXIT_CONF;
	}
	conf_free(conf);
	printf("%s is right\n", path);
	return EXIT_SUCCESS;
}

/* ---- what systemd hears ---- */

static void tell_status(struct app *app, struct mtime now)
{
	char text[sizeof(app->status)];

	if (!app->daemon || !notify_is_on() ||
	    task_is_started(&app->status_task))
		return;
	daemon_status(app->daemon, text, sizeof(text));
	if (!strcmp(text, app->status))
		return;
	strcpy(app->status, text);
	notify_status(text);
	tqueue_start(app->tq, &app->status_task,
		     mtime_add_ms(now, STATUS_INTERVAL_MS));
}

static void on_status_due(struct task *task, struct mtime now)
{
	tell_status(container_of(task, struct app, status_task), now);
}

static void on_watchdog_due(struct task *task, struct mtime now)
{
	struct app *app = container_of(task, struct app, watchdog_task);

	notify_watchdog();
	tqueue_start(app->tq, task, mtime_add_ms(now, app->watchdog_ms));
}

static void start_telling(struct app *app)
{
	app->watchdog_ms = notify_watchdog_ms();
	if (app->watchdog_ms)
		tqueue_start(app->tq, &app->watchdog_task, loop_now(app->loop));
}

/* ---- upcalls ---- */

/* The ports are opened before the daemon is there. */

static void on_mh(void *arg, const struct packet *pkt)
{
	struct app *app = arg;

	if (app->daemon)
		daemon_on_mh(app->daemon, pkt);
}

static void on_icmp6(void *arg, const struct packet *pkt)
{
	struct app *app = arg;

	if (app->daemon)
		daemon_on_icmp6(app->daemon, pkt);
}

static void on_kernel(void *arg, const struct kernel_event *ev)
{
	struct app *app = arg;

	if (!app->daemon)
		return;
	daemon_on_kernel(app->daemon, ev, loop_now(app->loop));
	if (ev->type == KERNEL_SYNCED && !app->is_ready) {
		app->is_ready = true;
		log_notice("mip6d %s is ready", PACKAGE_VERSION);
		notify_ready();
	}
}

/* The connection with charon: not made before the daemon is there. */

static void on_vici_up(void *arg)
{
	struct app *app = arg;

	ike_on_up(daemon_ike(app->daemon), loop_now(app->loop));
}

static void on_vici_down(void *arg, const char *why)
{
	struct app *app = arg;

	ike_on_down(daemon_ike(app->daemon), why, loop_now(app->loop));
}

static void on_vici_reply(void *arg, const struct vici_packet *pkt)
{
	struct app *app = arg;

	ike_on_reply(daemon_ike(app->daemon), pkt, loop_now(app->loop));
}

static void on_vici_event(void *arg, const struct vici_packet *pkt)
{
	struct app *app = arg;

	ike_on_event(daemon_ike(app->daemon), pkt);
}

static void on_turn(void *arg, struct mtime now)
{
	struct app *app = arg;

	tell_status(app, now);
	if (app->is_stopping &&
	    (app->at_once || daemon_is_stopped(app->daemon)))
		loop_stop(app->loop);
}

/* ---- signals ---- */

static void on_stop(void *arg, int signo, struct mtime now)
{
	struct app *app = arg;

	if (app->is_stopping) {
		log_notice("signal %d again: stopping at once", signo);
		app->at_once = true;
		return;
	}
	log_notice("signal %d: stopping", signo);
	notify_stopping();
	app->is_stopping = true;
	daemon_stop(app->daemon, now);
}

static void on_reload(void *arg, int signo, struct mtime now)
{
	struct app *app = arg;
	struct conf *conf = NULL;
	int err;

	(void)signo;
	if (app->is_stopping)
		return;
	notify_reloading();
	err = read_conf(app->path, &conf);
	if (err) {
		log_error("reload: %s cannot be used; the old configuration "
			  "stays",
			  app->path);
	} else if (!daemon_reload(app->daemon, conf, now)) {
		apply_log_level(app, daemon_conf(app->daemon));
		log_notice("reload: %s is in force", app->path);
	}
	notify_ready();
}

static int add_signals(struct app *app)
{
	int err = loop_add_signal(app->loop, SIGTERM, on_stop, app);

	if (!err)
		err = loop_add_signal(app->loop, SIGINT, on_stop, app);
	if (!err)
		err = loop_add_signal(app->loop, SIGHUP, on_reload, app);
	return err;
}

/* ---- opening and closing ---- */

/* An exit status; what is wrong is logged. */
static int failed(const char *what, int err)
{
	log_error("%s: %s", what, strerror(-err));
	return err == -EPERM || err == -EACCES ? EXIT_PERMISSION : EXIT_SYSTEM;
}

static int open_ctl(struct app *app, const struct conf *conf)
{
	int err = ctl_open(app->loop, conf->ctl_socket, conf->ctl_group, NULL,
			   &app->ctl);

	if (err == -EADDRINUSE) {
		log_error("another mip6d is running: it has the control "
			  "socket %s",
			  conf->ctl_socket);
		return EXIT_RUNNING;
	}
	return err ? failed(conf->ctl_socket, err) : EXIT_SUCCESS;
}

/* Without it, all works but memory. */
static int open_store(struct app *app, const struct conf *conf)
{
	int err;

	if (!conf->state_dir[0])
		return EXIT_SUCCESS;
	err = store_dir_open(conf->state_dir, &app->store_dir);
	if (err) {
		log_warning("cannot use the state directory %s: %s; nothing "
			    "is remembered across restarts",
			    conf->state_dir, strerror(-err));
		return EXIT_SUCCESS;
	}
	app->store = store_new(app->tq, app->store_dir);
	return app->store ? EXIT_SUCCESS : failed("store", -ENOMEM);
}

static int open_ports(struct app *app)
{
	static const struct transport_handler handler = {
		.on_mh = on_mh,
		.on_icmp6 = on_icmp6,
	};
	int err;

	err = kernel_open(app->loop, on_kernel, app, &app->kernel);
	if (err)
		return failed("cannot speak with the kernel by netlink", err);
	err = transport_open(app->loop, &handler, app, &app->transport);
	if (err)
		return failed("cannot open sockets", err);
	return EXIT_SUCCESS;
}

static int open_vici(struct app *app, const struct conf *conf)
{
	static const struct vici_handler handler = {
		.on_up = on_vici_up,
		.on_down = on_vici_down,
		.on_reply = on_vici_reply,
		.on_event = on_vici_event,
	};
	int err;

	if (!conf->ipsec.pairs)
		return EXIT_SUCCESS;
	err = vici_open(app->loop, conf->ipsec.charon, &handler, app,
			&app->vici);
	return err ? failed(conf->ipsec.charon, err) : EXIT_SUCCESS;
}

/* Takes conf over. */
static int start_daemon(struct app *app, struct conf *conf)
{
	struct role_env env = {
		.tq = app->tq,
		.kernel = app->kernel,
		.transport = app->transport,
		.vici = app->vici,
		.store = app->store,
	};
	int err;

	err = daemon_new(&env, conf, loop_now(app->loop), &app->daemon);
	if (err) {
		/* Why has been said. */
		log_notice("\"mip6d --probe\" says what this kernel lacks, if "
			   "anything");
		return err == -EPERM ? EXIT_PERMISSION : EXIT_SYSTEM;
	}
	ctl_set_daemon(app->ctl, app->daemon);
	err = add_signals(app);
	if (!err)
		err = loop_add_turn(app->loop, on_turn, app);
	if (!err)
		err = kernel_watch(app->kernel);
	return err ? failed("cannot watch the network", err) : EXIT_SUCCESS;
}

/* Before anything is opened; why not has been said. */
static int give_up_rights(const struct conf *conf)
{
	int err = privilege_drop(conf);

	if (!err)
		return EXIT_SUCCESS;
	return err == -EPERM ? EXIT_PERMISSION : EXIT_SYSTEM;
}

/* What root could read once this user may not be able to read again. */
static void check_readable(const struct app *app)
{
	const struct conf *conf = daemon_conf(app->daemon);
	const char *const files[] = { app->path, conf->auth_path,
				      conf->ipsec.keys, conf->ipsec.ike };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++)
		if (*files[i] && access(files[i], R_OK) && errno == EACCES)
			log_warning("%s cannot be read by this user: a reload "
				    "will fail until that is changed",
				    files[i]);
}

/* When everything is open. */
static int lock_up(struct app *app)
{
	struct daemon_process process;

	/* A zone's file is read now or never. */
	tzset();
	check_readable(app);
	if (seccomp_filter_load())
		return EXIT_SYSTEM;
	privilege_read(&process);
	daemon_set_process(app->daemon, &process);
	return EXIT_SUCCESS;
}

static int open_loop(struct app *app)
{
	int err = -ENOMEM;

	hash_init();
	signal(SIGPIPE, SIG_IGN);
	task_init(&app->status_task, on_status_due);
	task_init(&app->watchdog_task, on_watchdog_due);
	app->tq = tqueue_new();
	if (app->tq)
		err = loop_new(app->tq, &app->loop);
	return err ? failed("cannot start the event loop", err) : EXIT_SUCCESS;
}

/* The control socket goes last: who has it is alone until all that was
 * installed is gone. */
static void close_all(struct app *app)
{
	ctl_set_daemon(app->ctl, NULL);
	app->daemon = daemon_free(app->daemon);
	app->vici = vici_close(app->vici);
	app->store = store_free(app->store);
	app->store_dir = store_dir_close(app->store_dir);
	app->transport = transport_close(app->transport);
	app->kernel = kernel_close(app->kernel);
	app->ctl = ctl_close(app->ctl);
	app->loop = loop_free(app->loop);
	app->tq = tqueue_free(app->tq);
}

static int run(struct app *app)
{
	struct conf *conf = NULL;
	int status, err;

	if (read_conf(app->path, &conf))
		return EXIT_CONF;
	apply_log_level(app, conf);
	status = privilege_is_enough() ? open_loop(app) : EXIT_PERMISSION;
	if (!status)
		status = give_up_rights(conf);
	if (!status)
		status = open_ctl(app, conf);
	if (!status)
		status = open_store(app, conf);
	if (!status)
		status = open_ports(app);
	if (!status)
		status = open_vici(app, conf);
	if (!status)
		status = start_daemon(app, steal_ptr(conf));
	if (!status)
		status = lock_up(app);
	if (!status) {
		start_telling(app);
		err = loop_run(app->loop);
		if (err)
			status = failed("the event loop broke", err);
	}
	conf_free(conf);
	close_all(app);
	if (!status)
		log_notice("stopped");
	return status;
}

/* ---- arguments ---- */

static const char usage_text[] =
	"usage: mip6d [-dhtV] [-c FILE] [--probe]\n"
	"\n"
	"  -c, --config FILE  the configuration (default " MIP6D_CONF_FILE ")\n"
	"  -t, --test         only say what is wrong in it\n"
	"  -d, --debug        log everything\n"
	"      --probe        say what this kernel has of all that is needed\n"
	"  -V, --version      print the version\n"
	"  -h, --help         print this\n"
	"\n"
	"mip6d stays in the foreground.  See mip6d(8), mip6d.conf(5).\n";

static int probe(void)
{
	int r = kernel_probe();

	if (r < 0) {
		fprintf(stderr, "mip6d: cannot try: %s\n", strerror(-r));
		return r == -EPERM ? EXIT_PERMISSION : EXIT_SYSTEM;
	}
	return r;
}

int main(int argc, char **argv)
{
	enum { OPT_PROBE = 256 };
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "test", no_argument, NULL, 't' },
		{ "debug", no_argument, NULL, 'd' },
		{ "probe", no_argument, NULL, OPT_PROBE },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct app app = { .path = MIP6D_CONF_FILE };
	bool is_test = false, is_probe = false;
	int o;

	while ((o = getopt_long(argc, argv, "c:tdVh", options, NULL)) >= 0) {
		switch (o) {
		case 'c':
			app.path = optarg;
			break;
		case 't':
			is_test = true;
			break;
		case 'd':
			app.is_debug = true;
			break;
		case OPT_PROBE:
			is_probe = true;
			break;
		case 'V':
			printf("mip6d %s\n", PACKAGE_VERSION);
			return EXIT_SUCCESS;
		case 'h':
			fputs(usage_text, stdout);
			return EXIT_SUCCESS;
		default:
			fputs(usage_text, stderr);
			return EXIT_USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "mip6d: found \"%s\", expected options only\n",
			argv[optind]);
		return EXIT_USAGE;
	}
	if (is_probe)
		return probe();
	return is_test ? test_conf(app.path) : run(&app);
}
