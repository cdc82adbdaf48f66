"""Atoms over HTTP: requests, answers, server-sent events and WebSocket in, requests out. docs/format/http-door.md."""
