"""What dbsd has to reach, each with the measurement that shows it."""

import dataclasses
import json
import pathlib
import selectors
import socket
import statistics
import struct
import threading
import time

from report import Report, spread
from servers import SERVERS, TARGET

IDLE_SESSIONS = 2000


def resident(pid, field="VmRSS"):
    """Bytes."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) << 10
    raise ValueError(field)


class IdleSessions:
    """Logged-in sessions that do nothing but answer pings."""

    def __init__(self, port, count):
        self.selector = selectors.DefaultSelector()
        self.ended = False
        self.sockets = [self.log_in(port, number) for number in range(count)]
        self.thread = threading.Thread(target=self.answer, daemon=True)
        self.thread.start()

    def log_in(self, port, number):
        keys = f"InitiatorName=iqn.2026-01.org.dbstore:idle{number}\0TargetName={TARGET}\0SessionType=Normal\0"
        text = keys.encode()
        header = struct.pack(">BBHI", 0x03, 0x87, 0, len(text)) + struct.pack(">BHBH", 0x80, number, 0, 0)
        header += struct.pack(">HIHHII", 0, 1, 0, 0, 1, 0) + bytes(16)
        connection = socket.create_connection(("127.0.0.1", port), 30)
        connection.sendall(header + text + bytes(-len(text) % 4))
        reply = self.receive(connection)
        if reply[0] != 0x23 or reply[36] != 0 or reply[1] & 0x83 != 0x83:
            raise OSError(f"login of idle session {number}: {reply.hex()}")
        self.selector.register(connection, selectors.EVENT_READ)
        return connection

    def receive(self, connection):
        pdu = b""
        length = 48
        while len(pdu) < length:
            part = connection.recv(length - len(pdu))
            if not part:
                raise OSError("an idle session was ended")
            pdu += part
            if len(pdu) == 48:
                data = int.from_bytes(pdu[5:8], "big")
                length += data + -data % 4
        return pdu

    def answer(self):
        while not self.ended:
            for key, _ in self.selector.select(0.2):
                ping = self.receive(key.fileobj)
                if ping[0] == 0x20 and ping[20:24] != b"\xff" * 4:
                    pong = struct.pack(">BBHI", 0x40, 0x80, 0, 0) + ping[8:16] + b"\xff" * 4 + ping[20:24]
                    key.fileobj.sendall(pong + ping[28:32] + ping[24:28] + bytes(16))

    def close(self):
        self.ended = True
        self.thread.join()
        for connection in self.sockets:
            connection.close()


class Judge:
    """Looks figures up and compares them."""

    def __init__(self, bench):
        self.bench = bench
        self.judged = []

    def group(self, setting, case):
        report = Report({"measurements": self.bench.results}, {})
        key = (json.dumps(dataclasses.asdict(setting)), json.dumps(dataclasses.asdict(case)))
        return report, report.groups.get(key, {})

    def ratios(self, setting, case, server, field="iops"):
        report, group = self.group(setting, case)
        return report.ratios(group, server, field)

    def latencies(self, setting, case, server, at):
        report, group = self.group(setting, case)
        return [latency[at] for latency in report.values(group, server, "lat_us")]

    def between(self, setting, case, other, field="iops", server="dbs"):
        """Of one server, a case to another, round by round."""
        report, group = self.group(setting, case)
        _, base = self.group(setting, other)
        theirs = {result["round"]: result[field] for result in base.get(server, [])}
        return [result[field] / theirs[result["round"]] for result in group.get(server, [])
                if theirs.get(result["round"])]

    def at_least(self, goal, values, bound, unit=""):
        met = bool(values) and statistics.median(values) >= bound
        self.add(f"{goal} >= {bound}{unit}", values, met, unit)

    def at_most(self, goal, values, bound, unit=""):
        met = bool(values) and statistics.median(values) <= bound
        self.add(f"{goal} <= {bound}{unit}", values, met, unit)

    def add(self, goal, values, met, unit):
        self.judged.append({"goal": goal, "measured": spread(values) + unit if values else "not measured",
                            "met": met})


def run(bench, setting_of, case_of):
    """Measures what the goals need; returns each with its verdict."""
    back, through = setting_of(), setting_of(cache="writethrough")
    random = [case_of(row) for row in ("rr1", "rw1", "rr32", "rw32")]
    sequential = [case_of(row) for row in ("sr256k", "sw256k", "sr1m", "sw1m")]
    digests = [case_of(row, digests=True) for row in ("rr32", "rw32", "sr256k", "sw256k")]
    four = [case_of(row, connections=4) for row in ("rr32", "rw32")]
    bench.run(back, random + sequential + four, ["dbs", "tgtd", "nbdkit", "limit"])
    bench.run(back, [*digests, *(case_of(case.row) for case in digests)], ["dbs"])
    bench.run(through, [case_of("rw32")], ["dbs", "tgtd", "limit"])
    bench.run(back, [case_of("rw32"), case_of("rw32", state="fresh")], ["dbs"])
    after_snapshot = [case_of("rw32", state="sparse"), case_of("rw32", state="snapshot")]
    bench.run(back, after_snapshot, ["dbs", "original"], size=2 * bench.size)  # a command for each MiB only

    judge = Judge(bench)
    for case in random[2:]:
        judge.at_least(f"{case.title()}: dbs/tgtd", judge.ratios(back, case, "tgtd"), 5)
        judge.at_least(f"{case.title()}: dbs/nbdkit", judge.ratios(back, case, "nbdkit"), 1.5)
    for case in random[:2]:
        judge.at_least(f"{case.title()}: dbs/tgtd", judge.ratios(back, case, "tgtd"), 2)
        ours, limit = (judge.latencies(back, case, server, "p50") for server in ("dbs", "limit"))
        judge.at_most(f"{case.title()}: p50 to the limit's", [a / b for a, b in zip(ours, limit)], 1.25)
    for case in sequential:
        judge.at_least(f"{case.title()}: dbs/tgtd", judge.ratios(back, case, "tgtd"), 1.5)
        judge.at_least(f"{case.title()}: dbs/limit", judge.ratios(back, case, "limit"), 0.85)
    judge.at_least("write-through, 4 KiB random write, depth 32: dbs/limit with one fdatasync for all",
                   judge.ratios(through, case_of("rw32"), "limit"), round(1 / 1.3, 2))
    judge.at_least("first write to unallocated space to an overwrite, depth 32",
                   judge.between(back, case_of("rw32", state="fresh"), case_of("rw32")), 0.6)
    for state, what in (("sparse", "with one block mapped"), ("snapshot", "with all mapped")):
        judge.at_least(f"first write to an extent {what} after a snapshot: dbs/original's input and output",
                       judge.ratios(back, case_of("rw32", state=state), "original"), 10)
    judge.at_most("CPU per 4 KiB read, depth 32: dbs/tgtd",
                  judge.ratios(back, case_of("rr32"), "tgtd", "server_cpu_us_per_op"), 0.5)
    for case in digests:
        judge.at_least(f"{case.title()}: to without",
                       judge.between(back, case, case_of(case.row)), 0.85)
    for case in four:
        judge.at_least(f"{case.title()}: to one", judge.between(back, case, case_of(case.row)), 1)
    half_load(bench, judge, back, case_of)
    idle(bench, judge, back, case_of)
    return judge.judged


def half_load(bench, judge, setting, case_of):
    """A quarter and more of the processors is the client's: half of what a closed loop reached."""
    for row in ("rr32", "rw32"):
        full = [result["iops"] for result in bench.results
                if result["server"] == "dbs" and result["case"]["row"] == row and result["setting"]["cache"] == "writeback"
                and result["case"]["state"] == "written" and not result["case"]["digests"]
                and result["case"]["connections"] == 1]
        case = case_of(row, rate=round(statistics.median(full) / 2))
        bench.run(setting, [case], ["dbs", "limit"])
        for server in ("dbs", "limit"):
            p50, p999 = (judge.latencies(setting, case, server, at) for at in ("p50", "p999"))
            tails = [b / a for a, b in zip(p50, p999)]
            if server == "dbs":
                judge.at_most(f"{case.title()} (half load): p99.9 to p50", tails, 5)
            else:
                judge.judged[-1]["measured"] += f"; the limit's {spread(tails)}"


def idle(bench, judge, setting, case_of):
    """Memory of sessions that do nothing, and what they cost the others."""
    server = SERVERS["dbs"](bench.place, bench.size, setting)
    ratios, cost = [], []
    try:
        server.start()
        bench.fill(server)
        options = ["-b", "4k", "-q", 32, "-r", 100, "-p", "rand", "-w", 0.5, "-d", bench.seconds]
        warm = options[:-1] + [4]  # all of the heap has been touched then, and is not taken for the sessions'
        bench.client(server, *warm)
        for round_number in range(1, bench.rounds + 1):
            alone = bench.client(server, *options, "-S", round_number)["iops"]
            before = resident(server.pid())
            sessions = IdleSessions(server.port, IDLE_SESSIONS)
            cost.append((resident(server.pid()) - before) / IDLE_SESSIONS / 1024)
            ratios.append(bench.client(server, *options, "-S", round_number)["iops"] / alone)
            sessions.close()
            time.sleep(0.5)
        peak = resident(server.pid(), "VmHWM") / (1 << 20)
    finally:
        server.stop()
    # Later rounds find the memory of the first one, so the greatest counts.
    judge.at_most(f"memory of each of {IDLE_SESSIONS} idle sessions", [max(cost)], 64, " KiB")
    judge.at_least(f"4 KiB random read, depth 32, beside {IDLE_SESSIONS} idle sessions to without", ratios, 0.95)
    judge.at_most("resident memory at most", [peak], 512, " MiB")
