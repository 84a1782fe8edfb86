/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What charon is asked, in octets.
 *
 * This file decides what a connection between a node and its agent is
 * (RFC 4877 sections 4.1, 4.4; strongSwan's swanctl.conf(5) has the words):
 *
 *   - IKE between care-of address and agent, associations between home
 *     address and agent: "transport_proxy";
 *   - where it is asked for, associations in tunnel mode for what the home
 *     address sends by the tunnel: Mobility Headers, or all;
 *   - no policies: those are ours, since only we know when they change;
 *   - no MOBIKE: the care-of address is what the Binding Update says, and the
 *     end point follows it by the K bit;
 *   - the reqid is charon's to choose: it tells, nobody writes it twice.
 *
 * Algorithms are charon's defaults.  When something is asked is left to
 * ike_charon.c.
 */
#include <stdio.h>

#include "src/ike/ike_priv.h"

/* Seconds: how soon a node learns that the agent's charon is gone. */
#define DPD_DELAY "20s"
/* How long the other end may take to agree that it is over. */
#define TERMINATE_MS "500"

static void put_traffic(struct wbuf *b, const char *name,
			const struct in6_addr *a)
{
	char text[INET6_ADDRSTRLEN + 16];

	vici_put_list(b, name);
	snprintf(text, sizeof(text), "%s/128[135]", addr_str(a));
	vici_put_item(b, text);
	snprintf(text, sizeof(text), "%s/128[58]", addr_str(a));
	vici_put_item(b, text);
	vici_put_list_end(b);
}

static void put_auth(struct wbuf *b, const char *name,
		     const struct ike_peer *peer, const char *id, bool is_own)
{
	const struct ike_blob *blob = is_own ? &peer->certificate
					     : &peer->authority;
	bool is_psk = peer->secret_len > 0;

	vici_put_section(b, name);
	vici_put(b, "auth", is_psk ? "psk" : "pubkey");
	vici_put(b, "id", id);
	if (!is_psk) {
		/* Nobody else's authority counts, whomever charon knows. */
		vici_put_list(b, is_own ? "certs" : "cacerts");
		vici_put_item_data(b, blob->data, blob->len);
		vici_put_list_end(b);
	}
	vici_put_section_end(b);
}

static void put_child(const struct ike_pair *p, struct wbuf *b)
{
	const struct ike_peer *peer = p->peer;
	bool is_node = peer->end == IKE_NODE;

	vici_put_section(b, IKE_CHILD);
	vici_put(b, "mode", "transport_proxy");
	vici_put(b, "policies", "no");
	put_traffic(b, "local_ts", is_node ? &peer->hoa : &peer->agent);
	put_traffic(b, "remote_ts", is_node ? &peer->agent : &peer->hoa);
	vici_put_section_end(b);
}

/* RFC 4877 sections 7.2.2, 7.2.4; types of messages cannot be told apart. */
static void put_tunnel(const struct ike_pair *p, struct wbuf *b)
{
	const char *what = p->protect == SECURITY_ALL ? "" : "[135]";
	bool is_node = p->peer->end == IKE_NODE;
	char home[INET6_ADDRSTRLEN + 16], any[16];

	snprintf(home, sizeof(home), "%s/128%s", addr_str(&p->peer->hoa), what);
	snprintf(any, sizeof(any), "::/0%s", what);
	vici_put_section(b, IKE_TUNNEL);
	vici_put(b, "mode", "tunnel");
	vici_put(b, "policies", "no");
	vici_put_one(b, "local_ts", is_node ? home : any);
	vici_put_one(b, "remote_ts", is_node ? any : home);
	vici_put_section_end(b);
}

static void build_connection(const struct ike_pair *p, struct wbuf *b)
{
	const struct ike_peer *peer = p->peer;
	bool is_node = peer->end == IKE_NODE;

	vici_put_head(b, VICI_REQUEST, "load-conn");
	vici_put_section(b, p->name);
	vici_put(b, "version", "2");
	vici_put(b, "mobike", "no");
	/* Only the latest counts: a node that lost its memory comes again. */
	vici_put(b, "unique", "replace");
	/* Named, it stays what it is until we say otherwise. */
	vici_put_one(b, "local_addrs",
		     addr_str(is_node ? &p->coa : &peer->agent));
	vici_put_one(b, "remote_addrs",
		     is_node ? addr_str(&peer->agent) : "%any");
	if (is_node)
		vici_put(b, "dpd_delay", DPD_DELAY);
	put_auth(b, "local", peer, is_node ? peer->node_id : peer->agent_id,
		 true);
	put_auth(b, "remote", peer, is_node ? peer->agent_id : peer->node_id,
		 false);
	vici_put_section(b, "children");
	put_child(p, b);
	if (p->protect != SECURITY_SIGNALLING)
		put_tunnel(p, b);
	vici_put_section_end(b);
	vici_put_section_end(b);
}

static void build_secret(const struct ike_pair *p, struct wbuf *b)
{
	vici_put_head(b, VICI_REQUEST, "load-shared");
	vici_put(b, "id", p->name);
	vici_put(b, "type", "IKE");
	vici_put_data(b, "data", p->peer->secret, p->peer->secret_len);
	vici_put_list(b, "owners");
	vici_put_item(b, p->peer->node_id);
	vici_put_item(b, p->peer->agent_id);
	vici_put_list_end(b);
}

static void build_blob(struct wbuf *b, const char *request, const char *type,
		       const char *flag, const struct ike_blob *blob)
{
	vici_put_head(b, VICI_REQUEST, request);
	vici_put(b, "type", type);
	if (flag)
		vici_put(b, "flag", flag);
	vici_put_data(b, "data", blob->data, blob->len);
}

static void build_initiate(const struct ike_pair *p, const char *child,
			   struct wbuf *b)
{
	vici_put_head(b, VICI_REQUEST, "initiate");
	vici_put(b, "ike", p->name);
	vici_put(b, "child", child);
	vici_put(b, "timeout", "-1"); /* answered at once */
	vici_put(b, "init-limits", "no");
}

static void build_rekey_tunnel(const struct ike_pair *p, struct wbuf *b)
{
	vici_put_head(b, VICI_REQUEST, "rekey");
	vici_put(b, "ike", p->name);
	vici_put(b, "child", IKE_TUNNEL);
}

static void build_terminate(const struct ike_pair *p, struct wbuf *b)
{
	vici_put_head(b, VICI_REQUEST, "terminate");
	vici_put(b, "ike", p->name);
	/* Done before the next request: what comes then is new. */
	vici_put(b, "force", "yes");
	vici_put(b, "timeout", TERMINATE_MS);
}

static void build_prune(const struct ike_pair *p, struct wbuf *b)
{
	char id[12];

	snprintf(id, sizeof(id), "%u", p->has.older_ike_id);
	vici_put_head(b, VICI_REQUEST, "terminate");
	vici_put(b, "ike-id", id);
	vici_put(b, "force", "yes");
	vici_put(b, "timeout", "-1");
}

/* By name: the pair may be leaving. */
static void build_unload(const struct ike_pair *p, const char *request,
			 const char *key, struct wbuf *b)
{
	vici_put_head(b, VICI_REQUEST, request);
	vici_put(b, key, p->name);
}

static void build_list(const struct ike_pair *p, struct wbuf *b)
{
	vici_put_head(b, VICI_REQUEST, "list-sas");
	vici_put(b, "ike", p->name);
}

static void build_look(const struct ike_pair *p, struct wbuf *b)
{
	vici_put_head(b, VICI_REQUEST, "list-conns");
	vici_put(b, "ike", p->name);
}

void ike_msg_build(const struct ike_pair *p, enum ike_todo what, struct wbuf *b)
{
	const struct ike_peer *peer = p->peer;

	switch (what) {
	case IKE_TODO_UNLOAD:
		build_unload(p, "unload-conn", "name", b);
		break;
	case IKE_TODO_UNLOAD_SECRET:
		build_unload(p, "unload-shared", "id", b);
		break;
	case IKE_TODO_TERMINATE:
		build_terminate(p, b);
		break;
	case IKE_TODO_AUTHORITY:
		build_blob(b, "load-cert", "X509", "CA", &peer->authority);
		break;
	case IKE_TODO_CERTIFICATE:
		build_blob(b, "load-cert", "X509", "NONE", &peer->certificate);
		break;
	case IKE_TODO_KEY:
		build_blob(b, "load-key", "any", NULL, &peer->key);
		break;
	case IKE_TODO_SECRET:
		build_secret(p, b);
		break;
	case IKE_TODO_CONNECTION:
		build_connection(p, b);
		break;
	case IKE_TODO_INITIATE:
		build_initiate(p, IKE_CHILD, b);
		break;
	case IKE_TODO_TUNNEL:
		build_initiate(p, IKE_TUNNEL, b);
		break;
	case IKE_TODO_REKEY_TUNNEL:
		build_rekey_tunnel(p, b);
		break;
	case IKE_TODO_LIST:
		build_list(p, b);
		break;
	case IKE_TODO_LOOK:
		build_look(p, b);
		break;
	case IKE_TODO_PRUNE:
		build_prune(p, b);
		break;
	case IKE_TODO_REGISTER:
		break;
	}
}

void ike_msg_register(const char *event, struct wbuf *b)
{
	vici_put_head(b, VICI_REGISTER, event);
}
