/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing a file of static keys, and the names of algorithms in it
 * (mip6d/keyfile.h).
 */
#include <stdio.h>

#include "mip6d/keyfile.h"

static const struct {
	const char *name;
	size_t len;
} ciphers[] = {
	[KERNEL_AES128_CBC] = { "aes128-cbc", 16 },
	[KERNEL_AES256_CBC] = { "aes256-cbc", 32 },
};

static const struct {
	const char *name;
	size_t len;
} auths[] = {
	[KERNEL_HMAC_SHA256_128] = { "hmac-sha256-128", 32 },
	[KERNEL_HMAC_SHA512_256] = { "hmac-sha512-256", 64 },
};

const char *keyfile_cipher_str(enum kernel_cipher cipher)
{
	return ciphers[cipher].name;
}

const char *keyfile_auth_str(enum kernel_auth auth)
{
	return auths[auth].name;
}

size_t keyfile_cipher_len(enum kernel_cipher cipher)
{
	return ciphers[cipher].len;
}

size_t keyfile_auth_len(enum kernel_auth auth)
{
	return auths[auth].len;
}

static void put_hex(FILE *f, const uint8_t *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		fprintf(f, "%02x", v[i]);
}

static void put_sa(FILE *f, const char *name, const struct security_sa *sa)
{
	fprintf(f, "\t\t\t%s = {\n\t\t\t\tspi = 0x%08xL;\n", name, sa->spi);
	fprintf(f, "\t\t\t\tencryption = \"%s\";\n",
		keyfile_cipher_str(sa->esp.cipher));
	fprintf(f, "\t\t\t\tencryption-key = \"");
	put_hex(f, sa->esp.cipher_key, keyfile_cipher_len(sa->esp.cipher));
	fprintf(f, "\";\n\t\t\t\tintegrity = \"%s\";\n",
		keyfile_auth_str(sa->esp.auth));
	fprintf(f, "\t\t\t\tintegrity-key = \"");
	put_hex(f, sa->esp.auth_key, keyfile_auth_len(sa->esp.auth));
	fprintf(f, "\";\n\t\t\t};\n");
}

static void put_set(FILE *f, const struct security_set *s)
{
	fprintf(f, "\t\t{\n\t\t\tserial = %u;\n", s->serial);
	put_sa(f, "to-agent", &s->to_agent);
	put_sa(f, "from-agent", &s->from_agent);
	put_sa(f, "tunnel-to-agent", &s->tunnel_to_agent);
	put_sa(f, "tunnel-from-agent", &s->tunnel_from_agent);
	fprintf(f, "\t\t}");
}

void keyfile_write(void *stream, const struct security_keys *keys)
{
	FILE *f = stream;
	unsigned int i, j;

	fprintf(f, "# Keys of Mobile IPv6, made by mip6d-ctl. SECRET: whoever "
		   "reads this can be\n# each of these nodes. See "
		   "mip6d-sa.conf(5).\n\nnodes = (\n");
	for (i = 0; i < keys->n_nodes; i++) {
		const struct security_node *n = &keys->nodes[i];

		fprintf(f, "\t{\n\t\thome = \"%s\";\n\t\tagent = \"%s\";\n",
			addr_str(&n->hoa), addr_str(&n->agent));
		if (n->has_protect)
			fprintf(f, "\t\tprotect = \"%s\";\n",
				keyfile_protect_str(n->protect));
		fprintf(f, "\t\tsend = %u;\n\t\tsets = (\n",
			n->sets[n->send].serial);
		for (j = 0; j < n->n_sets; j++) {
			put_set(f, &n->sets[j]);
			fprintf(f, "%s\n", j + 1 < n->n_sets ? "," : "");
		}
		fprintf(f, "\t\t);\n\t}%s\n", i + 1 < keys->n_nodes ? "," : "");
	}
	fprintf(f, ");\n");
}
