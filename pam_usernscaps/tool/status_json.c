// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* status as JSON. usernscapsctl-json(5) describes the keys, which stay as they are. */
#include <string.h>

#include "json.h"
#include "inspect/denials.h"
#include "status.h"

/* Raised when a key is taken away or changes its meaning. */
#define JSON_VERSION 1

static json_t *set_json(const struct ctl_caps *caps, struct capset set)
{
	const struct capset known = capset_up_to(caps->count - 1);

	return json_pack("{s:o, s:o}", "capabilities", ctl_json_names(caps, set), "mask",
			 ctl_json_mask(capset_and(set, known)));
}

static json_t *boolean_or_null(bool known, bool value)
{
	return known ? json_boolean(value) : json_null();
}

static json_t *depth_json(uint32_t depth)
{
	return depth == RESTRICTED_NO_DEPTH ? json_null() : json_integer(depth);
}

/* ---- the provider ---- */

static json_t *cause_json(const struct probe *probe)
{
	char cause[PROBE_TEXT];

	return probe_is_good(probe) ? json_null() : json_string(probe_cause(probe, cause));
}

static json_t *provider_json(const struct probe *probe, const struct ctl_caps *caps)
{
	return json_pack("{s:s, s:b, s:s, s:s, s:o, s:o}", "kind",
			 userns_kind_name(probe->userns.kind), "works", probe_is_good(probe),
			 "verdict", probe_verdict_name(probe->verdict), "text",
			 probe_verdict_text(probe->verdict), "cause", cause_json(probe),
			 "not_told_apart", ctl_json_names(caps, probe->vague));
}

static json_t *attached_json(const struct probe *probe)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < LOADER_PROGRAMS; i++) {
		const struct loader_program *program = &probe->programs[i];

		if (program->id)
			ctl_json_append(&array,
					json_pack("{s:s, s:I, s:I}", "hook", program->name, "id",
						  (json_int_t)program->id, "recursion_misses",
						  (json_int_t)program->recursion_misses));
	}
	return array;
}

static json_t *version_json(const struct probe *probe)
{
	char version[sizeof(probe->system.version) + 1] = "";

	if (!probe->has_system)
		return json_null();
	memcpy(version, probe->system.version, sizeof(probe->system.version));
	return ctl_json_text(version);
}

static json_t *tasks_json(const struct status *status)
{
	const struct loader_entries *entries = &status->entries;
	const struct loader_most *most = &status->most;

	if (!status->has_entries || !status->probe.has_system)
		return json_null();
	return json_pack("{s:I, s:I, s:I, s:I, s:o}", "restricted", (json_int_t)entries->count,
			 "room", (json_int_t)entries->room, "share",
			 (json_int_t)status->probe.system.share, "most", (json_int_t)most->count,
			 "most_uid",
			 most->count ? json_integer((json_int_t)most->uid) : json_null());
}

static json_t *programs_json(const struct status *status)
{
	const struct probe *probe = &status->probe;

	if (!probe->has_programs)
		return json_null();
	return json_pack("{s:o, s:o, s:I, s:o, s:o}", "version", version_json(probe), "tasks",
			 tasks_json(status), "recursion_misses",
			 (json_int_t)probe->recursion_misses, "ftrace_enabled",
			 boolean_or_null(probe->ftrace_enabled >= 0, probe->ftrace_enabled),
			 "attached", attached_json(probe));
}

/* ---- processes ---- */

static json_t *item_json(const struct status_process *process, enum policy_item item,
			 const struct ctl_caps *caps)
{
	struct capset value = process->sets.items[item];

	return policy_item_is_set(item)
		       ? set_json(caps, value)
		       : boolean_or_null(process->known[item], policy_item_flag(item, value));
}

static json_t *process_json(const struct status_process *process, const struct ctl_caps *caps)
{
	json_t *json =
		json_pack("{s:o, s:o}", "pid",
			  process->pid ? json_integer((json_int_t)process->pid) : json_null(),
			  "depth", depth_json(process->depth));
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		ctl_json_set(&json, policy_item_name(item), item_json(process, item, caps));
	return json;
}

static json_t *entry_json(const struct status *status, const struct restricted *entry,
			  const char *user, const struct ctl_caps *caps)
{
	const struct userns_session *session =
		denials_find(status->sessions, status->session_count, entry->session);
	json_t *denied = session ? json_integer((json_int_t)denials_count(session)) : json_null();

	return json_pack("{s:I, s:o, s:I, s:I, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "pid",
			 (json_int_t)entry->pid, "thread",
			 entry->thread ? json_integer(entry->thread) : json_null(), "threads",
			 (json_int_t)entry->threads, "uid", (json_int_t)entry->uid, "user",
			 user ? ctl_json_text(user) : json_null(), "command", entry->name, "depth",
			 depth_json(entry->depth), "session",
			 entry->session ? json_integer((json_int_t)entry->session) : json_null(),
			 "denied", denied, "userns", set_json(caps, entry->userns), "create",
			 boolean_or_null(entry->has_flags, entry->create), "strict",
			 boolean_or_null(entry->has_flags, entry->strict), "daemon", entry->daemon);
}

static json_t *list_json(const struct status *status, const struct ctl_caps *caps)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < status->list_count; i++)
		ctl_json_append(&array,
				entry_json(status, &status->list[i], status->users[i], caps));
	return array;
}

int ctl_status_json(const struct status *status)
{
	struct ctl_caps caps;

	ctl_caps_sort(&caps, status->last);
	return ctl_print_json(json_pack(
		"{s:i, s:s, s:I, s:o, s:o, s:o, s:o, s:o}", "version", JSON_VERSION, "tool_version",
		VERSION, "last_capability", (json_int_t)status->last, "provider",
		provider_json(&status->probe, &caps), "programs", programs_json(status),
		"system_mask",
		status->probe.has_mask ? set_json(&caps, status->probe.mask) : json_null(),
		"process", process_json(&status->process, &caps), "restricted",
		status->has_list ? list_json(status, &caps) : json_null()));
}
