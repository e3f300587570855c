"""Measures dbsd, its peers and the limit in turn; see bin/bench."""

import argparse
import dataclasses
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile

import goals
import report
from servers import HERE, ROOT, SERVERS, Failure, run

MIB = 1 << 20


@dataclasses.dataclass(frozen=True)
class Row:
    """A load: bytes of a command, how many are under way, share of reads, order."""

    bytes: str
    depth: int
    reads: int
    pattern: str
    title: str


def _rows():
    rows = {}
    for depth in (1, 8, 32, 128):
        rows[f"rr{depth}"] = Row("4k", depth, 100, "rand", f"4 KiB random read, depth {depth}")
        rows[f"rw{depth}"] = Row("4k", depth, 0, "rand", f"4 KiB random write, depth {depth}")
    rows["mix32"] = Row("4k", 32, 70, "rand", "4 KiB random, 70 % reads, depth 32")
    for size, title in (("256k", "256 KiB"), ("1m", "1 MiB")):
        rows[f"sr{size}"] = Row(size, 8, 100, "seq", f"{title} sequential read, depth 8")
        rows[f"sw{size}"] = Row(size, 8, 0, "seq", f"{title} sequential write, depth 8")
    return rows


ROWS = _rows()


@dataclasses.dataclass(frozen=True)
class Setting:
    """What a server is started with."""

    cache: str = "writeback"
    io: str = "buffered"
    tuned: bool = False


@dataclasses.dataclass(frozen=True)
class Case:
    """A row, and how it is run."""

    row: str
    connections: int = 1
    state: str = "written"
    digests: bool = False
    rate: int = 0

    def title(self):
        parts = [ROWS[self.row].title]
        parts += [f"{self.connections} connections"] if self.connections > 1 else []
        parts += {"written": [], "fresh": ["first write"], "snapshot": ["one block of each extent, after a snapshot"],
                  "sparse": ["one block of each extent with one mapped, after a snapshot"]}[self.state]
        parts += ["digests"] if self.digests else []
        parts += [f"{self.rate} a second"] if self.rate else []
        return ", ".join(parts)


class Bench:
    """Runs cases on servers, all of a round in turn, and once before that counts."""

    def __init__(self, place, size, seconds, rounds):
        self.place = place
        self.size = size
        self.seconds = seconds
        self.rounds = rounds
        self.results = []
        self.runs = 0
        self.left_out = {}
        self.programs = place / "bin"
        self.programs.mkdir()
        for program in ("iscsi-bench", "limit"):
            run("gcc", "-O2", "-Wall", "-pthread", "-o", self.programs / program, HERE / f"{program}.c", "-lm")

    def run(self, setting, cases, names, size=None):
        """Measures every case on every server that can run it; keeps what the client printed."""
        servers = {}
        failed = set()  # what a peer cannot do: an error, or no answer
        self.runs += 1
        try:
            for name in names:
                why = SERVERS[name].lacks(setting)
                if why:
                    self.left_out[name] = why
                else:
                    servers[name] = SERVERS[name](self.place, size or self.size, setting)
                    servers[name].start()
                    self.fill(servers[name])
            for round_number in range(self.rounds + 1):
                for case in cases:
                    for server in servers.values():
                        if server.lacks(setting, case) or (server.name, case) in failed:
                            continue
                        try:
                            result = self.measure(setting, case, server, round_number)
                        except Failure as failure:
                            if server.name == report.OURS:
                                raise
                            failed.add((server.name, case))
                            self.left_out[f"{server.name}, {case.title()}"] = str(failure).splitlines()[0]
                            server.stop()
                            server.start()
                            self.fill(server)
                            continue
                        if round_number > 0:  # the first is for compilers and caches
                            self.results.append(result)
                print(f"bench: {setting.cache}, {setting.io}: round {round_number} of {self.rounds}",
                      file=sys.stderr, flush=True)
        finally:
            for server in servers.values():
                server.stop()
        return self.results

    def client(self, server, *options):
        words = [str(self.programs / "iscsi-bench"), *map(str, options), server.url()]
        done = subprocess.run(words, text=True, capture_output=True, check=False)
        if done.returncode != 0:
            raise Failure(f"{server.name}: {' '.join(words)}: {done.stderr}{done.stdout[:500]}\n{server.log()}")
        return json.loads(done.stdout)

    def fill(self, server):
        """Writes the whole volume once, and reads it back."""
        self.client(server, "-b", "256k", "-q", 8, "-r", 0, "-p", "fill", "-M", "-w", 0, "-d", 3600)
        if server.name != "original":
            self.client(server, "-b", "4k", "-q", 32, "-r", 100, "-p", "perm", "-V", "-w", 0, "-d", 3600)

    def measure(self, setting, case, server, round_number):
        row = ROWS[case.row]
        once = case.state != "written"
        options = ["-b", row.bytes, "-q", max(1, row.depth // case.connections), "-c", case.connections,
                   "-r", row.reads, "-p", "perm" if once and row.pattern == "rand" else "fill" if once else row.pattern,
                   "-w", 0 if once else min(1, self.seconds / 3), "-d", self.seconds, "-S", round_number]
        options += ["-g", "1m"] if case.state in ("snapshot", "sparse") else []
        options += ["-k", "HeaderDigest=CRC32C", "-k", "DataDigest=CRC32C"] if case.digests else []
        options += ["-R", case.rate] if case.rate else []
        options += server.client_options(case)
        if case.state in ("fresh", "sparse"):
            server.empty()
        if case.state == "sparse":
            self.client(server, "-b", "4k", "-g", "1m", "-q", 32, "-r", 0, "-p", "fill", "-w", 0, "-d", 3600)
        if case.state in ("snapshot", "sparse"):
            server.snapshot()
        pids = ["-P", server.pid()]
        result = self.client(server, *options, *pids)
        if once:
            server.serve_disk()
        round_name = f"{self.runs}.{round_number}"  # so that a ratio is never one of two runs
        return {"setting": dataclasses.asdict(setting), "case": dataclasses.asdict(case),
                "server": server.name, "round": round_name} | result


def arguments():
    parser = argparse.ArgumentParser(prog="bench", add_help=False)
    parser.add_argument("--goals", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--dir", type=pathlib.Path, default=ROOT / ".cache" / "bench")
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS))
    parser.add_argument("--servers", nargs="+", choices=SERVERS, default=["dbs", "tgtd", "nbdkit", "limit"])
    parser.add_argument("--connections", nargs="+", type=int, default=[1])
    parser.add_argument("--states", nargs="+", choices=["written", "fresh", "snapshot", "sparse"], default=["written"])
    parser.add_argument("--digests", nargs="+", choices=["off", "on"], default=["off"])
    parser.add_argument("--cache", nargs="+", choices=["writeback", "writethrough"], default=["writeback"])
    parser.add_argument("--io", nargs="+", choices=["buffered", "direct"], default=["buffered"])
    parser.add_argument("--tuned", action="store_true")
    for format_name in ("json", "markdown", "svg"):
        parser.add_argument(f"--{format_name}", type=pathlib.Path)
    return parser.parse_args()


def cases_of(options):
    return [
        Case(row, connections, state, digests == "on")
        for state in options.states
        for digests in options.digests
        for connections in options.connections
        for row in options.rows
        if state == "written" or ROWS[row].reads == 0
    ]


def machine(place):
    with open("/proc/cpuinfo", encoding="ascii") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    filesystem = run("stat", "-f", "-c", "%T", place).strip()
    return {"cpu": f"{models[0] if models else platform.machine()} x {os.cpu_count()}",
            "kernel": platform.release(), "filesystem": filesystem}


def main():
    options = arguments()
    for program in ("gcc",):
        if not shutil.which(program):
            sys.exit(f"bench: this machine lacks {program} (Debian: gcc libc6-dev)")
    options.dir.mkdir(parents=True, exist_ok=True)
    place = pathlib.Path(tempfile.mkdtemp(prefix="run.", dir=options.dir))
    try:
        bench = Bench(place, options.size * MIB, options.seconds, options.rounds)
        judged = []
        if options.goals:
            judged = goals.run(bench, Setting, Case)
        else:
            for cache in options.cache:
                for io in options.io:
                    bench.run(Setting(cache, io, options.tuned), cases_of(options), options.servers)
        document = {"machine": machine(place), "rounds": options.rounds, "seconds": options.seconds,
                    "goals": judged, "measurements": bench.results}
        titles = {json.dumps(dataclasses.asdict(case)): case.title()
                  for case in {Case(**result["case"]) for result in bench.results}}
        table = report.Report(document, titles)
        print(table.text())
        for name, why in bench.left_out.items():
            print(f"not measured: {name}: {why}")
        if options.json:
            options.json.write_text(json.dumps(document, indent=1) + "\n")
        if options.markdown:
            options.markdown.write_text(table.markdown())
        if options.svg:
            options.svg.write_text(table.svg())
    except Failure as failure:
        sys.exit(f"bench: {failure}")
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
