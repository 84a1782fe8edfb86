/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kinds of elements in a vici message. */
#ifndef MIP6D_VICI_WIRE_H
#define MIP6D_VICI_WIRE_H

enum vici_element_kind {
	VICI_SECTION_START = 1, /* name */
	VICI_SECTION_END,
	VICI_KEY_VALUE,  /* name, value */
	VICI_LIST_START, /* name */
	VICI_LIST_ITEM,  /* value */
	VICI_LIST_END,
};

#endif
