"""Runs: computations on their way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self, TypeAlias

from sojourn import _core
from sojourn.core.image import Image
from sojourn.core.module import Module, ModuleLike, as_module
from sojourn.core.stdin import StdinLike, stdin_source
from sojourn.core.stream import output
from sojourn.model.mount import MountLike, mount_rows
from sojourn.model.status import Status

if TYPE_CHECKING:
    import io
    from collections.abc import Mapping, Sequence
    from types import TracebackType

Engine: TypeAlias = Literal["wasmtime", "wasmi"]


class Run:
    """A computation on a thread of its own. Made by `start` and `resume`; all methods may be called from any thread.

    As a context manager it is closed at the end: what still runs then ends without an image.

    Attributes:
        stdout: What the guest writes to its standard output, as a binary file. A read waits for bytes; it is at its
            end when the run ended or was stopped. All that was written before a stop is there, and none of it comes
            again after resuming.
        stderr: The same for the standard error.
    """

    stdout: io.BufferedReader
    stderr: io.BufferedReader

    def __init__(self, run: _core.Run, stop_at: int | None = None) -> None:
        self._core = run
        self._stop_at = stop_at
        self.stdout = output(run, 1)
        self.stderr = output(run, 2)

    def stop(self) -> Image:
        """Stops at the next point that the guest meets, from any thread. Asked again, it gives the same image.

        Raises:
            Finished: It had ended by itself.
            HostError: The guest has something open that cannot travel now; it goes on.
        """
        return Image(self._core.stop())

    def stop_at(self, poll: int) -> Image:
        """Stops at exactly this poll since the run was started or resumed (1 is the first it meets).

        Polls are counted by another flavour of the guest's code, which is chosen before it begins. So this is called
        right after `start` or `resume`, before anything else; or the same poll was given to them as `stop_at`, and
        it can be called at any time.

        Raises:
            Finished: It ended before it met so many polls.
            TooLate: It has begun; it does so by itself 50 ms after it was started.
        """
        if poll < 1:
            raise ValueError("polls are counted from 1")
        return Image(self._core.stopped() if poll == self._stop_at else self._core.stop_at(poll))

    def wait(self) -> Status:
        """Waits until it ends.

        Raises:
            Stopped: It was stopped into an image, so that there is no exit status.
        """
        code, trap = self._core.wait()
        return Status(code, trap)

    @property
    def listening(self) -> tuple[str, ...]:
        """Where it can be reached (`HOST:PORT`), in the order of `listen`; a port that was 0 is the one it got."""
        return tuple(self._core.listening())

    def close(self) -> None:
        """Ends it without an image if it still runs."""
        self._core.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def start(  # noqa: PLR0913 -- the public face, all but the module by keyword
    module: ModuleLike,
    *,
    args: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
    stdin: StdinLike = None,
    mounts: Mapping[str, MountLike] | None = None,
    listen: Sequence[str] = (),
    engine: Engine = "wasmtime",
    stop_at: int | None = None,
) -> Run:
    """Starts a module's `_start`.

    Args:
        module: A `Module`, its bytes or its path.
        args: The guest's arguments, after its program name (`argv[0]`, which is the module's name).
        env: The guest's environment; nothing of this process's passes on by itself.
        stdin: Bytes, a binary file, or None for an empty one.
        mounts: The guest's folders: path it sees, to a folder of this machine or `Memory()`.
        listen: Addresses to listen on for it, `HOST:PORT`: its descriptors 3 and on, told in `LISTEN_FDS`.
        engine: `wasmtime` (compiles, fast) or `wasmi` (interprets).
        stop_at: Stop at exactly this poll (1 is the first); `Run.stop_at` of the same poll gives the image.

    Raises:
        InvalidModule, Refused: See `Module`.
        MissingImport: It asks for something that this host does not offer.
        UnknownEngine: No engine of that name.
        StorageError: A folder to be mounted could not be opened.
        HostError: An address could not be listened on.
    """
    ready = as_module(module)
    return Run(
        _core.start(
            ready._core,  # noqa: SLF001 -- the same room
            [ready.name, *args],
            list((env or {}).items()),
            stdin_source(stdin),
            mount_rows(mounts),
            engine,
            inherit=False,
            stop_at=stop_at,
            listen=list(listen),
        ),
        stop_at,
    )


def start_attached(  # noqa: PLR0913 -- as `start`
    module: Module,
    *,
    args: Sequence[str],
    env: Mapping[str, str],
    mounts: Mapping[str, MountLike],
    listen: Sequence[str],
    engine: Engine,
) -> Run:
    """As `start`, but the guest has this process's own standard streams."""
    return Run(
        _core.start(
            module._core,  # noqa: SLF001 -- the same room
            [module.name, *args],
            list(env.items()),
            None,
            mount_rows(mounts),
            engine,
            inherit=True,
            stop_at=None,
            listen=list(listen),
        )
    )


def resume(  # noqa: PLR0913 -- the public face, all but the image by keyword
    image: Image | bytes,
    *,
    engine: Engine = "wasmtime",
    mounts: Mapping[str, MountLike] | None = None,
    listen: Sequence[str] = (),
    stdin: StdinLike = None,
    module: ModuleLike | None = None,
    stop_at: int | None = None,
) -> Run:
    """Goes on from an image, on any engine.

    Args:
        image: What to go on from; it stays as it is.
        engine: See `start`.
        mounts: Folders of this machine that the guest has in use; those in memory came with the image.
        listen: Addresses to listen on in place of those that it had, in their order. Connections that it had are reset.
        stdin: What follows on standard input, where it was not bytes (those came with the image).
        module: The module, where this machine does not know it by its hash yet.
        stop_at: See `start`; counted from here.

    Raises:
        MissingModule: The module is not at hand.
        WrongModule: `module` is not the module of this image.
        MissingMount: A folder that the guest has in use is not mounted.
        UnknownEngine: No engine of that name.
        HostError: An address could not be listened on.
    """
    ready = image if isinstance(image, Image) else Image.from_bytes(image)
    at_hand: Module | None = None if module is None else as_module(module)
    return Run(
        _core.resume(
            ready._core,  # noqa: SLF001 -- the same room
            None if at_hand is None else at_hand._core,  # noqa: SLF001 -- the same room
            stdin_source(stdin),
            mount_rows(mounts),
            engine,
            inherit=False,
            stop_at=stop_at,
            listen=list(listen),
        ),
        stop_at,
    )


def resume_attached(
    image: Image, *, engine: Engine, mounts: Mapping[str, MountLike], listen: Sequence[str], module: Module | None
) -> Run:
    """As `resume`, but the guest has this process's own standard streams."""
    return Run(
        _core.resume(
            image._core,  # noqa: SLF001 -- the same room
            None if module is None else module._core,  # noqa: SLF001 -- the same room
            None,
            mount_rows(mounts),
            engine,
            inherit=True,
            stop_at=None,
            listen=list(listen),
        )
    )
