"""Recordings: a run as the dashboard plays it, written while it goes on. The format is docs/format/recording.md."""
