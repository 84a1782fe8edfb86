/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ESP: associations and policies that src/security asks for, their move to
 * another care-of address, and what the kernel dropped for their sake.
 *
 * Carried out at once, each by itself: they come with the configuration and
 * with bindings, and who asks must know before he lets anything out.  Which
 * of them there are is left to the asker.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/log.h"
#include "mip6d/xfrm.h"
#include "src/netlink/kernel_priv.h"

/* Of the network namespace. */
#define STAT_FILE "/proc/net/xfrm_stat"

int kernel_sa_set(struct kernel *k, const struct kernel_sa *sa)
{
	int err;

	kernel_xfrm_clean(k);
	xfrm_encode_sa_del(nlb_begin(k->nl, NLB_XFRM), &sa->dst, sa->spi);
	nlb_commit_del(k->nl, NULL);
	xfrm_encode_sa_add(nlb_begin(k->nl, NLB_XFRM), sa);
	err = nlb_call(k->nl);
	if (err)
		log_error("kernel: the association with SPI 0x%08x to %s is "
			  "refused: %s%s",
			  sa->spi, addr_str(&sa->dst), strerror(-err),
			  err == -EPROTONOSUPPORT || err == -ENOSYS
				  ? " (is esp6 there, and the algorithms?)"
				  : "");
	return err;
}

int kernel_sa_del(struct kernel *k, const struct kernel_sa *sa)
{
	int err;

	xfrm_encode_sa_del(nlb_begin(k->nl, NLB_XFRM), &sa->dst, sa->spi);
	err = nlb_call(k->nl);
	return err == -ESRCH ? 0 : err;
}

int kernel_sp_set(struct kernel *k, const struct kernel_sp *sp)
{
	int err;

	kernel_xfrm_clean(k);
	kernel_spd_prepare(k, sp);
	xfrm_encode_sp_set(nlb_begin(k->nl, NLB_XFRM), sp);
	err = nlb_call(k->nl);
	if (err)
		log_error("kernel: the policy for %s to %s is refused: %s",
			  prefix_str(&sp->src), prefix_str(&sp->dst),
			  strerror(-err));
	return err;
}

int kernel_sp_del(struct kernel *k, const struct kernel_sp *sp)
{
	int err;

	xfrm_encode_sp_del(nlb_begin(k->nl, NLB_XFRM), sp);
	err = nlb_call(k->nl);
	return err == -ENOENT ? 0 : err;
}

int kernel_migrate(struct kernel *k, const struct kernel_migrate *m)
{
	xfrm_encode_migrate(nlb_begin(k->nl, NLB_XFRM), m);
	return nlb_call(k->nl);
}

bool kernel_esp_is_ours(uint8_t proto, uint32_t reqid)
{
	return proto == IPPROTO_ESP &&
	       (reqid & 0xff000000u) == KERNEL_REQID_OURS;
}

/* ---- counters ---- */

static void add_line(struct kernel_esp_drops *d, const char *name,
		     unsigned long n)
{
	static const struct {
		const char *name;
		size_t offset;
	} lines[] = {
#define LINE(n, field) { n, offsetof(struct kernel_esp_drops, field) }
		LINE("XfrmInTmplMismatch", cleartext),
		LINE("XfrmInStateMismatch", foreign),
		LINE("XfrmInNoStates", no_sa),
		LINE("XfrmInStateProtoError", tampered),
		LINE("XfrmInHdrError", malformed),
		LINE("XfrmInStateSeqError", replayed),
		LINE("XfrmInPolBlock", blocked),
		LINE("XfrmOutNoStates", unprotected),
		LINE("XfrmOutPolBlock", unprotected),
#undef LINE
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lines); i++)
		if (!strcmp(lines[i].name, name))
			*(uint64_t *)((char *)d + lines[i].offset) += n;
}

static int read_drops(struct kernel_esp_drops *ret)
{
	char line[128], name[64];
	unsigned long n;
	FILE *f = fopen(STAT_FILE, "re");

	if (!f)
		return -errno;
	memset(ret, 0, sizeof(*ret));
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%63s %lu", name, &n) == 2)
			add_line(ret, name, n);
	fclose(f);
	return 0;
}

void kernel_esp_open(struct kernel *k)
{
	int err = read_drops(&k->esp_drops);

	if (err)
		log_debug("kernel: " STAT_FILE ": %s", strerror(-err));
}

int kernel_esp_drops(struct kernel *k, struct kernel_esp_drops *ret_drops)
{
	const struct kernel_esp_drops *was = &k->esp_drops;
	struct kernel_esp_drops now = { 0 };
	int err = read_drops(&now);

	if (err)
		return err;
	*ret_drops = (struct kernel_esp_drops){
		.cleartext = now.cleartext - was->cleartext,
		.foreign = now.foreign - was->foreign,
		.no_sa = now.no_sa - was->no_sa,
		.tampered = now.tampered - was->tampered,
		.malformed = now.malformed - was->malformed,
		.replayed = now.replayed - was->replayed,
		.blocked = now.blocked - was->blocked,
		.unprotected = now.unprotected - was->unprotected,
	};
	return 0;
}
