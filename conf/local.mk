# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
dist_noinst_DATA = conf/usernscaps.conf

pamconfigsdir = $(datadir)/pam-configs
dist_pamconfigs_DATA = conf/pam-configs/usernscaps

bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = conf/bash-completion/usernscapsctl
zshcompletiondir = $(datadir)/zsh/vendor-completions
dist_zshcompletion_DATA = conf/zsh-completion/_usernscapsctl
fishcompletiondir = $(datadir)/fish/vendor_completions.d
dist_fishcompletion_DATA = conf/fish-completion/usernscapsctl.fish

units_in = conf/usernscaps.service conf/usernscaps-log.service conf/usernscaps-probe.service
EXTRA_DIST += $(units_in:=.in) conf/usernscaps-probe.timer
systemdsystemunitdir = @systemdsystemunitdir@
nodist_systemdsystemunit_DATA =
if WITH_BPF
nodist_systemdsystemunit_DATA += $(units_in) conf/usernscaps-probe.timer
endif
CLEANFILES += $(units_in)
$(units_in): %: $(srcdir)/%.in
	@$(MKDIR_P) conf
	$(AM_V_GEN)$(SED) 's|@sbindir[@]|$(sbindir)|g' $(srcdir)/$@.in >$@

# Rules that an admin has written are never overwritten.
securityconfdir = $(sysconfdir)/security
install-data-local:
	$(MKDIR_P) "$(DESTDIR)$(securityconfdir)"
	test -e "$(DESTDIR)$(securityconfdir)/usernscaps.conf" || \
		$(INSTALL_DATA) "$(srcdir)/conf/usernscaps.conf" "$(DESTDIR)$(securityconfdir)"
uninstall-local:
	! cmp -s "$(srcdir)/conf/usernscaps.conf" "$(DESTDIR)$(securityconfdir)/usernscaps.conf" || \
		rm -f "$(DESTDIR)$(securityconfdir)/usernscaps.conf"
