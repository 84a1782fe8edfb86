# SPDX-License-Identifier: GPL-2.0-or-later
"""The one error type whose text is meant for the person at the console."""


class LabError(Exception):
    """Something that the user can understand and act upon."""
