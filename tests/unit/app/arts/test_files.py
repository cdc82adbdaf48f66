"""ARENA's own files of settings: what they say, and that nothing of what is secret in them is ever told."""

from pathlib import Path

import pytest

from sojourn.app.doors.arts.door import setup_of
from sojourn.app.doors.arts.files import FILE_BYTES, credentials_file, key_file, mqtt_file
from sojourn.model.config import Value
from sojourn.model.errors import ConfigError, SojournError

SECRET = "hush-hush"  # noqa: S105 -- to be looked for
NONE: dict[str, Value] = dict.fromkeys(
    (
        "arts.broker",
        "arts.realm",
        "arts.user",
        "arts.mqtt_file",
        "arts.credentials_file",
        "arts.key_file",
        "arts.authority",
    ),
    "",
)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_without_anything_it_is_as_arts_has_it() -> None:
    setup = setup_of(NONE)
    assert (setup.broker.host, setup.broker.port, setup.broker.user, setup.broker.password) == (
        "localhost",
        1883,
        "ARTS",
        b"",
    )
    assert setup.word == "realm"


def test_the_three_files(tmp_path: Path) -> None:
    mqtt = written(tmp_path, "mqtt.json", '{"realm":"hall","host":"broker.example","port":18830,"more":1}')
    credentials = written(tmp_path, "credentials.json", f'{{"username":"me","password":"{SECRET}"}}')
    settings = {**NONE, "arts.mqtt_file": str(mqtt), "arts.credentials_file": str(credentials)}
    setup = setup_of(settings)
    assert (setup.broker.host, setup.broker.port, setup.word) == ("broker.example", 18830, "hall")
    assert (setup.broker.user, setup.broker.password) == ("me", SECRET.encode())
    key = written(tmp_path, "key.json", '{"key":"a key"}')
    assert setup_of({**settings, "arts.key_file": str(key)}).broker.password == b"a key"


def test_what_is_set_wins_over_the_file(tmp_path: Path) -> None:
    mqtt = written(tmp_path, "mqtt.json", '{"realm":"hall","host":"broker.example"}')
    setup = setup_of({**NONE, "arts.mqtt_file": str(mqtt), "arts.broker": "mqtt://you@other:99", "arts.realm": "room"})
    assert (str(setup.broker), setup.broker.user, setup.word) == ("mqtt://other:99", "you", "room")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"{SECRET}", "is no JSON"),
        (f'{{"username": "{SECRET}"}}', "missing required field `password`"),
        (f'{{"username": "a", "password": ["{SECRET}"]}}', r"Expected `str`, got `array` - at `\$.password`"),
        (f'["{SECRET}"]', "Expected `object`, got `array`"),
        ('{"username": ' + "[" * 50_000, "Expected `str`, got `array`"),
        (" " * (FILE_BYTES + 1), "is longer than"),
    ],
)
def test_a_wrong_file_is_told_without_its_secrets(tmp_path: Path, text: str, told: str) -> None:
    path = written(tmp_path, "credentials.json", text)
    with pytest.raises(ConfigError, match=told) as caught:
        credentials_file(path)
    shown = f"{caught.value} {caught.value.hint} {caught.value.__cause__}"
    assert SECRET not in shown
    assert "credentials.json" in shown


def test_other_wrong_files(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        mqtt_file(tmp_path / "none.json")
    with pytest.raises(ConfigError, match=r"at `\$.port`"):
        mqtt_file(written(tmp_path, "mqtt.json", '{"port": 99999}'))
    with pytest.raises(ConfigError, match="missing required field `key`"):
        key_file(written(tmp_path, "key.json", "{}"))
    with pytest.raises(SojournError, match="is no address"):
        setup_of({**NONE, "arts.broker": "http://a/b"})
