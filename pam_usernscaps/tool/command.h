/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef TOOL_COMMAND_H
#define TOOL_COMMAND_H

/*
 * What a command is: one table each, from which its words are parsed, and from which its help, the
 * shells' completion and a check of the man page come.
 */

/* Exit statuses of usernscapsctl(8). */
enum ctl_status {
	CTL_OK,
	CTL_FAILED, /* what was asked for could not be done, or was found wrong */
	CTL_USAGE   /* usage error */
};

/* What an operand or an option's value is, for completion. */
enum command_words {
	WORDS_NONE,
	WORDS_COMMAND,
	WORDS_CHOICES, /* those of the option's table, and no others */
	WORDS_FILE,
	WORDS_PID,
	WORDS_USER,
	WORDS_GROUPS, /* separated by commas */
	WORDS_SERVICE,
	WORDS_SET,    /* a set specification */
	WORDS_RULES,  /* a file of the rules, as edit takes it */
	WORDS_PROGRAM /* a program and its arguments */
};

struct command_option {
	const char *name;  /* without "--"; NULL ends the table */
	const char *value; /* what help calls its value; NULL: it takes none */
	enum command_words words;
	const char *const *choices; /* for WORDS_CHOICES; NULL ends them */
	const char *help;
};

/* What several commands take alike. */
#define OPTION_JSON                                                                                \
	{                                                                                          \
		.name = "json", .help = "print JSON"                                               \
	}
#define OPTION_CONF                                                                                \
	{                                                                                          \
		.name = "conf", .value = "FILE", .words = WORDS_FILE,                              \
		.help = "the main rules file, in place of the site's"                              \
	}

/* The most options that a command has. */
#define COMMAND_OPTIONS 16

/* A call whose words were understood. */
struct command_call {
	/* By the option's place in the table: its value, "" where it takes none; NULL: not given.
	 */
	const char *values[COMMAND_OPTIONS];
	char **operands; /* a NULL ends them */
	int operand_count;
};

struct command {
	const char *name;
	const char *operands; /* as help and man page write them; "" */
	int operands_min, operands_max;
	enum command_words words; /* what the operands are */
	const char *summary;	  /* a line without a full stop */
	const struct command_option *options;
	/* Make the table of options, where it is not constant; or NULL. */
	void (*make_options)(void);
	/* Returns an enum ctl_status, or the command's exit status where it ran one. */
	int (*run)(const struct command_call *call);
};

extern const struct command command_check, command_denials, command_diff, command_doctor,
	command_edit, command_explain, command_help, command_load, command_log, command_mask,
	command_probe, command_reload, command_run, command_status, command_unload, command_why;

#endif
