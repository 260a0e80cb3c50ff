# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
dist_man_MANS = doc/pam_usernscaps.8 doc/usernscaps.conf.5 doc/usernscapsctl.8 \
	doc/usernscapsctl-check.8 doc/usernscapsctl-doctor.8 doc/usernscapsctl-load.8 \
	doc/usernscapsctl-status.8 doc/usernscapsctl-json.5
dist_doc_DATA = NEWS.md README.md doc/ALGEBRA.md doc/AUDIT.md doc/DIRECTORIES.md doc/HACKING.md doc/PERFORMANCE.md doc/SECURITY.md
EXTRA_DIST += LICENSE COPYING.GPL-2
