"""What a bare Python says when it cannot make the environments."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "infra/environments.py"


@pytest.fixture
def environments(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The script as a module, over an empty clone."""
    spec = importlib.util.spec_from_file_location("environments_under_test", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements/some.txt").write_text("six==1.17.0 --hash=sha256:0\n")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "CACHE", tmp_path / ".cache")
    monkeypatch.setattr(module, "LOG", tmp_path / ".cache/environments.log")
    some = module.Environment(tmp_path / ".venv", "requirements/some.txt", editable=False)
    monkeypatch.setattr(module, "ENVIRONMENTS", (some,))
    return module


@pytest.mark.parametrize(
    ("output", "sentence", "code"),
    [
        ("OSError: [Errno 28] No space left on device", "no space left on the device", 74),
        ("failed to write (os error 28)", "no space left on the device", 74),
        ("Temporary failure in name resolution", "no way to the package index", 69),
        ("error sending request for url", "no way to the package index", 69),
        ("ensurepip is not available", "install its venv module", 78),
        ("Building\nERROR: it broke\nhint: look above", "installing failed: ERROR: it broke", 70),
        ("", "installing failed: no output", 70),
    ],
)
def test_what_went_wrong_is_one_sentence_and_a_code(
    environments: ModuleType, output: str, sentence: str, code: int
) -> None:
    error = environments.explain(output)
    assert sentence in str(error)
    assert error.code == code


@pytest.mark.parametrize("version", [(3, 10, 13), (3, 14, 0), (2, 7, 18)])
def test_another_python_is_refused(
    environments: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    version: tuple[int, int, int],
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    assert environments.main() == 78
    said = capsys.readouterr().err
    assert "Earshot needs Python 3.11, 3.12 or 3.13" in said
    assert ".".join(map(str, version)) in said


def test_a_second_run_does_nothing(
    environments: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[list[str]] = []

    def install(command: list[str]) -> None:
        ran.append(command)
        environments.ENVIRONMENTS[0].folder.mkdir(exist_ok=True)

    monkeypatch.setattr(environments, "run", install)
    assert environments.main() == 0
    assert ".venv: ready" in capsys.readouterr().err
    before = len(ran)
    assert environments.main() == 0
    assert len(ran) == before > 0
    assert capsys.readouterr().err == ""


def test_a_half_made_environment_is_thrown_away_and_made_again(
    environments: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder: Path = environments.ENVIRONMENTS[0].folder

    def fail(command: list[str]) -> None:
        folder.mkdir(exist_ok=True)
        (folder / "half").touch()
        raise environments.SetupError("no way", 69)

    monkeypatch.setattr(environments, "run", fail)
    assert environments.main() == 69
    monkeypatch.setattr(environments, "run", lambda _: folder.mkdir(exist_ok=True))
    assert environments.main() == 0
    assert not (folder / "half").exists()


def test_an_environment_does_not_make_itself_anew(
    environments: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder: Path = environments.ENVIRONMENTS[0].folder
    folder.mkdir()
    (folder / "kept").touch()
    monkeypatch.setattr(sys, "prefix", str(folder))
    assert environments.main() == 78
    assert "deactivate" in capsys.readouterr().err
    assert (folder / "kept").exists()


def test_other_requirements_make_another_environment(environments: ModuleType) -> None:
    some = environments.ENVIRONMENTS[0]
    before = environments.fingerprint(some)
    (environments.ROOT / some.requirements).write_text("six==1.16.0 --hash=sha256:0\n")
    assert environments.fingerprint(some) != before


@pytest.mark.parametrize("uv", ["/bin/uv", None])
def test_both_installers_insist_on_hashes(
    environments: ModuleType, monkeypatch: pytest.MonkeyPatch, uv: str | None
) -> None:
    ran: list[list[str]] = []

    def install(command: list[str]) -> None:
        ran.append(command)
        environments.ENVIRONMENTS[0].folder.mkdir(exist_ok=True)

    monkeypatch.setattr(environments.shutil, "which", lambda _: uv)
    monkeypatch.setattr(environments, "run", install)
    assert environments.main() == 0
    (installing,) = [command for command in ran if "-r" in command]
    assert "--require-hashes" in installing
    assert (installing[0] == uv) == bool(uv)
