/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * labtool: what the lab needs inside its nodes, in one small program that
 * starts fast on an emulated processor. Shared by its verbs.
 */
#ifndef LABTOOL_H
#define LABTOOL_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

/* Set by SIGINT and SIGTERM: finish what you do and report. */
extern volatile int lt_stopped;

struct sha256 {
	uint32_t state[8];
	uint64_t bytes;
	uint8_t block[64];
};

void sha256_init(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *data, size_t len);
/* Hexadecimal text with its final NUL. */
void sha256_text(struct sha256 *s, char ret_text[65]);

/* Says why and ends the program with status 1. */
void lt_die(const char *what) __attribute__((noreturn));
void lt_usage(const char *text) __attribute__((noreturn));
/* The wall clock, as in captures; seconds. */
double lt_now(void);
/* Never steps; seconds. */
double lt_mono(void);
void lt_catch_signals(void);
void lt_address(const char *text, struct sockaddr_in6 *ret_sa);
/* "100k" is 100000; M and G likewise. */
double lt_number(const char *text, double min, double max);

int lt_capture(int argc, char **argv);
int lt_ping(int argc, char **argv);
int lt_tcp_send(int argc, char **argv);
int lt_tcp_recv(int argc, char **argv);
int lt_inject(int argc, char **argv);

#endif
