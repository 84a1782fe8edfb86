/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The driver's input: options of a command.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "tests/kernel/driver.h"

void driver_bad(const char *what, const char *word)
{
	printf("error: %s: %s\n", what, word);
	exit(2);
}

/* The value of "name=value" among the words; NULL: none. */
const char *arg_text(char **words, const char *name)
{
	size_t len = strlen(name);

	for (; *words; words++)
		if (!strncmp(*words, name, len) && (*words)[len] == '=')
			return *words + len + 1;
	return NULL;
}

struct in6_addr arg_addr(char **words, const char *name)
{
	const char *text = arg_text(words, name);
	struct in6_addr a = { 0 };

	if (text && addr_parse(text, &a))
		driver_bad("no address", text);
	return a;
}

int arg_if(struct driver *d, char **words, const char *name)
{
	const char *text = arg_text(words, name);
	int ifindex;

	if (!text)
		return 0;
	ifindex = kernel_ifindex(d->k, text);
	if (!ifindex)
		driver_bad("no interface", text);
	return ifindex;
}

uint32_t arg_u32(char **words, const char *name, uint32_t otherwise)
{
	const char *text = arg_text(words, name);

	return text ? (uint32_t)strtoul(text, NULL, 0) : otherwise;
}

size_t arg_hex(char **words, uint8_t *buf, size_t size)
{
	const char *text = arg_text(words, "data");
	unsigned int octet;
	size_t n = 0;

	for (; text && *text && n < size; text += 2, n++) {
		if (sscanf(text, "%2x", &octet) != 1)
			driver_bad("no octets", text);
		buf[n] = (uint8_t)octet;
	}
	return n;
}

struct lladdr arg_lladdr(char **words, const char *name)
{
	const char *text = arg_text(words, name);
	struct lladdr l = { 0 };
	unsigned int octet;

	while (text && *text && l.len < LLADDR_MAX) {
		if (sscanf(text, "%2x", &octet) != 1)
			driver_bad("no link-layer address", text);
		l.addr[l.len++] = (uint8_t)octet;
		text += strcspn(text, ":");
		text += *text == ':';
	}
	return l;
}

static struct kernel_rule parse_rule(char *text)
{
	static const char *const actions[] = { "optimise", "tunnel", "direct" };
	char *save = NULL, *word = strtok_r(text, ",", &save);
	struct kernel_rule r = { 0 };
	size_t i;

	for (i = 0; word && i < ARRAY_SIZE(actions); i++)
		if (!strcmp(word, actions[i]))
			break;
	if (!word || i == ARRAY_SIZE(actions))
		driver_bad("no action", word ? word : "");
	r.action = (enum kernel_rule_action)i;
	word = strtok_r(NULL, ",", &save);
	if (!word || prefix_parse(word, &r.peer))
		driver_bad("no prefix", word ? word : "");
	word = strtok_r(NULL, ",", &save);
	r.protocol = word ? (uint8_t)strtoul(word, NULL, 0) : 0;
	word = strtok_r(NULL, ",", &save);
	r.port = word ? (uint16_t)strtoul(word, NULL, 0) : 0;
	return r;
}

unsigned int arg_rules(char **words, struct kernel_rule *rules,
		       unsigned int max)
{
	const char *text = arg_text(words, "rules");
	char copy[2048], *save = NULL, *word;
	unsigned int n = 0;

	snprintf(copy, sizeof(copy), "%s", text ? text : "");
	for (word = strtok_r(copy, "+", &save); word && n < max;
	     word = strtok_r(NULL, "+", &save))
		rules[n++] = parse_rule(word);
	return n;
}
