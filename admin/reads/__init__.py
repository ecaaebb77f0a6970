"""Asks the database questions: SELECT only. Takes a session, a resource and plain values; returns dataclasses."""
