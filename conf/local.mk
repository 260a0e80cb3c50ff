# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
dist_noinst_DATA = conf/usernscaps.conf

pamconfigsdir = $(datadir)/pam-configs
dist_pamconfigs_DATA = conf/pam-configs/usernscaps

bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = conf/bash-completion/usernscapsctl

EXTRA_DIST += conf/usernscaps.service.in
systemdsystemunitdir = @systemdsystemunitdir@
nodist_systemdsystemunit_DATA =
if WITH_BPF
nodist_systemdsystemunit_DATA += conf/usernscaps.service
endif
CLEANFILES += conf/usernscaps.service
conf/usernscaps.service: $(srcdir)/conf/usernscaps.service.in
	@$(MKDIR_P) conf
	$(AM_V_GEN)$(SED) 's|@sbindir[@]|$(sbindir)|g' $(srcdir)/conf/usernscaps.service.in >$@

# Rules that an admin has written are never overwritten.
securityconfdir = $(sysconfdir)/security
install-data-local:
	$(MKDIR_P) "$(DESTDIR)$(securityconfdir)"
	test -e "$(DESTDIR)$(securityconfdir)/usernscaps.conf" || \
		$(INSTALL_DATA) "$(srcdir)/conf/usernscaps.conf" "$(DESTDIR)$(securityconfdir)"
uninstall-local:
	! cmp -s "$(srcdir)/conf/usernscaps.conf" "$(DESTDIR)$(securityconfdir)/usernscaps.conf" || \
		rm -f "$(DESTDIR)$(securityconfdir)/usernscaps.conf"
