/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keygen tokens, binding management keys and authenticators, written by
 * golden_auth.py, which computes them with another implementation.
 */
#ifndef TESTS_UNIT_GOLDEN_AUTH_H
#define TESTS_UNIT_GOLDEN_AUTH_H

#include <stddef.h>
#include <stdint.h>

/* A row stays as it was written. */
/* clang-format off */

#define GOLDEN_CN "2001:db8:c::c"

static const struct {
	const char *kcn, *nonce, *addr;
	const char *home, *coa; /* tokens */
} golden_tokens[] = {
	{ "000102030405060708090a0b0c0d0e0f10111213",
	  "a0a1a2a3a4a5a6a7", "2001:db8:1::100",
	  "a0e8498e964263cb", "9cea9008553fbfea" },
	{ "000102030405060708090a0b0c0d0e0f10111213",
	  "a0a1a2a3a4a5a6a7", "2001:db8:2::100",
	  "7fe7be4c2bea1b4b", "0e293c0f3b28ed75" },
	{ "000102030405060708090a0b0c0d0e0f10111213",
	  "a0a1a2a3a4a5a6a7", "fd00::1",
	  "5847b042ffcec205", "48bbfc6059204ed9" },
	{ "000102030405060708090a0b0c0d0e0f10111213",
	  "a0a1a2a3a4a5a6a7", "::",
	  "d4d448c0ea894622", "dbcbd5464c8a7193" },
	{ "ffffffffffffffffffffffffffffffffffffffff",
	  "0000000000000000", "2001:db8:1::100",
	  "35f4567d99faff7c", "a883a561e717eea7" },
	{ "ffffffffffffffffffffffffffffffffffffffff",
	  "0000000000000000", "2001:db8:2::100",
	  "7accbcccd8c2e8ea", "44715b02abf8d598" },
	{ "ffffffffffffffffffffffffffffffffffffffff",
	  "0000000000000000", "fd00::1",
	  "4faa6405588c4130", "f539f19f70090e44" },
	{ "ffffffffffffffffffffffffffffffffffffffff",
	  "0000000000000000", "::",
	  "3ad9226fce5187a4", "23c65a00b45d447e" },
	{ "a1f308ff60d04e70e3aea20d0a5c825ddba189c8",
	  "78377b525757b494", "2001:db8:1::100",
	  "42a49df3c42a5906", "bbbc51128fa5b45c" },
	{ "a1f308ff60d04e70e3aea20d0a5c825ddba189c8",
	  "78377b525757b494", "2001:db8:2::100",
	  "898f244f6be114dc", "58382e1117c5d0e3" },
	{ "a1f308ff60d04e70e3aea20d0a5c825ddba189c8",
	  "78377b525757b494", "fd00::1",
	  "9fa3c815c2ccd21c", "c3eecca2ac416234" },
	{ "a1f308ff60d04e70e3aea20d0a5c825ddba189c8",
	  "78377b525757b494", "::",
	  "4551dfd3dd7e9c29", "f86a28bd26f35750" },
};

static const struct {
	const char *home, *coa; /* tokens */
	const char *kbm, *kbm_deletion;
} golden_kbm[] = {
	{ "a0e8498e964263cb", "0e293c0f3b28ed75",
	  "107fe33421edc4608b8d943cf33d442670130f7d",
	  "1335de3bbdcb6868257f8153e205af093225ae1f" },
	{ "35f4567d99faff7c", "44715b02abf8d598",
	  "8f1de02a58e2e71d0a621af61e77c44c8ba55fc2",
	  "fff6319d0522822335bfb3745444e6de92c561d7" },
	{ "42a49df3c42a5906", "58382e1117c5d0e3",
	  "84972e1016938f9e27930af8ebfa15fd27d07fd5",
	  "98ebc2439bdb4373f5cc4bf20c7e2afca2acefa0" },
};

static const struct {
	const char *name;
	const char *kbm, *coa;
	const char *mh; /* checksum 0, authenticator in place */
} golden_auth[] = {
	{ "bu",
	  "107fe33421edc4608b8d943cf33d442670130f7d", "2001:db8:2::100",
	  "3b0305000000123480000069040400070008050cf4144fb87ce5a3aa260cc857" },
	{ "bu without A",
	  "107fe33421edc4608b8d943cf33d442670130f7d", "2001:db8:2::100",
	  "3b0305000000ffff0000000104040000ffff050c6a6b75ee4d7bbb04213a56f8" },
	{ "bu with Alternate Care-of Address",
	  "aaa8c8d1ef084eea8ad2857e26ca0bdb2443d9a7", "2001:db8:3::7",
	  "3b06050000000001800000690100031020010db8000300000000000000000007"
	  "04040007000801020000050cbc03b0da689a409ff7773d31" },
	{ "deletion from a foreign link",
	  "1335de3bbdcb6868257f8153e205af093225ae1f", "2001:db8:2::100",
	  "3b0305000000000280000000040400070000050c68bd26649699d55845bb153f" },
	{ "deletion from home",
	  "1335de3bbdcb6868257f8153e205af093225ae1f", "2001:db8:1::100",
	  "3b0305000000000380000000040400070000050c2784c6e8227d298fb8d8c030" },
	{ "ba",
	  "107fe33421edc4608b8d943cf33d442670130f7d", "2001:db8:2::100",
	  "3b0306000000000012340069010400000000050cf3b6887eb9027c9b56f764da" },
	{ "ba 135",
	  "107fe33421edc4608b8d943cf33d442670130f7d", "2001:db8:2::100",
	  "3b0306000000870080000000010400000000050c3e8378f593d0e37585fb9589" },
	{ "ba of a deletion",
	  "1335de3bbdcb6868257f8153e205af093225ae1f", "2001:db8:1::100",
	  "3b0306000000000000030000010400000000050c14267f52d21b630047263cd5" },
};

#define GOLDEN_HOA "2001:db8:1::100"

static const struct {
	const char *name;
	const char *key, *coa;
	const char *mh; /* checksum 0, authentication data in place */
} golden_mn_ha[] = {
	{ "bu",
	  "000102030405060708090a0b0c0d0e0f", "2001:db8:2::100",
	  "3b07050000001234c0000069081201616c696365406578616d706c652e6f7267"
	  "00000a08e0ad5f108000000100091101000003e8d1481419995bd9e2c154ed81" },
	{ "bu with Alternate Care-of Address",
	  "000102030405060708090a0b0c0d0e0f", "2001:db8:3::7",
	  "3b0a050000001234c00000690100031020010db8000300000000000000000007"
	  "081201616c696365406578616d706c652e6f72670000000000000a08e0ad5f10"
	  "8000000100091101000003e82f7241f6a8d30e876a194f6e" },
	{ "de-registration at home",
	  "ffffffffffffffffffffffffffffffff", "2001:db8:1::100",
	  "3b0705000000ffffc0000000081201616c696365406578616d706c652e6f7267"
	  "00000a08e0ad5f10800000010009110100000100c31fe235115e69a98f65e566" },
	{ "bu of a long name",
	  "ffffffffffffffffffffffffffffffff", "2001:db8:2::100",
	  "3b25050000001234c000006908ff016e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e"
	  "6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e"
	  "6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e"
	  "6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e"
	  "6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e"
	  "6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e"
	  "6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e"
	  "6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e"
	  "6e6e6e6e6e6e6e6e6e6e6e6e6e00000000000a08e0ad5f108000000100091101"
	  "ffffffff562eb6b74b3d6479ff0036c7" },
	{ "ba 144",
	  "000102030405060708090a0b0c0d0e0f", "2001:db8:2::100",
	  "3b0706000000900012340000081201616c696365406578616d706c652e6f7267"
	  "00000a08e0ad5f108000000100091101000003e801435b192c21b5bbc9f2f166" },
};

#endif
