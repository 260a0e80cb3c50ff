// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Messages about what went wrong in the loader. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "base/cleanup.h"
#include "loader_parts.h"

int loader_fail(struct loader_problem *problem, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(problem->text, sizeof(problem->text), format, args);
	va_end(args);
	return error;
}

int loader_fail_errno(struct loader_problem *problem, const char *what, const char *path)
{
	int error = errno ? -errno : -EIO;

	return loader_fail(problem, error, "can't %s %s: %s", what, path, strerror(-error));
}

/* libbpf's first complaint since it was last emptied; libbpf has no context to put it in. */
static char libbpf_complaint[LOADER_TEXT / 2];

__attribute__((format(printf, 2, 0))) static int libbpf_complain(enum libbpf_print_level level,
								 const char *format, va_list args)
{
	if (level != LIBBPF_WARN || libbpf_complaint[0])
		return 0;
	vsnprintf(libbpf_complaint, sizeof(libbpf_complaint), format, args);
	libbpf_complaint[strcspn(libbpf_complaint, "\n")] = '\0';
	return 0;
}

void loader_listen(void)
{
	libbpf_complaint[0] = '\0';
	libbpf_set_print(libbpf_complain);
}

int loader_fail_libbpf(struct loader_problem *problem, int error, const char *what,
		       const char *object)
{
	return loader_fail(problem, error, "can't %s %s: %s%s%s", what, object, strerror(-error),
			   libbpf_complaint[0] ? ": " : "", libbpf_complaint);
}

int loader_read_text(const char *path, char *buf, size_t size)
{
	_cleanup_(fclosep) FILE *file = fopen(path, "re");
	size_t len;

	if (!file)
		return -errno;
	errno = 0;
	len = fread(buf, 1, size - 1, file);
	if (ferror(file))
		return errno ? -errno : -EIO;
	buf[len] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return 0;
}
