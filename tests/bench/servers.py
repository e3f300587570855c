"""The servers that are measured: ours, its peers, and what the machine itself allows.

Each serves one file or volume of a given size on a port of 127.0.0.1. A server that cannot give a promise, or is
not installed, says so in `lacks`.
"""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "tests" / "bench"
TARGET = "iqn.2026-01.org.dbstore:rig"


class Failure(Exception):
    """A server or the client that does not do what it should."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(*words, **options):
    done = subprocess.run([str(word) for word in words], text=True, capture_output=True, check=False, **options)
    if done.returncode != 0:
        raise Failure(f"{' '.join(map(str, words))}: {done.stdout}{done.stderr}")
    return done.stdout


class Server:
    """One that is started on a file of its own."""

    name = ""
    program = ""
    caches = ("writeback",)
    ios = ("buffered",)
    states = ("written", "fresh")
    digests = True

    def __init__(self, place, size, setting):
        self.place = place / self.name
        self.size = size
        self.setting = setting
        self.file = self.place / "disk"
        self.process = None

    @classmethod
    def lacks(cls, setting, case=None):
        """Tells why it cannot be measured so; empty if it can."""
        if cls.program and not shutil.which(cls.program):
            return f"{cls.program} is not installed"
        if setting.cache not in cls.caches:
            return f"no {setting.cache}"
        if setting.io not in cls.ios:
            return f"no {setting.io} I/O"
        if case and case.state not in cls.states:
            return "no snapshots" if case.state in ("snapshot", "sparse") else f"no {case.state} volume"
        if case and case.digests and not cls.digests:
            return "no digests"
        return ""

    def start(self):
        self.place.mkdir(parents=True)
        with open(self.file, "wb") as file:
            file.truncate(self.size)
        self.port = free_port()
        self.launch()
        end = time.monotonic() + 60
        while not run("ss", "-Hltn", f"sport = :{self.port}"):  # jSCSI dies of a connection without a login
            if time.monotonic() > end or self.process.poll() is not None:
                raise Failure(f"{self.name} does not listen: {self.log()}")
            time.sleep(0.05)
        self.prepare()

    def spawn(self, *words, **options):
        with open(self.place / "log", "ab") as log:
            self.process = subprocess.Popen(
                [str(word) for word in words], stdout=log, stderr=log, start_new_session=True,
                **{"stdin": subprocess.DEVNULL} | options)

    def launch(self):
        raise NotImplementedError

    def prepare(self):
        """What is to be done once it listens."""

    def pid(self):
        return self.process.pid

    def url(self):
        raise NotImplementedError

    def client_options(self, case):
        """What the client has to say for the promise that is compared."""
        return []

    def empty(self):
        """Makes the volume, or another one that is then served, unallocated."""
        run("fallocate", "--punch-hole", "--offset", 0, "--length", self.size, self.file)

    def serve_disk(self):
        """Serves a written volume again."""

    def snapshot(self):
        """Takes a snapshot of what is served."""

    def log(self):
        log = self.place / "log"
        return log.read_text(errors="replace")[-2000:] if log.exists() else ""

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.place, ignore_errors=True)


class Ours(Server):
    """dbsd, with a volume of a device."""

    name = "dbs"
    caches = ("writeback", "writethrough")
    ios = ("buffered", "direct")
    states = ("written", "fresh", "snapshot", "sparse")

    def start(self):
        self.port = free_port()
        self.lun = 1
        self.fresh = 0
        self.script("start", self.port, 512, self.setting.cache, self.setting.io)

    def script(self, *words):
        return run(ROOT / "tests" / "server", self.place, *words, env={**os.environ, "SIZE": str(self.size)})

    def ctl(self, *words):
        return self.script("ctl", *words)

    def pid(self):
        return int((self.place / "pid").read_text())

    def url(self):
        return f"iscsi://127.0.0.1:{self.port}/{TARGET}/{self.lun}"

    def empty(self):
        self.serve_disk()
        self.fresh += 1
        self.lun = 2
        self.ctl("volume", "create", f"fresh{self.fresh}", self.size)
        self.ctl("lun", "map", TARGET, f"fresh{self.fresh}", "--lun", self.lun, f"cache={self.setting.cache}",
                 "block-size=512", "--yes")

    def serve_disk(self):
        """Serves the written volume again; the other one, and the snapshots of both, are gone."""
        for layer in json.loads(self.ctl("-o", "json", "snapshot", "list")):
            if not layer["head"]:
                self.ctl("snapshot", "delete", layer["id"], "--yes")
        if self.lun != 1:
            self.ctl("lun", "unmap", TARGET, self.lun, "--yes")
            self.ctl("volume", "delete", f"fresh{self.fresh}", "--yes")
            self.lun = 1
        self.settle()

    def settle(self):
        """Waits until deletions have given their space back, as the hole of the others is punched by then."""
        before, now = None, self.stored()
        while now != before:
            time.sleep(0.3)
            before, now = now, self.stored()

    def stored(self):
        return os.stat(self.place / "main.dbs").st_blocks

    def snapshot(self):
        self.ctl("snapshot", "create", "disk" if self.lun == 1 else f"fresh{self.fresh}")

    def stop(self):
        if (self.place / "pid").exists():
            self.script("stop")
        shutil.rmtree(self.place, ignore_errors=True)


class Tgtd(Server):
    """Debian's tgtd."""

    name = "tgtd"
    program = "tgtd"
    caches = ("writeback", "writethrough")
    ios = ("buffered", "direct")

    def launch(self):
        self.control = self.port % 32000  # a number of its own, below 32768
        self.spawn("tgtd", "-f", "-C", self.control, "--iscsi", f"portal=127.0.0.1:{self.port}")

    def adm(self, *words):
        return run("tgtadm", "-C", self.control, "--lld", "iscsi", *words)

    def prepare(self):
        self.adm("--op", "new", "--mode", "target", "--tid", 1, "-T", TARGET)
        if self.setting.tuned:
            for key in ("MaxRecvDataSegmentLength=262144", "MaxXmitDataSegmentLength=262144",
                        "FirstBurstLength=262144", "MaxBurstLength=1048576", "MaxOutstandingR2T=16",
                        "InitialR2T=No"):
                name, value = key.split("=")
                self.adm("--op", "update", "--mode", "target", "--tid", 1, "--name", name, "--value", value)
        flags = ["sync"] if self.setting.cache == "writethrough" else []
        flags += ["direct"] if self.setting.io == "direct" else []
        options = ["--bsoflags", ":".join(flags)] if flags else []
        self.adm("--op", "new", "--mode", "logicalunit", "--tid", 1, "--lun", 1, "--bstype", "rdwr", *options,
                 "--backing-store", self.file)
        self.adm("--op", "bind", "--mode", "target", "--tid", 1, "-I", "ALL")

    def url(self):
        return f"iscsi://127.0.0.1:{self.port}/{TARGET}/1"

    def stop(self):
        if self.process and self.process.poll() is None:  # it ignores SIGTERM while it has targets
            self.process.kill()
            self.process.wait()
        super().stop()


class Istgt(Server):
    """Debian's istgt."""

    name = "istgt"
    program = "istgt"

    def launch(self):
        config = self.place / "istgt.conf"
        auth = self.place / "auth"
        auth.touch(mode=0o600)
        config.write_text(f"""\
[Global]
  NodeBase "iqn.2026-01.org.dbstore"
  PidFile {self.place}/istgt.pid
  AuthFile {auth}
  MediaDirectory {self.place}
  DiscoveryAuthMethod None
  MaxSessions 16
  MaxConnections 4
  MaxR2T 32
  MaxOutstandingR2T 16
  FirstBurstLength 262144
  MaxBurstLength 1048576
  MaxRecvDataSegmentLength 262144
  InitialR2T Yes
  ImmediateData Yes
[UnitControl]
  AuthMethod None
  Portal UC1 127.0.0.1:{free_port()}
  Netmask 127.0.0.1
[PortalGroup1]
  Portal DA1 127.0.0.1:{self.port}
[InitiatorGroup1]
  InitiatorName "ALL"
  Netmask 127.0.0.0/8
[LogicalUnit1]
  TargetName rig
  Mapping PortalGroup1 InitiatorGroup1
  AuthMethod None
  UseDigest Auto
  UnitType Disk
  BlockLength 512
  QueueDepth 64
  LUN0 Storage {self.file} Auto
""")
        self.spawn("istgt", "-D", "-c", config, "-p", self.place / "istgt.pid")

    def url(self):
        return f"iscsi://127.0.0.1:{self.port}/iqn.2026-01.org.dbstore:rig/0"


class Nbdkit(Server):
    """nbdkit's file plugin: another protocol, an upper reference. Write-through: FUA with each write."""

    name = "nbdkit"
    program = "nbdkit"
    caches = ("writeback", "writethrough")
    digests = False

    def launch(self):
        self.spawn("nbdkit", "-f", "-i", "127.0.0.1", "-p", self.port, "-t", 16, "file", self.file)

    def url(self):
        return f"nbd://127.0.0.1:{self.port}"

    def client_options(self, case):
        return ["-F"] if self.setting.cache == "writethrough" else []


class Jscsi(Server):
    """The jSCSI target as it comes; it holds the file in one way only."""

    name = "jscsi"
    digests = False

    def launch(self):
        java = run("sh", "-c", f'root={ROOT}; . "$root/tools/jdk.sh"; find_java_home; echo "$java_home"').strip()
        library = ROOT / "tools" / "target" / "lib"
        run("unzip", "-q", "-o", next(library.glob("target-2*.jar")), "jscsi-target.xsd", "-d", self.place)
        config = self.place / "jscsi.xml"
        config.write_text(f"""\
<?xml version="1.0" encoding="UTF-8"?>
<configuration xmlns="http://www.jscsi.org/2010-04">
<TargetList><Target><TargetName>{TARGET}</TargetName>
<AsyncFileStorage><Path>{self.file}</Path><DontCreate/></AsyncFileStorage></Target></TargetList>
<GlobalConfig><AllowSloppyNegotiation>true</AllowSloppyNegotiation><Port>{self.port}</Port></GlobalConfig>
</configuration>
""")
        command = [f"{java}/bin/java", "-cp", f"{library}/*", "org.jscsi.target.TargetServer",
                   str(self.place / "jscsi-target.xsd"), str(config)]
        # It asks which address to use: the index of the loopback's. Without a file it ends after the question.
        asked = subprocess.run([*command[:-1], "/nonexistent"], input="0\n", text=True, capture_output=True,
                               check=False, timeout=60).stdout
        index = [line[1:line.index("]")] for line in asked.splitlines() if line.endswith(" 127.0.0.1")]
        if not index:
            raise Failure(f"jscsi does not offer 127.0.0.1: {asked}")
        answer = self.place / "answer"
        answer.write_text(index[0] + "\n")
        with open(answer, "rb") as given:
            self.spawn(*command, stdin=given)

    def url(self):
        return f"iscsi://127.0.0.1:{self.port}/{TARGET}/0"


class Limit(Server):
    """What any target must at least spend: limit.c."""

    name = "limit"
    caches = ("writeback", "writethrough")
    digests = False
    mode = []

    def launch(self):
        mode = ["sync"] if self.setting.cache == "writethrough" else self.mode
        self.spawn(self.place.parent / "bin" / "limit", self.port, self.file, *mode)

    def url(self):
        return f"iscsi://127.0.0.1:{self.port}/{TARGET}/1"


class Original(Limit):
    """The input and output of the original engine at the first write to an extent after a snapshot, nothing else."""

    name = "original"
    caches = ("writeback",)
    states = ("snapshot", "sparse")
    mode = ["original"]


SERVERS = {server.name: server for server in (Ours, Tgtd, Istgt, Nbdkit, Jscsi, Limit, Original)}
