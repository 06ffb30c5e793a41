"""Checks a built wheel: its top level, the data it carries, and that its command runs in a clean environment."""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

TOP_LEVEL = {"riskmodel", "service"}
CARRIED = (
    "riskmodel/signals/data/lexicon/form.yaml",
    "riskmodel/signals/data/buyer.yaml",
    "riskmodel/features/data/features.yaml",
    "riskmodel/promises/data/topics.yaml",
    "riskmodel/reply/data/wordings.yaml",
    "riskmodel/reply/data/findings.yaml",
    "riskmodel/reply/data/warnings.yaml",
    "riskmodel/synthesis/data/pools.yaml",
    "riskmodel/synthesis/data/families/",
    "riskmodel/reader/data/lines/",
    "riskmodel/regions/data/informal.yaml",
    "service/api/openapi.yaml",
    "service/console/locale/zh/LC_MESSAGES/frame.po",
    "service/console/static/console.js",
    "service/console/vendor/htmx.min.js",
    "service/demo/data/chats.jsonl",
    "service/cases/flow.toml",
    "service/evidence/wordings.toml",
)


def main(wheel: Path, model: Path | None = None) -> None:
    """Exit with a message where the wheel is not as it should be; `model` keeps what it trains."""
    names = zipfile.ZipFile(wheel).namelist()
    top = {name.split("/")[0] for name in names}
    extra = {name for name in top - TOP_LEVEL if not name.endswith(".dist-info")}
    if extra or not top >= TOP_LEVEL:
        sys.exit(f"{wheel.name}: top level holds {sorted(top)}, wanted {sorted(TOP_LEVEL)} and the dist-info")
    missing = [path for path in CARRIED if not any(name.startswith(path) for name in names)]
    if missing:
        sys.exit(f"{wheel.name}: does not carry {', '.join(missing)}")
    uv = Path(sys.executable).with_name("uv")
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / "venv" / "bin" / "python"
        run(uv, "venv", "--quiet", "--python", sys.executable, Path(folder) / "venv")
        # versions as locked, nothing but the wheel and what it names
        run(uv, "pip", "install", "--quiet", "--python", python, "--constraint", locked(Path(folder)), wheel)
        run(python.with_name("baitwatch"), "--help", cwd=folder)
        out = model or Path(folder) / "model"
        run(python.with_name("baitwatch"), "train", "--chats", "800", "--model", out, cwd=folder)
    print(f"{wheel.name}: {len(names)} files, top level and data as they should be; runs in a clean environment")


def locked(folder: Path) -> Path:
    """The lock without its hashes, as constraints."""
    lines = Path("requirements.lock").read_text("utf-8").splitlines()
    pins = [line.removesuffix(" \\") for line in lines if line[:1].isalnum()]
    path = folder / "constraints.txt"
    path.write_text("\n".join(pins) + "\n", encoding="utf-8")
    return path


def run(*command: object, cwd: str | None = None) -> None:
    """Run a command and stop with its output where it fails."""
    done = subprocess.run(  # noqa: S603  # our own commands, from this file
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    main(*(Path(given).resolve() for given in sys.argv[1:]))
