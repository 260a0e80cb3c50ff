# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
TEST_EXTENSIONS = .sh
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER = $(LOG_DRIVER)
LOG_COMPILER = $(top_srcdir)/tests/unit/run
EXTRA_DIST += tests/unit/run
AM_TESTS_ENVIRONMENT = \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	SANITIZER_PRELOAD='$(SANITIZER_PRELOAD)'; export SANITIZER_PRELOAD; \
	LD_LIBRARY_PATH='$(abs_builddir)/tests/unit'$${LD_LIBRARY_PATH:+:}$$LD_LIBRARY_PATH; \
	export LD_LIBRARY_PATH; \
	WITH_SECCOMP='$(with_seccomp_word)'; export WITH_SECCOMP;
if WITH_SECCOMP
with_seccomp_word = yes
else
with_seccomp_word = no
endif

# Most of the time that the tests take, for what hardly depends on how this was built. "make
# quick-tests" names the others.
slow_tests =
# Not slow, but the longest of the others: nothing should wait for them at the end.
first_tests =
TESTS += $(slow_tests) $(first_tests)

generate = tests/unit/generate.c tests/unit/generate.h
laws = tests/unit/laws.c tests/unit/laws.h

if WITH_CMOCKA
AM_CFLAGS += $(CMOCKA_CFLAGS)

policy_tests = test_algebra test_capset test_plan test_policy
session_tests = test_algebra_text test_apply test_audit test_config test_config_open \
	test_config_tree test_creation_filter test_denials test_doctor test_doctor_pam test_identity test_lint \
	test_native_mask test_regain test_restricted test_session test_userns
if WITH_BPF
session_tests += test_loader
model_tests = test_accounts test_decide test_decide_model test_sessions
check_PROGRAMS += $(model_tests)
slow_tests += $(model_tests)
test_accounts_SOURCES = tests/unit/test_accounts.c
test_accounts_LDADD = $(CMOCKA_LIBS)
test_accounts_LDFLAGS = $(AM_LDFLAGS) -pthread
test_decide_SOURCES = tests/unit/test_decide.c
test_decide_LDADD = $(CMOCKA_LIBS)
test_decide_model_SOURCES = tests/unit/test_decide_model.c
test_decide_model_LDADD = $(CMOCKA_LIBS)
test_sessions_SOURCES = tests/unit/test_sessions.c
test_sessions_LDADD = $(CMOCKA_LIBS)
test_sessions_LDFLAGS = $(AM_LDFLAGS) -pthread
test_loader_SOURCES = tests/unit/test_loader.c pam_usernscaps/base/genl.c $(loader)
test_loader_LDADD = $(BPF_LIBS) $(CMOCKA_LIBS)
tests/unit/test_loader.o: pam_usernscaps/bpf/userns.skel.h
endif
unit_tests = $(policy_tests) $(session_tests)
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)

policy_test_libs = libpolicy.la $(CMOCKA_LIBS)
session_test_libs = libsession.la $(CMOCKA_LIBS)

test_algebra_SOURCES = tests/unit/test_algebra.c $(generate) $(laws)
test_algebra_LDADD = $(policy_test_libs)
test_capset_SOURCES = tests/unit/test_capset.c
test_capset_LDADD = $(policy_test_libs)
test_plan_SOURCES = tests/unit/test_plan.c
test_plan_LDADD = $(policy_test_libs)
test_policy_SOURCES = tests/unit/test_policy.c
test_policy_LDADD = $(policy_test_libs)

EXTRA_DIST += tests/unit/creation_acts.h tests/unit/unit.h
fake_kernel = tests/unit/fake_kernel.c tests/unit/fake_kernel.h
test_algebra_text_SOURCES = tests/unit/test_algebra_text.c $(generate) $(laws)
test_algebra_text_LDADD = $(session_test_libs)
test_apply_SOURCES = tests/unit/test_apply.c $(fake_kernel)
test_apply_LDADD = $(session_test_libs)
test_audit_SOURCES = tests/unit/test_audit.c
test_audit_LDADD = $(session_test_libs)
lint_cases = tests/unit/lint_cases.c tests/unit/lint_cases.h
test_config_SOURCES = tests/unit/test_config.c $(lint_cases)
test_config_LDADD = libinspect.la $(CMOCKA_LIBS)
test_config_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc
test_config_open_SOURCES = tests/unit/test_config_open.c
test_config_open_LDADD = $(session_test_libs)
test_config_open_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=read,--wrap=stat
test_config_tree_SOURCES = tests/unit/test_config_tree.c
test_config_tree_LDADD = $(session_test_libs)
test_config_tree_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=scandirat
test_creation_filter_SOURCES = tests/unit/test_creation_filter.c
test_creation_filter_LDADD = $(session_test_libs)
doctor_host = tests/unit/doctor_host.c tests/unit/doctor_host.h
man_page = tests/unit/man_page.c tests/unit/man_page.h
test_doctor_SOURCES = tests/unit/test_doctor.c $(doctor_host) $(man_page)
test_doctor_LDADD = libinspect.la $(CMOCKA_LIBS)
test_doctor_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=reallocarray,--wrap=calloc \
	-Wl,--wrap=vasprintf,--wrap=strndup,--wrap=pipe2,--wrap=fdopen,--wrap=getdelim \
	-Wl,--wrap=posix_spawn_file_actions_init,--wrap=waitpid
test_doctor_pam_SOURCES = tests/unit/test_doctor_pam.c $(doctor_host)
test_doctor_pam_LDADD = libinspect.la $(CMOCKA_LIBS)
check_PROGRAMS += test_faults
first_tests += test_faults
test_faults_SOURCES = tests/unit/test_faults.c $(fake_kernel)
test_faults_LDADD = libinspect.la $(CMOCKA_LIBS)
test_faults_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc \
	-Wl,--wrap=reallocarray,--wrap=strdup,--wrap=fmemopen,--wrap=newlocale \
	-Wl,--wrap=open,--wrap=openat,--wrap=fstat,--wrap=stat,--wrap=read,--wrap=scandirat \
	-Wl,--wrap=getpwnam_r,--wrap=getgrnam_r,--wrap=getgrgid_r,--wrap=getgrouplist \
	-Wl,--wrap=getpwent,--wrap=getgrent,--wrap=fopen,--wrap=fgetgrent_r,--wrap=getdelim \
	-Wl,--wrap=eventfd,--wrap=vasprintf \
	-Wl,--wrap=cfg_init,--wrap=cfg_parse_fp
test_identity_SOURCES = tests/unit/test_identity.c
test_identity_LDADD = libinspect.la $(CMOCKA_LIBS)
test_denials_SOURCES = tests/unit/test_denials.c
test_denials_LDADD = libinspect.la $(CMOCKA_LIBS)

test_lint_SOURCES = tests/unit/test_lint.c $(lint_cases) $(man_page)
test_lint_LDADD = libinspect.la $(CMOCKA_LIBS)
test_native_mask_SOURCES = tests/unit/test_native_mask.c pam_usernscaps/kernel/native_mask.c
test_native_mask_LDADD = $(CMOCKA_LIBS)
test_native_mask_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=write
test_regain_SOURCES = tests/unit/test_regain.c $(fake_kernel)
test_regain_LDADD = $(session_test_libs)
test_restricted_SOURCES = tests/unit/test_restricted.c
test_restricted_LDADD = libinspect.la $(CMOCKA_LIBS)
test_session_SOURCES = tests/unit/test_session.c $(fake_kernel)
test_session_LDADD = $(session_test_libs)
# A directory that can be told to fail, for test_identity: a shared object that NSS finds by name.
nss_test = tests/unit/libnss_usernscapstest.so.2
EXTRA_DIST += tests/unit/nss_usernscaps_test.c
check_DATA = $(nss_test)
CLEANFILES += $(nss_test)
$(nss_test): $(srcdir)/tests/unit/nss_usernscaps_test.c
	@$(MKDIR_P) $(@D)
	$(AM_V_CCLD)$(CC) -std=gnu17 $(DEFS) $(WARN_CFLAGS) $(CFLAGS) -shared -fPIC \
		-Wl,-soname,$(@F) $(srcdir)/tests/unit/nss_usernscaps_test.c -o $@

# The real module, loaded by libpam; syslog(3) is caught by a definition of the test's own.
check_PROGRAMS += test_module
TESTS += test_module
test_module_SOURCES = tests/module/test_module.c tests/module/catch_log.h
test_module_LDADD = $(CAP_LIBS) $(PAM_LIBS) $(CMOCKA_LIBS)
test_module_LDFLAGS = $(AM_LDFLAGS) -export-dynamic -pthread
test_module_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit

check_PROGRAMS += test_inject
slow_tests += test_inject
test_inject_SOURCES = tests/module/test_inject.c
test_inject_LDADD = $(PAM_LIBS) $(CMOCKA_LIBS)
test_inject_LDFLAGS = $(AM_LDFLAGS) -export-dynamic
test_inject_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit

check_PROGRAMS += test_replace
slow_tests += test_replace
test_replace_SOURCES = tests/module/test_replace.c tests/module/catch_log.h pam_usernscaps/tool/replace.c
test_replace_LDADD = libsession.la $(CAP_LIBS) $(PAM_LIBS) $(CMOCKA_LIBS)
test_replace_LDFLAGS = $(AM_LDFLAGS) -export-dynamic
test_replace_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit

test_userns_SOURCES = tests/unit/test_userns.c $(fake_kernel)
test_userns_LDADD = $(session_test_libs)
endif

script_tests = tests/module/check.sh \
	tests/module/ctl.sh \
	tests/module/diff.sh \
	tests/module/doctor.sh \
	tests/module/examples.sh \
	tests/module/explain.sh \
	tests/module/exports.sh \
	tests/module/mask.sh \
	tests/module/pamtester.sh \
	tests/module/situations.sh \
	tests/module/status.sh
TESTS += $(script_tests)
slow_scripts = tests/module/completion.sh tests/module/edit.sh tests/module/rooms.sh
slow_tests += $(slow_scripts)
EXTRA_DIST += $(script_tests) $(slow_scripts) tests/module/sites tests/module/tap.sh \
	tests/module/tab.py \
	tests/lint-rooms

# --- fuzzing: make fuzz; make check replays the corpus, in every build ---
fuzz_targets = fuzz_capset fuzz_config
check_PROGRAMS += $(fuzz_targets)
TESTS += $(fuzz_targets)
fuzz_capset_SOURCES = tests/fuzz/fuzz_capset.c tests/fuzz/fuzz.h tests/fuzz/replay.c
fuzz_capset_LDADD = libpolicy.la
fuzz_config_SOURCES = tests/fuzz/fuzz_config.c tests/fuzz/fuzz.h tests/fuzz/replay.c \
	tests/fuzz/tree.c tests/fuzz/tree.h $(laws)
fuzz_config_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
fuzz_config_LDADD = libsession.la
EXTRA_DIST += tests/fuzz/capset.dict tests/fuzz/config.dict tests/fuzz/corpus \
	tests/fuzz/mutate.c tests/fuzz/run $(generate)
fuzz fuzz-merge:
	$(top_srcdir)/tests/fuzz/run $(abs_top_builddir) $(@:fuzz-%=%)
.PHONY: fuzz fuzz-merge

# --- measuring: make bench, make bench-vm ---
EXTRA_PROGRAMS = pam_cost confuse_cost
CLEANFILES += $(EXTRA_PROGRAMS)
pam_cost_SOURCES = tests/bench/pam_cost.c
pam_cost_LDADD = $(PAM_LIBS)
confuse_cost_SOURCES = tests/bench/confuse_cost.c
confuse_cost_LDADD = $(CONFUSE_LIBS)
EXTRA_DIST += tests/bench/attach.c tests/bench/auditcost.sh tests/bench/bench tests/bench/bench-vm tests/bench/floor.bpf.c \
	tests/bench/opcost.awk tests/bench/opcost.c tests/bench/opcost.sh tests/bench/partscost.sh \
	tests/bench/spread.bpf.c tests/bench/spread.c tests/bench/spread.h tests/bench/spread.sh
bench: pam_usernscaps.la $(EXTRA_PROGRAMS)
	$(top_srcdir)/tests/bench/bench $(abs_top_builddir)
bench-vm:
	CC='$(CC)' CLANG='$(CLANG)' $(top_srcdir)/tests/bench/bench-vm
.PHONY: bench bench-vm
