# SPDX-License-Identifier: GPL-2.0-or-later
"""The virtual lab of mip6d: nodes, links, moves, captures, scenarios."""
