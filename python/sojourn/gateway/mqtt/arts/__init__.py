"""ARTS over MQTT, dialect G1: what ARENA's runtimes and those who ask for modules say.

| file | what |
|---|---|
| `topic` | topics |
| `message` | what comes, read leniently where real clients need it |
| `record` | runtimes and modules, as they are kept |
| `say` | what goes out |
| `state`, `action` | what is known, and what is to be done |
| `register`, `create`, `remove`, `migrate`, `stream` | what each request comes to |
| `exchange` | what was sent to a runtime, and waits for its answer |
| `centre` | all of it: `feed(topic, payload, now)` |
| `view` | the REST lists that tools read |
| `keeping` | runtimes and modules in SQLite |

The centre does no input or output and reads no clock: `sojourn.app.doors.arts` does what it wants done.
"""
