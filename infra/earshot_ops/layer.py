"""The one Lambda layer: the package earshot and the libraries it imports, byte for byte the same
however often it is built."""

import hashlib
import os
import shutil
import ssl
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from earshot_ops.chalice_configuration import ROOT, Architecture
from earshot_ops.errors import LayerError

REQUIREMENTS = ROOT / "requirements/layer.txt"
PACKAGE = ROOT / "layers/core/python/earshot"
LIBRARIES = ROOT / "build/libraries"
LIMIT = 250_000_000
RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"

_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16
_LICENCES = ("licen", "copying", "notice", "authors")
_MACHINES: dict[Architecture, str] = {"arm64": "aarch64", "x86_64": "x86_64"}
_OLDEST_LINUX = "manylinux_2_28"
"""What the wheels may want of the C library: never what this machine has, Lambda's is older."""


def build(target: Path, architecture: Architecture, *, libraries: Path = LIBRARIES) -> int:
    """Write the layer's zip and return its size unpacked, which Lambda limits to 250 MB. What the
    lock wants is installed below ``libraries``, unless it is there."""
    installed_there = installed(libraries, architecture)
    return write(target, dict((*library_members(installed_there), *package_members(PACKAGE))))


def write(target: Path, members: Mapping[str, Path]) -> int:
    """Zip the files under the names given, and return their size unpacked."""
    size = sum(file.stat().st_size for file in members.values())
    if size > LIMIT:
        raise LayerError(f"the layer has {size:,} bytes unpacked, more than Lambda's {LIMIT:,}")
    _write_zip(target, members)
    return size


def installed(
    libraries: Path, architecture: Architecture, requirements: Path = REQUIREMENTS
) -> Path:
    """Once per lock, runtime and architecture."""
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]
    folder = libraries / f"{RUNTIME}-{architecture}-{wanted}"
    if not folder.exists():
        aside = folder.with_name(f"{folder.name}.{os.getpid()}")
        try:
            _install(aside, architecture, requirements)
            aside.rename(folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return folder


def _install(folder: Path, architecture: Architecture, requirements: Path) -> None:
    """From uv's cache alone if it holds everything, so that no network is needed twice."""
    command = [
        *(str(Path(sys.executable).parent / "uv"), "pip", "install", "--quiet", "--no-config"),
        *("--python", sys.executable, "--target", str(folder)),
        *("--python-platform", f"{_MACHINES[architecture]}-{_OLDEST_LINUX}"),
        *("--require-hashes", "--only-binary", ":all:", "--no-compile-bytecode"),
        *("-r", str(requirements), "--no-deps"),
    ]
    environment = {**os.environ, "UV_CACHE_DIR": str(ROOT / ".cache/uv")}
    if ssl.get_default_verify_paths().cafile:
        environment["UV_SYSTEM_CERTS"] = "1"
    environment.pop("VIRTUAL_ENV", None)
    folder.parent.mkdir(parents=True, exist_ok=True)
    for offline in (["--offline"], []):
        done = subprocess.run(
            command + offline, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            return
        shutil.rmtree(folder, ignore_errors=True)
    raise LayerError(f"the layer's libraries cannot be installed: {done.stderr.strip()}")


def library_members(libraries: Path) -> Iterator[tuple[str, Path]]:
    """Modules under `python/`, licences under `licences/`; no bytecode, scripts or package records,
    which would differ from one build to the next."""
    for file in _files(libraries):
        inside = file.relative_to(libraries)
        if inside.parts[0].endswith(".dist-info"):
            if inside.name.lower().startswith(_LICENCES):
                name = inside.parts[0].removesuffix(".dist-info")
                yield f"licences/{name}/{inside.name}", file
        elif inside.parts[0] != "bin" and not inside.name.startswith(".lock"):
            yield f"python/{inside.as_posix()}", file


def package_members(package: Path) -> Iterator[tuple[str, Path]]:
    """Without what the mails are compiled from."""
    for file in _files(package):
        if package / "mail/source" not in file.parents:
            yield f"python/{package.name}/{file.relative_to(package).as_posix()}", file


def _files(folder: Path) -> Iterator[Path]:
    for file in folder.rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".pyc":
            yield file


def _write_zip(target: Path, members: Mapping[str, Path]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f"{target.name}.{os.getpid()}")
    with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = _MODE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, members[name].read_bytes())
    aside.replace(target)
