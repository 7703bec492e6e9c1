"""Reads of streams that keep their closed ranges in Django's cache: what can't change is not read twice."""
