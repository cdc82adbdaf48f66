"""The MQTT door: a client of any broker of 3.1.1 or 5, topics bound to atoms, and what waits between them.

| file | what it is |
|---|---|
| `topic` | what can be a topic or a filter, and which fits which |
| `property`, `packet`, `framing` | MQTT as bytes |
| `session` | a client's session with its broker, without clock or socket |
| `client` | the same over a socket: connects, and again |
| `limit` | every bound |
"""
