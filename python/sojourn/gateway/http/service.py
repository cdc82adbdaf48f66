"""What the REST interface asks of a controller. `app` has the real one, tests have one in memory.

Every method may raise a `SojournError`; its class decides the status of the answer (`problem.STATUS`). A controller
that does not lead answers what it can read, and raises `NotLeader` for the rest. Methods are awaited on one event loop
and must not block it. What takes longer than `limit.HANDLER_S` is cancelled where it only reads; where it changes
something it is carried on, and the client is told that it may still happen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Sequence

    from sojourn.gateway.http.answer import (
        CacheFacts,
        EventRange,
        ForeignCounts,
        Health,
        ImageFacts,
        NameFacts,
        NodeHistory,
        ProgramFacts,
        ScenarioFacts,
        Sent,
        Started,
    )
    from sojourn.gateway.http.body import (
        AskPlace,
        AskPlan,
        ChangeSpec,
        ChooseImage,
        GiveInput,
        PutProgram,
        RunSimulation,
        SendMessage,
        StartAtom,
        StartRollout,
        TellForeign,
    )
    from sojourn.gateway.http.inspected import Inspection
    from sojourn.gateway.http.output import Output
    from sojourn.gateway.http.told import Said
    from sojourn.gateway.http.value import AtomQuery, InspectionQuery, MoveQuery, NodeQuery, OutputQuery, RolloutQuery
    from sojourn.model.placement import Explanation, Plan
    from sojourn.model.record import (
        AtomRecord,
        ModuleRecord,
        MoveRecord,
        NodeRecord,
        RealmEvent,
        RolloutRecord,
        SettingRecord,
    )


class Controller(Protocol):
    """A controller, as REST sees it.

    Lists: `after` is the key of the last record that the caller has (empty: none), `most` how many it takes. The
    answer has the records that follow it in the list's order and fit the query (whose own `limit` and `cursor` are
    not for the controller), at most `most`.
    """

    async def health(self) -> Health:
        """How it is; never fails, and never waits for anybody."""

    async def trace_address(self) -> str:
        """Where a trace can be looked at, with `{trace}` for its identity; empty: nowhere."""

    async def metrics(self) -> str:
        """Its metrics in Prometheus's text format."""

    async def nodes(self, which: NodeQuery, after: str, most: int) -> Sequence[NodeRecord]:
        """Nodes, by name."""

    async def node(self, name: str) -> NodeRecord:
        """One node.

        Raises:
            UnknownNode: There is none.
        """

    async def node_history(self, name: str) -> NodeHistory:
        """How a node did in the last minutes.

        Raises:
            UnknownNode: There is none.
        """

    async def cache(self, node: str, most: int) -> CacheFacts:
        """A node's cache of compiled code, with at most so many entries; the node itself is asked.

        Raises:
            UnknownNode: There is none.
            Declined: It is not the realm's own.
            Unreachable: It does not answer.
        """

    async def cordon(self, node: str, *, on: bool, drain: bool) -> NodeRecord:
        """A node takes no further atoms from now on, or takes them again; see `control.decision.Cordon`.

        Raises:
            UnknownNode: There is none.
        """

    async def atoms(self, which: AtomQuery, after: str, most: int) -> Sequence[AtomRecord]:
        """Atoms, by name."""

    async def atom(self, name: str) -> AtomRecord:
        """One atom, by its global name.

        Raises:
            UnknownAtom: There is none.
        """

    async def start(self, asked: StartAtom) -> Started:
        """Places an atom, starts it and answers when it runs.

        Raises:
            UnknownModule: Its module was not put.
            Declined: No node can have it, or its deadlines can't be met; the text says why, node by node in short.
            ExpressionError: Its objective or requirement is none; the text marks the place.
            NodeError: Its node refused it.
        """

    async def stop(self, atom: str, *, discard: bool) -> AtomRecord:
        """Stops an atom for good; answers when that is kept, and carried out where the atom's node answers.

        Raises:
            UnknownAtom: There is none.
        """

    async def migrate(self, atom: str, target: str, cause: str) -> MoveRecord:
        """Moves an atom, whatever its policy thinks; answers when that is decided, not when it is done.

        Raises:
            UnknownAtom: There is none.
            UnknownNode: There is no such node.
            AlreadyThere: It is there.
            Declined: The node cannot have it; the text says why.
            Busy: Something else is being done with it.
        """

    async def respecify(self, atom: str, change: ChangeSpec) -> AtomRecord:
        """Something else is wanted of an atom from now on.

        Raises:
            UnknownAtom: There is none.
            ExpressionError: The objective or requirement is none; the text marks the place.
        """

    async def explain(self, atom: str) -> Explanation:
        """Why an atom is where it is: every node with why not, or its score term by term.

        Raises:
            UnknownAtom: There is none.
        """

    async def plan(self, asked: AskPlan) -> Plan:
        """What would follow of a change. Nothing is changed.

        Raises:
            UnknownAtom: The change names one that there is not.
            UnknownNode: The change names one that there is not.
            ExpressionError: An objective or requirement is none; the text marks the place.
        """

    async def output(self, atom: str, asked: OutputQuery) -> AsyncIterator[Output]:
        """What an atom wrote, in parts, from a byte on; and what it writes, where that is followed.

        It never holds the atom up: who does not ask for the next part soon is told `OutputLost` then. The last part is
        `OutputEnd`. Closed (`aclose`), it lets go of all it has.

        Raises:
            UnknownAtom: There is none.
            Declined: It is foreign, or too much is followed.
        """

    async def send(self, atom: str, message: SendMessage) -> Sent:
        """Sends an atom a message, or calls it and waits for the answer.

        Raises:
            UnknownAtom: There is none.
            Declined: It is foreign, or its data is said in more than one way.
            Busy: It had no room in that time, or too many are waited for.
            TooLarge: The data is larger than a message may be.
            TimedOut: No answer came in that time; the message may have.
            NotRunning: It ended before it answered.
        """

    async def give_input(self, atom: str, given: GiveInput) -> Sent:
        """Sends an atom something to its standard input.

        Raises:
            UnknownAtom: There is none.
            Declined: Its standard input is no channel.
            Busy: It had no room in that time.
        """

    async def inspect(self, atom: str, which: InspectionQuery) -> Inspection:
        """What an atom holds now; it goes on.

        Raises:
            UnknownAtom: There is none.
            Busy: Others are being looked into.
            TooLarge: It is too large to be looked into here.
        """

    async def inspect_image(self, atom: str, keeper: str, number: int, which: InspectionQuery) -> Inspection:
        """What an image of an atom holds.

        Raises:
            NoImage: There is none of that number there.
            Busy: Others are being looked into.
            TooLarge: It is too large to be looked into here.
        """

    async def moves(self, which: MoveQuery, after: str, most: int) -> Sequence[MoveRecord]:
        """Moves, the newest first: `after` is the oldest that the caller has."""

    async def move(self, number: int) -> MoveRecord:
        """One move.

        Raises:
            UnknownMove: There is none of that number, or none any more.
        """

    async def images(self, atom: str) -> Sequence[ImageFacts]:
        """Images of an atom that are kept anywhere, the oldest first; also of one that is gone."""

    async def checkpoint(self, atom: str) -> Sequence[ImageFacts]:
        """Keeps an image of an atom, which goes on; a row for each node that keeps it.

        Raises:
            UnknownAtom: There is none.
        """

    async def restore(self, atom: str, choice: ChooseImage) -> Started:
        """Lets an atom that nobody runs go on from an image.

        Raises:
            NoImage: There is no such image.
            AlreadyRuns: It runs.
        """

    async def rollback(self, atom: str, choice: ChooseImage) -> Started:
        """Stops an atom, if it runs, and lets it go on from an older image.

        Raises:
            UnknownAtom: There is none.
            NoImage: There is no such image.
        """

    async def names(self, pattern: str, scope: str) -> Sequence[NameFacts]:
        """Atoms by name, or by alias in a scope; see `Realm.find`.

        Raises:
            InvalidPattern: It is none.
        """

    async def modules(self, after: str, most: int) -> Sequence[ModuleRecord]:
        """Modules, by hash."""

    async def module(self, digest: str) -> ModuleRecord:
        """One module.

        Raises:
            UnknownModule: There is none.
        """

    async def put_module(self, name: str, wasm: bytes) -> ModuleRecord:
        """Takes a module; one that is there already changes nothing.

        Raises:
            ModuleError: It is none, or cannot run.
        """

    async def rollouts(self, which: RolloutQuery, after: str, most: int) -> Sequence[RolloutRecord]:
        """Rollouts, by name."""

    async def rollout(self, name: str) -> RolloutRecord:
        """One rollout.

        Raises:
            UnknownRollout: There is none.
        """

    async def roll_out(self, asked: StartRollout) -> RolloutRecord:
        """Begins a rollout.

        Raises:
            UnknownModule: One of the modules was not put.
            UnknownAtom: An atom that is named is none.
            Declined: One of that name is under way, or no atom has the old module.
        """

    async def pause_rollout(self, name: str, *, on: bool) -> RolloutRecord:
        """Lets a rollout rest after the step that it is at, or go on; see `UnknownRollout`, `Declined`."""

    async def roll_back(self, name: str) -> RolloutRecord:
        """Gives all atoms of a rollout that have the new module the old one again; see `UnknownRollout`, `Declined`."""

    async def programs(self, after: str, most: int) -> Sequence[ProgramFacts]:
        """Programs and how they are, by name."""

    async def program(self, name: str) -> ProgramFacts:
        """One program and how it is.

        Raises:
            UnknownProgram: There is none.
        """

    async def program_definition(self, name: str) -> PutProgram:
        """What was put as a program.

        Raises:
            UnknownProgram: There is none.
        """

    async def put_program(self, name: str, asked: PutProgram) -> ProgramFacts:
        """Keeps a program, in place of that of its name. What of it runs goes on as it is.

        Raises:
            UnknownModule: A part's module was not put.
            UnknownAtom: An atom that is to be a part of it already is none.
            ExpressionError: An objective or requirement of a part is none; the text marks the place.
            Declined: A part that it would have no longer is at work, or two have one name.
        """

    async def start_program(self, name: str) -> ProgramFacts:
        """Starts all parts of a program that do not run; answers when each is begun, or why it could not be.

        Raises:
            UnknownProgram: There is none.
            Declined: It has no parts.
        """

    async def stop_program(self, name: str, *, discard: bool) -> ProgramFacts:
        """Stops all parts of a program; answers when they are, where their nodes answer.

        Raises:
            UnknownProgram: There is none.
        """

    async def remove_program(self, name: str) -> ProgramFacts:
        """Forgets a program; how it was.

        Raises:
            UnknownProgram: There is none.
            Declined: A part of it is at work.
        """

    async def tell_foreign(self, door: str, told: TellForeign) -> ForeignCounts:
        """A door tells of foreign nodes and of what runs there; what is known of it then.

        Raises:
            Declined: What it tells cannot be, as a node that is the realm's own.
        """

    async def ask_place(self, asked: AskPlace) -> Explanation:
        """Where something would be placed that is not there yet: every node with why not, or its score.

        Raises:
            ExpressionError: Its objective or requirement is none; the text marks the place.
        """

    async def settings(self) -> Sequence[SettingRecord]:
        """All settings with their values, also those at their defaults, by name."""

    async def change_setting(self, name: str, value: str) -> SettingRecord:
        """Changes a setting.

        Raises:
            UnknownSetting: There is none of that name.
            ConfigError: It cannot have that value.
        """

    async def scenarios(self) -> Sequence[ScenarioFacts]:
        """Scenarios of simulations that come along, by name."""

    async def simulate(self, scenario: str, asked: RunSimulation) -> AsyncIterator[Sequence[bytes]]:
        """Begins to run a scenario; its recording, in parts of whole lines, none empty.

        Closed (`aclose`), the simulation ends.

        Raises:
            UnknownScenario: There is none.
            ConfigError: It cannot be run like that, as with fewer nodes than it has groups.
            Declined: Another one runs.
        """

    async def event_range(self) -> EventRange:
        """Which events there are."""

    async def picture(self) -> AsyncGenerator[Sequence[Said], None]:
        """The realm's picture, then each change of it, in parts, none empty; without end.

        It waits where there is none. Whoever asks late is told the whole picture again in place of changes. Closed
        (`aclose`), it lets go of all it has.
        """

    def events(self, after: int) -> AsyncIterator[Sequence[RealmEvent]]:
        """Events with numbers above one, in order, and those that happen from then on: in parts, none empty.

        It waits where there is none, without end. Nothing is queued for a caller that does not ask: whoever asks late
        reads from the store, from the oldest that is kept. Closed (`aclose`), it lets go of all it has.
        """
