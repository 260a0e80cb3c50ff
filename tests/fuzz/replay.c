// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Gives a target each file of its corpus, in builds without a fuzzer. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

#define INPUT_MAX (64 * 1024) /* bytes; the fuzzer stays below */

static int is_input(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* The name comes first: after a crash the log ends with it. */
static int replay(const char *name)
{
	static uint8_t bytes[INPUT_MAX];
	FILE *stream = fopen(name, "re");
	size_t len;

	printf("# %s\n", name);
	fflush(stdout);
	if (!stream) {
		printf("# %s: %s; expected a file\n", name, strerror(errno));
		return -1;
	}
	len = fread(bytes, 1, sizeof(bytes), stream);
	fclose(stream);
	LLVMFuzzerTestOneInput(bytes, len);
	return 0;
}

/* Usage: TARGET [DIRECTORY] */
int main(int argc, char **argv)
{
	const char *top = getenv("top_srcdir");
	char directory[PATH_MAX];
	struct dirent **entries;
	int count = -1, failed = 0, i;

	snprintf(directory, sizeof(directory), "%s/tests/fuzz/corpus/%s", top ? top : ".",
		 fuzz_name);
	if (chdir(argc > 1 ? argv[1] : directory) == 0)
		count = scandir(".", &entries, is_input, alphasort);
	for (i = 0; i < count; i++) {
		failed += replay(entries[i]->d_name) < 0;
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	printf("1..1\n%s 1 - %s: %d inputs, %d of them unreadable; expected some, and none\n",
	       count > 0 && failed == 0 ? "ok" : "not ok", fuzz_name, count, failed);
	return count > 0 && failed == 0 ? 0 : 1;
}
