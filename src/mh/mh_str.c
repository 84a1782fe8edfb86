/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages and statuses in the words that users see: RFC 6275 section 6.1.8
 * and the registry of its status values, to which RFC 3963, 4285, 4866, 5149,
 * 5213, 5555, 5648 and 5844 added.
 *
 * This file decides the words only.  A status says what the *home agent* (or
 * correspondent) found; its hint says where whoever reads it should look.
 */
#include "mip6d/mh.h"

#include "mip6d/cleanup.h"

static const char *const type_names[] = {
	[MH_BRR] = "BRR",
	[MH_HOTI] = "HoTI",
	[MH_COTI] = "CoTI",
	[MH_HOT] = "HoT",
	[MH_COT] = "CoT",
	[MH_BU] = "BU",
	[MH_BA] = "BA",
	[MH_BE] = "BE",
	/* Not understood here, but the log should say what came. */
	[8] = "Fast BU",
	[9] = "Fast BA",
	[10] = "Fast NA",
	[11] = "experimental",
	[12] = "Home Agent Switch",
	[13] = "Heartbeat",
	[14] = "Handover Initiate",
	[15] = "Handover Acknowledge",
	[16] = "Binding Revocation",
	[17] = "Localized Routing Initiation",
	[18] = "Localized Routing Acknowledgment",
	[19] = "Update Notification",
	[20] = "Update Notification Acknowledgement",
	[21] = "Flow Binding",
};

const char *mh_type_str(unsigned int type)
{
	return type < ARRAY_SIZE(type_names) ? type_names[type] : "unknown";
}

/* A row for the statuses from..to. */
struct status_row {
	uint8_t from, to;
	const char *name;
	const char *hint;
};

#define CLOCKS      "compare the clocks of both ends"
#define CREDENTIALS "compare keys and identities on both ends"
#define KEYGEN                                                      \
	"return routability has to be run again, which the mobile " \
	"node does by itself"
#define SWITCH_OFF "do not ask for this extension with this home agent"
#define PROXY_ONLY                                                \
	"an answer to a proxy registration, which a mobile node " \
	"never sends: look for a proxy that speaks for this home address"

static const struct status_row rows[] = {
	{ BA_ACCEPTED, BA_ACCEPTED, "accepted", "nothing is wrong" },
	{ BA_ACCEPTED_PREFIX_DISCOVERY, BA_ACCEPTED_PREFIX_DISCOVERY,
	  "accepted, but prefix discovery is necessary",
	  "the home prefix may change soon: its lifetime is shorter than the "
	  "binding's" },
	{ 4, 4, "accepted, but not for every care-of address",
	  "look at the status of each care-of address" },
	{ 5, 5, "accepted, at home without neighbour discovery",
	  "the home agent keeps defending the home address" },
	{ BA_UNSPECIFIED, BA_UNSPECIFIED, "refused, reason unspecified",
	  "the home agent's log should say more" },
	{ BA_PROHIBITED, BA_PROHIBITED, "administratively prohibited",
	  "the home agent's configuration does not allow this home address "
	  "to be registered" },
	{ BA_NO_RESOURCES, BA_NO_RESOURCES, "insufficient resources",
	  "the home agent has reached its limit of bindings, or its kernel "
	  "refused a route or a tunnel" },
	{ BA_HOME_REG_UNSUPPORTED, BA_HOME_REG_UNSUPPORTED,
	  "home registration not supported",
	  "the node at this address is no home agent: check the home agent "
	  "address" },
	{ BA_NOT_HOME_SUBNET, BA_NOT_HOME_SUBNET, "not home subnet",
	  "the home address is in none of the prefixes that the home agent "
	  "serves: compare the home address with its home links" },
	{ BA_NOT_HOME_AGENT, BA_NOT_HOME_AGENT,
	  "not home agent for this mobile node",
	  "the home agent has no binding for this home address (it may have "
	  "expired, or another home agent holds it)" },
	{ BA_DAD_FAILED, BA_DAD_FAILED, "duplicate address detection failed",
	  "another node on the home link uses the home address" },
	{ BA_SEQ_OUT_OF_WINDOW, BA_SEQ_OUT_OF_WINDOW,
	  "sequence number out of window",
	  "the mobile node goes on from the home agent's number by itself; if "
	  "it repeats, two nodes use the same home address" },
	{ BA_EXPIRED_HOME_NONCE, BA_EXPIRED_HOME_NONCE,
	  "expired home nonce index", KEYGEN },
	{ BA_EXPIRED_COA_NONCE, BA_EXPIRED_COA_NONCE,
	  "expired care-of nonce index", KEYGEN },
	{ BA_EXPIRED_NONCES, BA_EXPIRED_NONCES, "expired nonces", KEYGEN },
	{ BA_REG_TYPE_CHANGE, BA_REG_TYPE_CHANGE,
	  "registration type change disallowed",
	  "this peer holds a binding of the other kind (home agent or "
	  "correspondent) for the home address; it has to expire first" },
	{ 140, 140, "mobile router operation not permitted", SWITCH_OFF },
	{ 141, 141, "invalid mobile network prefix",
	  "compare the mobile network prefixes on both ends" },
	{ 142, 142, "not authorized for the mobile network prefix",
	  "compare the mobile network prefixes on both ends" },
	{ 143, 143, "forwarding setup failed, prefixes are missing",
	  "the home agent does not know which prefixes are behind the mobile "
	  "router" },
	/* RFC 5555 section 4.5 took the number a second time. */
	{ BA_TIMESTAMP_MISMATCH, BA_TIMESTAMP_MISMATCH,
	  "timestamp mismatch, or UDP encapsulation cannot be forced", CLOCKS },
	{ BA_TIMESTAMP_REQUIRED, BA_TIMESTAMP_REQUIRED,
	  "replay protection option required",
	  "the home agent's file of keys asks for timestamps and the mobile "
	  "node's does not: set timestamps = true there" },
	{ BA_AUTH_FAILED, BA_AUTH_FAILED, "authentication failed",
	  CREDENTIALS },
	{ 147, 147, "permanent home keygen token unavailable", KEYGEN },
	{ 148, 148, "CGA or its signature did not verify", CREDENTIALS },
	{ 149, 149, "permanent home keygen token exists", KEYGEN },
	{ 150, 150, "non-null home nonce index expected", KEYGEN },
	{ 151, 151, "service not authorized",
	  "the subscription does not cover the service that was asked for" },
	{ 152, 152, "proxy registration not enabled", PROXY_ONLY },
	{ 153, 153, "not local mobility anchor for this mobile node",
	  PROXY_ONLY },
	{ 154, 154, "mobile access gateway not authorized", PROXY_ONLY },
	{ 155, 155, "not authorized for the home network prefix", PROXY_ONLY },
	{ 156, 156, "timestamp mismatch of the proxy", PROXY_ONLY },
	{ 157, 157, "timestamp of the proxy older than the last", PROXY_ONLY },
	{ 158, 158, "home network prefix missing", PROXY_ONLY },
	{ 159, 159, "home network prefixes do not match the binding",
	  PROXY_ONLY },
	{ 160, 160, "mobile node identifier missing", PROXY_ONLY },
	{ 161, 161, "handoff indicator missing", PROXY_ONLY },
	{ 162, 162, "access technology type missing", PROXY_ONLY },
	{ 164, 164, "binding identifier malformed", SWITCH_OFF },
	{ 165, 165, "a binding without binding identifier exists",
	  "register once with the overwrite flag" },
	{ 166, 166, "multiple care-of addresses prohibited", SWITCH_OFF },
	{ 167, 167, "care-of address of the binding identifier unknown",
	  "register again with the care-of address" },
	{ 168, 168, "bulk registration prohibited",
	  "register each care-of address by itself" },
	{ 169, 169, "home and foreign bindings at once prohibited",
	  SWITCH_OFF },
	{ 170, 170, "not authorized for IPv4 mobility", PROXY_ONLY },
	{ 171, 171, "not authorized for the IPv4 home address", PROXY_ONLY },
	{ 172, 172, "not authorized for IPv6 mobility", PROXY_ONLY },
	{ 173, 173, "several IPv4 home addresses not supported", PROXY_ONLY },
	{ BA_INVALID_COA, BA_INVALID_COA, "invalid care-of address",
	  "the care-of address is not unicast routable, or is one that the "
	  "home agent does not accept" },
	/* Every octet is found: what follows is for numbers without a row. */
	{ 0, 127, "accepted, with a status that is not known here",
	  "nothing is wrong; the peer may know an extension" },
	{ 128, 255, "refused, with a status that is not known here",
	  "the peer's log should say more" },
};

static const struct status_row *find_status(unsigned int status)
{
	const struct status_row *row = rows;

	while (row < rows + ARRAY_SIZE(rows) - 1 &&
	       (status < row->from || status > row->to))
		row++;
	return row;
}

const char *ba_status_str(unsigned int status)
{
	return find_status(status)->name;
}

const char *ba_status_hint(unsigned int status)
{
	return find_status(status)->hint;
}
