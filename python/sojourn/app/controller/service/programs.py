"""Programs, as REST sees them."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from sojourn.app.controller.service.atoms import Atoms
from sojourn.control.decision import ProgramPut, ProgramRemove, ProgramStart, ProgramStop
from sojourn.control.placement import validate
from sojourn.control.program_parts import state_of, wanted
from sojourn.gateway.http.answer import PartFacts, ProgramFacts, ProgramState
from sojourn.gateway.http.body import PutProgram
from sojourn.model.errors import ExpressionError, UnknownProgram
from sojourn.model.record import PartRun, ProgramRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sojourn.control.state import State
    from sojourn.gateway.http.body import WantedPart
    from sojourn.model.record import ProgramPart

# So long a start or a stop of a program is waited for; whoever asks may look again after that.
SETTLE_S = 60.0
# Bytes of randomness in names of a program's atoms.
ENDING = 2


class Programs(Atoms):
    """What REST asks of programs."""

    async def programs(self, after: str, most: int) -> Sequence[ProgramFacts]:
        programs = self._state.registry.programs
        names = sorted(name for name in programs if name > after)[:most]
        return [facts_of(self._state, programs[name]) for name in names]

    async def program(self, name: str) -> ProgramFacts:
        return facts_of(self._state, self._program(name))

    def _program(self, name: str) -> ProgramRecord:
        program = self._state.registry.programs.get(name)
        if program is None:
            raise UnknownProgram(f"there is no program {name}")
        return program

    async def program_definition(self, name: str) -> PutProgram:
        program = self._program(name)
        said = msgspec.to_builtins(program)
        kept = {key: said[key] for key in PutProgram.__struct_fields__ if key in said}
        return msgspec.convert(kept, PutProgram)

    async def put_program(self, name: str, asked: PutProgram) -> ProgramFacts:
        for part in asked.parts:
            await self._checked(ProgramRecord(name=name, strategy=asked.strategy), part)
        await self._wish(
            ProgramPut(
                name=name,
                description=asked.description,
                strategy=asked.strategy,
                parts=tuple(part.plain(part.part) for part in asked.parts),
                running={part.part: part.runs_as for part in asked.parts if part.runs_as is not None},
            )
        )
        return await self.program(name)

    async def _checked(self, program: ProgramRecord, part: WantedPart) -> None:
        """Looks whether a part could be started, as far as that can be said before.

        Raises:
            UnknownModule: Its module was not put.
            UnknownAtom: An atom that it is to be already is none.
            ExpressionError: Its objective or requirement is none.
        """
        module = await self.module(part.module)
        if part.runs_as is not None:
            await self.atom(part.runs_as)
        try:
            validate(self._state.fleet, wanted(program, part.plain(part.part), module))
        except ExpressionError as error:
            where = f"part {part.part}: {error.wrong}"
            raise ExpressionError(where, error.source, error.start, error.end, error.hint) from error

    async def start_program(self, name: str) -> ProgramFacts:
        self._program(name)
        await self._wish(ProgramStart(name=name, ending=secrets.token_hex(ENDING)))
        return await self._settled(name, ProgramState.STARTING)

    async def stop_program(self, name: str, *, discard: bool) -> ProgramFacts:
        self._program(name)
        await self._wish(ProgramStop(name=name, keep=not discard))
        return await self._settled(name, ProgramState.STOPPING)

    async def _settled(self, name: str, leaving: ProgramState) -> ProgramFacts:
        """How a program is when it has left a state, or after a while."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_S):
                # What is done with its parts is told by events.
                while (last := self._followers.last, (await self.program(name)).state is leaving)[1]:
                    await self._followers.beyond(last)
        return await self.program(name)

    async def remove_program(self, name: str) -> ProgramFacts:
        facts = await self.program(name)
        await self._wish(ProgramRemove(name))
        return facts


def facts_of(state: State, program: ProgramRecord) -> ProgramFacts:
    """How a program is."""
    parts = tuple(part_of(state, part, program.runs.get(part.part, PartRun())) for part in program.parts)
    return ProgramFacts(
        name=program.name,
        wish=program.wish,
        state=summed_up(parts),
        parts=parts,
        description=program.description,
        strategy=program.strategy,
        changed_at=program.changed_at,
    )


def part_of(state: State, part: ProgramPart, run: PartRun) -> PartFacts:
    """How a part of it is."""
    how = state_of(state, run)
    return PartFacts(
        part=part.part, module=part.module, state=how.state, atom=run.atom, node=how.node, reason=how.reason
    )


def summed_up(parts: Iterable[PartFacts]) -> ProgramState:
    """How a program is, of how its parts are."""
    states = {part.state for part in parts}
    for said in (ProgramState.STARTING, ProgramState.STOPPING):
        if said.value in states:
            return said
    if "running" in states:
        return ProgramState.RUNNING if states <= {"running", "ended"} else ProgramState.PARTLY
    if "waiting" in states:
        return ProgramState.PARTLY
    return ProgramState.ENDED if states == {"ended"} else ProgramState.STOPPED
