/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef TOOL_DOCTOR_H
#define TOOL_DOCTOR_H

#include "inspect/doctor.h"

/** Print a report as JSON. Returns CTL_OK or, after a complaint, CTL_FAILED. */
int ctl_doctor_json(const struct doctor_report *report);

#endif
