/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For targets that read libconfig's text.  libconfig 1.5 forgets the text that
 * it read last before a syntax error: some octets for each bad file, and
 * nothing that we could free.
 */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_options(void);

const char *__lsan_default_options(void)
{
	return "print_suppressions=0";
}

const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig.so\n";
}
