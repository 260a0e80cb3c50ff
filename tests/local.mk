# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
TEST_EXTENSIONS = .sh
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER = $(LOG_DRIVER)
AM_TESTS_ENVIRONMENT = \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	SANITIZER_PRELOAD='$(SANITIZER_PRELOAD)'; export SANITIZER_PRELOAD; \
	WITH_SECCOMP='$(with_seccomp_word)'; export WITH_SECCOMP;
if WITH_SECCOMP
with_seccomp_word = yes
else
with_seccomp_word = no
endif

if WITH_CMOCKA
AM_CFLAGS += $(CMOCKA_CFLAGS)

core_tests = test_capset test_plan test_policy
session_tests = test_apply test_config test_config_open test_creation_filter test_identity \
	test_session test_userns
unit_tests = $(core_tests) $(session_tests)
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)

core_test_libs = libcore.la $(CMOCKA_LIBS)
session_test_libs = libsession.la $(CMOCKA_LIBS)

test_capset_SOURCES = tests/unit/test_capset.c
test_capset_LDADD = $(core_test_libs)
test_plan_SOURCES = tests/unit/test_plan.c
test_plan_LDADD = $(core_test_libs)
test_policy_SOURCES = tests/unit/test_policy.c
test_policy_LDADD = $(core_test_libs)

fake_kernel = tests/unit/fake_kernel.c tests/unit/fake_kernel.h
test_apply_SOURCES = tests/unit/test_apply.c $(fake_kernel)
test_apply_LDADD = $(session_test_libs)
test_config_SOURCES = tests/unit/test_config.c
test_config_LDADD = $(session_test_libs)
test_config_open_SOURCES = tests/unit/test_config_open.c
test_config_open_LDADD = $(session_test_libs)
test_creation_filter_SOURCES = tests/unit/test_creation_filter.c
test_creation_filter_LDADD = $(session_test_libs)
test_identity_SOURCES = tests/unit/test_identity.c
test_identity_LDADD = $(session_test_libs)
test_session_SOURCES = tests/unit/test_session.c $(fake_kernel)
test_session_LDADD = $(session_test_libs)
# The real module, loaded by libpam; syslog(3) is caught by a definition of the test's own.
check_PROGRAMS += test_module
TESTS += test_module
test_module_SOURCES = tests/module/test_module.c
test_module_LDADD = $(CAP_LIBS) $(PAM_LIBS) $(CMOCKA_LIBS)
test_module_LDFLAGS = $(AM_LDFLAGS) -export-dynamic -pthread
test_module_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit

TESTS += tests/module/pamtester.sh tests/module/exports.sh
EXTRA_DIST += tests/module/pamtester.sh tests/module/exports.sh
test_userns_SOURCES = tests/unit/test_userns.c $(fake_kernel)
test_userns_LDADD = $(session_test_libs)
endif
