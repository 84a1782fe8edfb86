/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages to and from charon: the octets of the protocol's documentation,
 * what charon 5.9.8 really sends, and everything that is not right.
 */
#include <stdlib.h>
#include <string.h>

#include "mip6d/vici.h"
#include "tests/unit/unit.h"

/* The example in the documentation of the protocol. */
#define EXAMPLE                                 \
	"03 04 6b657931 0006 76616c756531"      \
	"01 08 73656374696f6e31"                \
	"01 0b 7375622d73656374696f6e"          \
	"03 04 6b657932 0006 76616c756532"      \
	"02"                                    \
	"04 05 6c69737431"                      \
	"05 0005 6974656d31 05 0005 6974656d32" \
	"06 02"

static uint8_t mem[4096];
static size_t mem_len;

/* In memory of exactly that size, so that the sanitizers see its end. */
static const char *read_hex(const char *hex, struct vici_packet *ret)
{
	static uint8_t *exact;

	mem_len = unit_hex(mem, sizeof(mem), hex);
	free(exact);
	exact = malloc(mem_len ? mem_len : 1);
	memcpy(exact, mem, mem_len);
	return vici_read(exact, mem_len, ret);
}

static void builds_the_documented_example(void)
{
	struct wbuf b;

	wbuf_init(&b, mem, sizeof(mem));
	vici_put_head(&b, VICI_RESPONSE, NULL);
	vici_put(&b, "key1", "value1");
	vici_put_section(&b, "section1");
	vici_put_section(&b, "sub-section");
	vici_put(&b, "key2", "value2");
	vici_put_section_end(&b);
	vici_put_list(&b, "list1");
	vici_put_item(&b, "item1");
	vici_put_item(&b, "item2");
	vici_put_list_end(&b);
	vici_put_section_end(&b);
	CU_ASSERT_FALSE(b.bad);
	UNIT_HEX(b.data, b.len, "01" EXAMPLE);
}

static void builds_requests_with_a_name(void)
{
	struct wbuf b;

	wbuf_init(&b, mem, sizeof(mem));
	vici_put_head(&b, VICI_REGISTER, "child-updown");
	UNIT_HEX(b.data, b.len, "03 0c 6368696c642d7570646f776e");
	wbuf_init(&b, mem, sizeof(mem));
	vici_put_head(&b, VICI_REQUEST, "unload-conn");
	vici_put_one(&b, "l", "x");
	UNIT_HEX(b.data, b.len,
		 "00 0b 756e6c6f61642d636f6e6e 04 01 6c 05 0001 78 06");
}

static void reads_the_documented_example(void)
{
	char text[16], name[VICI_NAME_MAX + 1];
	struct vici_msg section, sub;
	struct vici_packet pkt;
	size_t pos = 0;

	UNIT_NEED(!read_hex("07 02 6576" EXAMPLE, &pkt));
	UNIT_EQ(pkt.type, VICI_EVENT);
	UNIT_STR(pkt.name, "ev");
	CU_ASSERT_TRUE(vici_str(&pkt.msg, "key1", text, sizeof(text)));
	UNIT_STR(text, "value1");
	CU_ASSERT_TRUE(vici_is(&pkt.msg, "key1", "value1"));
	CU_ASSERT_FALSE(vici_is(&pkt.msg, "key1", "value"));
	/* What is deeper is not found from above. */
	CU_ASSERT_FALSE(vici_str(&pkt.msg, "key2", text, sizeof(text)));
	CU_ASSERT_FALSE(vici_section(&pkt.msg, "sub-section", &sub));
	UNIT_NEED(vici_section(&pkt.msg, "section1", &section));
	UNIT_NEED(vici_section_next(&section, &pos, name, &sub));
	UNIT_STR(name, "sub-section");
	CU_ASSERT_TRUE(vici_str(&sub, "key2", text, sizeof(text)));
	UNIT_STR(text, "value2");
	CU_ASSERT_FALSE(vici_section_next(&section, &pos, name, &sub));
	/* One octet too little room is not taken. */
	CU_ASSERT_FALSE(vici_str(&sub, "key2", text, 6));
	CU_ASSERT_TRUE(vici_str(&sub, "key2", text, 7));
}

static bool number(const char *text, bool is_hex, uint32_t *ret)
{
	struct vici_packet pkt;
	struct wbuf b;

	wbuf_init(&b, mem, sizeof(mem));
	vici_put_head(&b, VICI_RESPONSE, NULL);
	vici_put(&b, "n", text);
	UNIT_NEED(!vici_read(b.data, b.len, &pkt));
	return vici_u32(&pkt.msg, "n", is_hex, ret);
}

static void reads_numbers_that_are_some(void)
{
	static const char *const wrong[] = { "",   "-1",
					     "1x", "4294967296",
					     " 1", "+1",
					     "c0", "99999999999999999" };
	uint32_t v = 7;
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		CU_ASSERT_FALSE(number(wrong[i], false, &v));
	UNIT_EQ(v, 7);
	CU_ASSERT_TRUE(number("4294967295", false, &v));
	UNIT_EQ(v, 4294967295);
	CU_ASSERT_TRUE(number("c0ffee00", true, &v));
	UNIT_EQ(v, 0xc0ffee00);
}

static void refuses_what_is_not_right(void)
{
	static const struct {
		const char *hex, *why;
	} cases[] = {
		{ "", "an empty packet" },
		{ "08", "a packet of an unknown type" },
		{ "07", "a name that runs past the end" },
		{ "07 03 6161", "a name that runs past the end" },
		{ "01 00", "an element of an unknown kind" },
		{ "01 07", "an element of an unknown kind" },
		{ "01 01", "an element that runs past the end" },
		{ "01 01 02 61", "an element that runs past the end" },
		{ "01 03 01 61", "an element that runs past the end" },
		{ "01 03 01 61 00", "an element that runs past the end" },
		{ "01 03 01 61 0002 61", "an element that runs past the end" },
		{ "01 02", "the end of no section" },
		{ "01 01 01 61 02 02", "the end of no section" },
		{ "01 01 01 61", "a section or list without an end" },
		{ "01 04 01 61", "a section or list without an end" },
		{ "01 05 0001 61", "an item or end of no list" },
		{ "01 06", "an item or end of no list" },
		{ "01 04 01 61 03 01 61 0000 06",
		  "something else than an item in a list" },
		{ "01 04 01 61 04 01 61 06 06",
		  "something else than an item in a list" },
		{ "01 01 01 61 04 01 61 02 06",
		  "something else than an item in a list" },
	};
	struct vici_packet pkt = { .type = VICI_EVENT, .name = "as it was" };
	const char *why;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		why = read_hex(cases[i].hex, &pkt);
		UNIT_STR(why ? why : "(right)", cases[i].why);
	}
	UNIT_STR(pkt.name, "as it was");
}

static void every_cut_of_a_right_packet_is_refused_or_right(void)
{
	static const char text[] = "07 02 6576" EXAMPLE;
	size_t len = unit_hex(mem, sizeof(mem), text), n, right = 0;
	struct vici_packet pkt;

	for (n = 0; n <= len; n++) {
		uint8_t *exact = malloc(n ? n : 1);

		memcpy(exact, mem, n);
		right += !vici_read(exact, n, &pkt);
		free(exact);
	}
	/* Empty, after key1, and all of it. */
	UNIT_EQ(right, 3);
}

static void nests_as_deep_as_the_bound(void)
{
	struct vici_packet pkt;
	unsigned int i, depth;
	struct wbuf b;

	for (depth = VICI_DEPTH_MAX; depth <= VICI_DEPTH_MAX + 1; depth++) {
		wbuf_init(&b, mem, sizeof(mem));
		vici_put_head(&b, VICI_RESPONSE, NULL);
		for (i = 0; i < depth; i++)
			vici_put_section(&b, "s");
		for (i = 0; i < depth; i++)
			vici_put_section_end(&b);
		UNIT_EQ(vici_read(b.data, b.len, &pkt) == NULL,
			depth == VICI_DEPTH_MAX);
	}
}

static void what_cannot_be_printed_is_not(void)
{
	struct vici_packet pkt;
	char text[8];

	UNIT_NEED(!read_hex("07 03 610a00 03 01 61 0004 1b5bff41", &pkt));
	UNIT_STR(pkt.name, "a??");
	CU_ASSERT_TRUE(vici_str(&pkt.msg, "a", text, sizeof(text)));
	UNIT_STR(text, "?[?A");
}

static void what_does_not_fit_is_bad(void)
{
	static char big[70000];
	struct wbuf b;

	memset(big, 'a', sizeof(big) - 1);
	wbuf_init(&b, mem, sizeof(mem));
	vici_put_section(&b, big);
	CU_ASSERT_TRUE(b.bad);
	wbuf_init(&b, mem, sizeof(mem));
	vici_put(&b, "a", big);
	CU_ASSERT_TRUE(b.bad);
	wbuf_init(&b, mem, 4);
	vici_put(&b, "a", "bc");
	CU_ASSERT_TRUE(b.bad);
}

int main(int argc, char **argv)
{
	static const struct unit_case cases[] = {
		UNIT_CASE(builds_the_documented_example),
		UNIT_CASE(builds_requests_with_a_name),
		UNIT_CASE(reads_the_documented_example),
		UNIT_CASE(reads_numbers_that_are_some),
		UNIT_CASE(refuses_what_is_not_right),
		UNIT_CASE(every_cut_of_a_right_packet_is_refused_or_right),
		UNIT_CASE(nests_as_deep_as_the_bound),
		UNIT_CASE(what_cannot_be_printed_is_not),
		UNIT_CASE(what_does_not_fit_is_bad),
		UNIT_END,
	};
	static const struct unit_suite suites[] = {
		{ "vici", cases },
		{ NULL, NULL },
	};

	return unit_main(argc, argv, suites);
}
