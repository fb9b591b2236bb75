#!/usr/bin/env python3
"""Runs commands of iptables as processes, twice: the launcher's links in a namespace with a data plane, and the installed legacy tools in
another namespace. What they print, where, and what they exit with must be the same. What this version says it cannot run yet is counted
apart: it has to be refused, and to leave no trace.

beside.py DUT-NAMESPACE REAL-NAMESPACE BIN lines              commands from standard input, one a line, in order
beside.py DUT-NAMESPACE REAL-NAMESPACE BIN cases FOLDER COUNT SEED
    COUNT of the cases of extensions (FOLDER/*.t), evenly taken: each is appended, listed, looked for and deleted
"""
import pathlib
import random
import re
import shlex
import subprocess
import sys

NOT_YET = re.compile(r"(?:match|target) '(\S+)' can be read and written, and cannot run yet")
# Seconds for a command.
PATIENCE = 60


class Pair:
    def __init__(self, dut, real, folder):
        self.dut = dut
        self.real = real
        self.folder = folder
        self.runs = 0
        self.different = 0
        self.not_yet = {}

    @staticmethod
    def process(words):
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False)
        out = "".join(line for line in done.stdout.decode("latin-1").splitlines(True) if not line.startswith("#"))
        return done.returncode, out, done.stderr.decode("latin-1")

    def run_real(self, words):
        tool = words[0].replace("tables", "tables-legacy", 1)
        return self.process(["ip", "netns", "exec", self.real, tool, *words[1:]])

    def run(self, words):
        """Runs a command on both sides: what both did, or None when they differ, or when ours cannot run it yet."""
        self.runs += 1
        ours = self.process(["ip", "netns", "exec", self.dut, f"{self.folder}/{words[0]}", *words[1:]])
        theirs = self.run_real(words)
        if ours == theirs:
            return ours
        lacking = NOT_YET.search(ours[2])
        if lacking and ours[0] == 1 and not ours[1]:
            name = lacking.group(1)
            self.not_yet[name] = self.not_yet.get(name, 0) + 1
            return None
        self.different += 1
        print(f"FAIL: {shlex.join(words)}\n   ours: {ours}\n   real: {theirs}")
        return None

    def report(self, what):
        lacking = ", ".join(f"{name} {count}" for name, count in sorted(self.not_yet.items()))
        names = f" ({lacking})" if lacking else ""
        print(f"{what}: runs={self.runs} differ={self.different} not-yet={sum(self.not_yet.values())}{names}")
        return 1 if self.different else 0


def cases(folder):
    """All cases: tool, table, chain, the rule's words, and the commands that prepare them."""
    found = []
    for file in sorted(pathlib.Path(folder).glob("*.t")):
        if file.name.startswith(("libarpt_", "libebt_")):
            continue
        tool = "ip6tables" if file.name.startswith("libip6t_") else "iptables"
        table = "filter"
        chains = []
        before = []
        for line in file.read_text("latin-1").splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            if line[0] == ":":
                chains = line[1:].strip().split(",")
            elif line[0] == "*":
                table = line[1:].strip()
            elif line[0] in "@%":
                before.append(line[1:].split())
            else:
                found.append((tool, table, chains, shlex.split(line.split(";")[0]), list(before)))
    return found


def sample(pair, folder, count, seed):
    everything = cases(folder)
    dice = random.Random(seed)
    count = min(count, len(everything))
    first = dice.random()
    print(f"cases: all={len(everything)} taken={count} seed={seed}")
    for i in range(count):
        tool, table, chains, rule, before = everything[int((i + first) * len(everything) / count)]
        chain = dice.choice(chains)
        for command in before:
            if command[0].startswith("ip"):
                pair.run(command)
        place = [tool, "-t", table]
        added = pair.run([*place, "-A", chain, *rule])
        if added and added[0] == 0:
            pair.run([*place, "-S", chain])
            pair.run([*place, "-L", chain, "-n", "-v"])
            pair.run([*place, "-C", chain, *rule])
            pair.run([*place, "-D", chain, *rule])
        pair.run_real([*place, "-F"])
        pair.process(["ip", "netns", "exec", pair.dut, f"{pair.folder}/{tool}", "-t", table, "-F"])
        pair.run([*place, "-S"])
    return pair.report("cases beside the real tool")


def main():
    pair = Pair(*sys.argv[1:4])
    if sys.argv[4] == "cases":
        return sample(pair, sys.argv[5], int(sys.argv[6]), int(sys.argv[7]))
    for line in sys.stdin:
        if line.strip():
            pair.run(shlex.split(line))
    return pair.report("commands beside the real tool")


sys.exit(main())
