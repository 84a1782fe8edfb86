/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What mip6d-ctl changes in the daemon itself.  Pure.
 *
 * ctl_answer.c has let in only who may; what belongs to a role changes there.
 */
#include <jansson.h>

#include "mip6d/conf.h"
#include "mip6d/log.h"
#include "src/ctl/ctl_priv.h"

json_t *ctl_change_log_level(struct daemon *d, const json_t *request,
			     struct mtime now, const char **ret_error)
{
	const char *name = json_string_value(json_object_get(request, "level"));
	int level = conf_log_level(name);

	(void)d;
	(void)now;
	if (level < 0) {
		*ret_error = "expected \"level\": \"error\", \"warning\", "
			     "\"notice\", \"info\" or \"debug\"";
		return NULL;
	}
	log_set_level((enum log_level)level);
	return json_pack("{s:s}", "level", name);
}
