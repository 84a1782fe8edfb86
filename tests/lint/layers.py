# SPDX-License-Identifier: GPL-2.0-or-later
"""The layers: which header belongs to which, and who may include whom.

A new header in include/mip6d gets a line in HEADERS. A file that must touch
the kernel gets one in KERNEL_FILES, and a good reason in its top comment.
"""

# Layer of each public header.
HEADERS = {
    "addr.h": "core", "bucket.h": "core", "buf.h": "core",
    "cleanup.h": "core",
    "counters.h": "core", "hash.h": "core", "journal.h": "core",
    "log.h": "core", "loop.h": "core", "random.h": "core", "store.h": "core",
    "time.h": "core",
    "tqueue.h": "core", "wall.h": "core",
    "mh.h": "mh", "icmp6.h": "mh",
    "auth.h": "auth",
    "bcache.h": "binding", "bul.h": "binding", "lifetime.h": "binding",
    "nlenc.h": "encode", "xfrm.h": "encode",
    "kernel.h": "port", "look.h": "port", "transport.h": "port", "vici.h": "port",
    "security.h": "security", "ike.h": "ike",
    "conf.h": "conf", "keyfile.h": "conf",
    "role.h": "role", "discovery.h": "role", "homes.h": "role",
    "daemon.h": "daemon",
    "ctl.h": "ctl",
}

_BASE = {"core", "mh", "auth", "binding"}
_ROLE = _BASE | {"port", "security", "ike", "conf", "role"}

# What a layer may include, besides headers of its own folder.
ALLOWED = {
    "core": {"core"},
    "mh": {"core", "mh"},
    "auth": {"core", "auth"},
    "binding": _BASE,
    "port": {"core", "port"},
    "encode": {"core", "port", "encode"},
    "security": {"core", "port", "security"},
    "ike": {"core", "port", "security", "ike"},
    "conf": {"core", "port", "security", "conf"},
    "role": _ROLE,
    "cn": _ROLE,
    "ha": _ROLE,
    "mn": _ROLE,
    "sock": {"core", "port"},
    "vici": {"core", "port"},
    "netlink": {"core", "port", "encode"},
    "xfrm": {"core", "port", "encode"},
    "daemon": _ROLE | {"daemon", "ctl"},
    "ctl": _ROLE | {"daemon", "ctl"},
    "main": _ROLE | {"daemon", "ctl"},
}

# Of these none may use another's functions, though role.h has them all.
ROLES = {"cn", "ha", "mn"}

# Folders of src/ that are a layer, by name; the files right in src/ are the
# daemon's but for these.
FOLDERS = {"core", "mh", "auth", "binding", "security", "ike", "cn", "ha", "mn",
           "sock", "netlink", "xfrm", "vici", "ctl"}
TOP_FILES = {"main.c": "main"}

# Where the kernel may be touched: whole folders and single files.
KERNEL_FOLDERS = {"sock", "netlink", "xfrm"}
# (the encoders' headers show netlink's types to src/netlink and src/xfrm only).
KERNEL_FILES = {"src/core/loop.c", "src/core/log.c", "src/main.c",
                "src/privilege.c", "src/seccomp_filter.c",
                "src/notify.c", "src/vici/vici_conn.c",
                "include/mip6d/nlenc.h", "include/mip6d/xfrm.h"}
KERNEL_PREFIXES = ("src/ctl/server", "src/ctl/client", "src/ctl/ctl_server",
                   "src/ctl/ctl_client", "src/ctl/mip6d-ctl",
                   "src/ctl/mip6d_ctl")

# Headers that only a file of the above may include.
KERNEL_HEADERS = ("linux/", "asm/", "sys/socket.h", "sys/un.h", "sys/epoll.h",
                  "sys/ioctl.h", "libmnl/", "netlink/", "bpf/", "systemd/")

# Libraries behind one file or few: header prefix -> places that may use it.
OWNERS = {
    "event2/": ("src/core/loop.c",),
    "nettle/": ("src/auth/crypto.c",),
    "uthash.h": ("include/mip6d/hash.h",),
    "libconfig.h": ("src/conf",),
    "jansson.h": ("src/ctl/",),
}
