"""The door to ARENA: its runtimes, requesters and tools, at a broker.

| file | what |
|---|---|
| `door` | the door as its process sees it |
| `files` | `key.json`, `credentials.json`, `mqtt.json` |
| `shell` | messages, timers and what is kept, around `gateway.mqtt.arts.centre` |
| `hands` | what the centre wants of the realm, done through the controller |
| `sight` | atoms of modules: where they are, what they write, whether they have ended |
| `streams` | their channels |
| `modules` | where their files come from |
| `lists` | the REST paths that ARTS's tools read |
"""
