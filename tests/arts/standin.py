"""Stand-ins for clients of ARTS's dialect, with their habits and their mistakes. No sockets: messages in, messages out.

`SimulatedRuntime`: Python alone; registers every 5 s until it is answered, then never again; subscribes after the
answer; answers on its own topic, `details` as a text of JSON; one `K=V` alone in `env` is a failure; exits in single
quotes.

`BrowserRuntime`: `apis` as a list, `wasi:unstable`; answers nothing; listens to all below its topic; a module has a
last will of its own on `reg`; what it sends on goes to `proc/control/{rt}`, without the realm's word.

`Requester`: asks on `control`, and counts the answers to each of its requests.
"""

from __future__ import annotations

import base64
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

Published = list[tuple[str, bytes]]
REG, CONTROL, DEBUG = "realm/proc/reg", "realm/proc/control", "realm/proc/debug"


def dumped(value: object) -> bytes:
    return json.dumps(value).encode()


def request(action: str, data: dict[str, Any], object_id: str | None = None, **top: object) -> dict[str, Any]:
    return {"object_id": object_id or str(uuid.uuid4()), "action": action, "type": "arts_req", **top, "data": data}


def answer(object_id: str, result: str, details: object) -> bytes:
    return dumped({"object_id": object_id, "type": "arts_resp", "data": {"result": result, "details": details}})


@dataclass
class SimulatedRuntime:
    """Runs Python modules, as it says."""

    uuid: str = field(default_factory=lambda: str(uuid.uuid4()))
    max_nmodules: int = 100
    apis: str = "python:python3"
    filters: set[str] = field(default_factory=lambda: {REG})
    modules: dict[str, dict[str, Any]] = field(default_factory=dict)
    is_registered: bool = False
    asked: str = ""
    failing: str = ""
    silent: bool = False
    most_seen: int = 0

    @property
    def name(self) -> str:
        return self.uuid

    @property
    def control(self) -> str:
        return f"{CONTROL}/{self.uuid}"

    @property
    def will(self) -> tuple[str, bytes]:
        return REG, dumped(request("delete", self.facts()))

    def facts(self) -> dict[str, Any]:
        return {
            "type": "runtime",
            "uuid": self.uuid,
            "name": "py-runtime",
            "max_nmodules": self.max_nmodules,
            "apis": self.apis,
            "dbg_topic": DEBUG,
            "ctl_topic": CONTROL,
        }

    def register(self) -> Published:
        made = request("create", self.facts())
        self.asked = made["object_id"]
        return [(REG, dumped(made))]

    def feed(self, topic: str, payload: bytes) -> Published:
        told = json.loads(payload)
        if topic == REG:
            if told["type"] == "arts_resp" and told["object_id"] == self.asked and told["data"]["result"] == "ok":
                self.is_registered = True
                # It hears of its modules from now on only.
                self.filters = {self.control}
            return []
        if told["type"] != "arts_req" or told["data"]["type"] != "module" or self.silent:
            return []
        return [(self.control, self._done(told))]

    def _done(self, told: dict[str, Any]) -> bytes:
        data = told["data"]
        try:
            details = self._create(data) if told["action"] == "create" else self._delete(data)
        except (KeyError, ValueError, AttributeError) as error:
            return answer(told["object_id"], "error", f"Module could not be {told['action']}d; {error}")
        return answer(told["object_id"], "ok", details)

    def _create(self, data: dict[str, Any]) -> str:
        if self.failing:
            raise ValueError(self.failing)
        module = {name: data[name] for name in ("uuid", "name", "filename", "filetype")}
        args, env = data.get("args", ""), data.get("env", "")
        if module["uuid"] in self.modules:
            raise ValueError(f"UUID {module['uuid']} already exists")
        args.split()
        if env:
            pairs = env.split(" ")
            if len(pairs) < 2:
                raise ValueError("local variable referenced before assignment")
            module["env"] = {pair.split("=")[0]: pair.split("=")[1] for pair in pairs}
        self.modules[module["uuid"]] = module
        self.most_seen = max(self.most_seen, len(self.modules))
        return json.dumps(module)

    def _delete(self, data: dict[str, Any]) -> dict[str, str]:
        if data["uuid"] not in self.modules:
            raise ValueError(f"UUID {data['uuid']} not found")
        del self.modules[data["uuid"]]
        return {"msg": "Deleted.", "uuid": data["uuid"]}

    def exit(self, module: str) -> Published:
        """A module has come to its end: its message is in single quotes, for a shell that is not there."""
        self.modules.pop(module)
        made = dumped(request("delete", {"type": "module", "uuid": module}))
        return [(CONTROL, b"'" + made + b"'")]


@dataclass
class BrowserRuntime:
    """Runs WebAssembly in a page."""

    uuid: str = field(default_factory=lambda: str(uuid.uuid4()))
    max_nmodules: int = 10
    filters: set[str] = field(default_factory=lambda: {REG})
    modules: dict[str, dict[str, Any]] = field(default_factory=dict)
    memories: dict[str, bytes] = field(default_factory=dict)
    is_registered: bool = False
    asked: str = ""
    chatty: bool = True
    quit: list[str] = field(default_factory=list)
    started_twice: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.uuid

    @property
    def will(self) -> tuple[str, bytes]:
        return REG, dumped(request("delete", self.facts()))

    def facts(self) -> dict[str, Any]:
        return {
            "type": "runtime",
            "uuid": self.uuid,
            "name": "rt-1234@Gecko",
            "max_nmodules": self.max_nmodules,
            "apis": ["wasi:unstable"],
        }

    def register(self) -> Published:
        made = request("create", self.facts())
        self.asked = made["object_id"]
        return [(REG, dumped(made))]

    def feed(self, topic: str, payload: bytes) -> Published:
        try:
            told = json.loads(payload)
        except ValueError:
            return []
        if told["type"] == "arts_resp" and told["object_id"] == self.asked and told["data"]["result"] == "ok":
            self.is_registered = True
            self.filters = {f"{CONTROL}/{self.uuid}/#"}
        if told["type"] != "arts_req" or told["data"]["type"] != "module" or topic == REG:
            return []
        return self._create(told["data"]) if told["action"] == "create" else self._delete(told)

    def _create(self, data: dict[str, Any]) -> Published:
        if data.get("wait_state"):
            return []
        if data["uuid"] in self.modules:
            self.started_twice.append(data["uuid"])
        # It splits both without looking whether they are there.
        data["env"].split(" ")
        data["args"].split(" ")
        self.modules[data["uuid"]] = data
        if data.get("memory") is not None:
            self.memories[data["uuid"]] = base64.b64decode(data["memory"])
        return [(f"{DEBUG}/stdout/{data['uuid']}", b"hello\n")] if self.chatty else []

    def _delete(self, told: dict[str, Any]) -> Published:
        module = self.modules.pop(told["data"]["uuid"])
        self.quit.append(module["uuid"])
        target = told.get("send_to_runtime")
        if target is None:
            return []
        kept = {name: module[name] for name in ("type", "uuid", "name", "filename", "fileid", "filetype", "apis")}
        memory = base64.b64encode(b"state of " + module["uuid"].encode()).decode()
        moved = {**kept, "args": module["args"], "env": module["env"], "channels": module["channels"]}
        made = request("create", {**moved, "parent": {"uuid": target}, "memory": memory}, migratetx_start=1605999885000)
        return [(f"proc/control/{target}", dumped(made))]

    def close_tab(self) -> Published:
        """Every module's connection has its own will, and it stands on `reg`."""
        wills = [(REG, dumped(request("delete", {"type": "module", "uuid": each}))) for each in self.modules]
        return [*wills, self.will]


@dataclass
class Requester:
    """Asks for modules, and looks at what comes."""

    name: str = "requester"
    filters: set[str] = field(default_factory=lambda: {f"{CONTROL}/#", REG})
    will: tuple[str, bytes] | None = None
    answers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    exits: list[str] = field(default_factory=list)

    def ask(self, action: str, data: dict[str, Any], topic: str = CONTROL) -> tuple[str, Published]:
        made = request(action, {"type": "module", **data})
        self.answers[made["object_id"]] = []
        return made["object_id"], [(topic, dumped(made))]

    def create(self, **data: object) -> tuple[str, Published]:
        return self.ask("create", {"name": "user/prog", "filename": "x.wasm", "fileid": "na", "filetype": "WA", **data})

    def delete(self, module: str, **data: object) -> tuple[str, Published]:
        return self.ask("delete", {"uuid": module, **data})

    def feed(self, topic: str, payload: bytes) -> Published:
        try:
            told = json.loads(payload)
        except ValueError:
            return []
        if told["type"] == "arts_resp" and told["object_id"] in self.answers:
            self.answers[told["object_id"]].append(told["data"])
        if topic == CONTROL and told.get("action") == "delete":
            self.exits.append(told["data"].get("uuid", ""))
        return []
