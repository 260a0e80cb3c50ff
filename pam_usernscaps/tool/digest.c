// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Which rules they are, for the audit trail. */
#include "digest.h"

#ifdef HAVE_AUDIT

#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include <sha2.h>

#include "base/cleanup.h"
#include "policy/rules.h"

/* @otherwise: where there is no digest */
static void add(struct audit_text *text, const char *name, const char *digest,
		const char *otherwise)
{
	audit_text_add(text, " %s=%s%s", name, digest ? "sha256:" : "",
		       digest ? digest : otherwise);
}

void ctl_digest_bytes(struct audit_text *text, const char *name, const char *bytes, size_t len)
{
	char digest[SHA256_DIGEST_STRING_LENGTH];

	add(text, name, bytes ? SHA256Data((const uint8_t *)bytes, len, digest) : NULL, "none");
}

/* A line of sha256sum's. Returns false where the file can't be read. */
static bool update(SHA2_CTX *context, const char *file)
{
	char digest[SHA256_DIGEST_STRING_LENGTH];

	if (!SHA256File(file, digest))
		return false;
	SHA256Update(context, (const uint8_t *)digest, strlen(digest));
	SHA256Update(context, (const uint8_t *)"  ", 2);
	SHA256Update(context, (const uint8_t *)file, strlen(file));
	SHA256Update(context, (const uint8_t *)"\n", 1);
	return true;
}

void ctl_digest_rules(struct audit_text *text, const struct config_site *site)
{
	_cleanup_(policy_rules_clear) struct policy_rules rules = { 0 };
	char digest[SHA256_DIGEST_STRING_LENGTH];
	struct config_problem ignored;
	bool known = config_load(site, &rules, &ignored) == 0;
	SHA2_CTX context;
	size_t i;

	SHA256Init(&context);
	for (i = 0; known && i < rules.file_count; i++)
		known = update(&context, rules.files[i]);
	add(text, "rules", known ? SHA256End(&context, digest) : NULL, "unknown");
}

#else

void ctl_digest_bytes(struct audit_text *text, const char *name, const char *bytes, size_t len)
{
	(void)text;
	(void)name;
	(void)bytes;
	(void)len;
}

void ctl_digest_rules(struct audit_text *text, const struct config_site *site)
{
	(void)text;
	(void)site;
}

#endif
