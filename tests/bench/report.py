"""Tables and a chart of what was measured. A ratio is ours/theirs, taken round by round."""

import html
import json
import math
import statistics

OURS = "dbs"
COLORS = {"tgtd": "#c44e52", "istgt": "#dd8452", "jscsi": "#937860", "nbdkit": "#4c72b0", "limit": "#55a868",
          "original": "#8172b3"}


def spread(values, form="{:.2f}"):
    """Median, least and greatest."""
    if not values:
        return "-"
    median, least, greatest = (form.format(value) for value in (statistics.median(values), min(values), max(values)))
    return median if least == greatest else f"{median} ({least}-{greatest})"


class Report:
    def __init__(self, document, titles):
        self.document = document
        self.titles = titles
        self.groups = {}
        for result in document["measurements"]:
            key = (json.dumps(result["setting"]), json.dumps(result["case"]))
            self.groups.setdefault(key, {}).setdefault(result["server"], []).append(result)
        self.servers = list(dict.fromkeys(result["server"] for result in document["measurements"]))

    def values(self, group, server, field):
        return [result[field] for result in group.get(server, [])]

    def ratios(self, group, server, field="iops"):
        """Ours to theirs, of each round that both have."""
        theirs = {result["round"]: result[field] for result in group.get(server, [])}
        return [result[field] / theirs[result["round"]] for result in group.get(OURS, [])
                if theirs.get(result["round"])]

    def named_groups(self):
        """Setting by setting: its name, and title and group of each case."""
        for setting in dict.fromkeys(setting for setting, _ in self.groups):
            fields = json.loads(setting)
            name = f"{fields['cache']}, {fields['io']}" + (", tgtd tuned" if fields["tuned"] else "")
            yield name, [(self.titles[case], group) for (of, case), group in self.groups.items() if of == setting]

    def head(self):
        machine = self.document["machine"]
        return (f"{machine['cpu']}, Linux {machine['kernel']}, {machine['filesystem']};"
                f" {self.document['rounds']} rounds of {self.document['seconds']:g} s")

    def text(self):
        lines = [self.head()]
        for name, cases in self.named_groups():
            lines += ["", f"{name:<46}{'':9}{'IOPS':>9}{'MB/s':>9}{'p50 us':>9}{'p99 us':>9}{'cpu us/op':>11}"
                          "  dbs to it"]
            for title, group in cases:
                for server in group:
                    numbers = [statistics.median(self.values(group, server, field))
                               for field in ("iops", "MBps", "server_cpu_us_per_op")]
                    p50, p99 = (statistics.median(latency[at] for latency in self.values(group, server, "lat_us"))
                                for at in ("p50", "p99"))
                    ratio = "" if server == OURS else spread(self.ratios(group, server))
                    lines.append(f"{title:<46}{server:9}{numbers[0]:9.0f}{numbers[1]:9.1f}{p50:9.0f}{p99:9.0f}"
                                 f"{numbers[2]:11.1f}  {ratio}")
                    title = ""
        for goal in self.document["goals"]:
            lines += [""] if goal is self.document["goals"][0] else []
            lines.append(f"{'met    ' if goal['met'] else 'NOT MET'}  {goal['goal']}: {goal['measured']}")
        return "\n".join(lines)

    def markdown(self):
        lines = [self.head(), ""]
        if self.document["goals"]:
            lines += ["| goal | measured | |", "|---|---|---|"]
            lines += [f"| {goal['goal']} | {goal['measured']} | {'met' if goal['met'] else '**not met**'} |"
                      for goal in self.document["goals"]]
            lines.append("")
        others = [server for server in self.servers if server != OURS]
        for name, cases in self.named_groups():
            lines += [f"| {name} | IOPS | µs CPU | " + " | ".join(f"to {server}" for server in others) + " |",
                      "|---|---|---|" + "---|" * len(others)]
            for title, group in cases:
                iops = spread(self.values(group, OURS, "iops"), "{:.0f}")
                cpu = spread(self.values(group, OURS, "server_cpu_us_per_op"), "{:.1f}")
                ratios = " | ".join(spread(self.ratios(group, server)) for server in others)
                lines.append(f"| {title} | {iops} | {cpu} | {ratios} |")
            lines.append("")
        return "\n".join(lines)

    def svg(self):
        """A bar for each case and other server: how many times as many operations as it; logarithmic."""
        bars = []
        for name, cases in self.named_groups():
            for title, group in cases:
                rows = [(server, statistics.median(ratios)) for server in self.servers if server != OURS
                        for ratios in [self.ratios(group, server)] if ratios]
                if rows:
                    bars.append((f"{title} ({name})", rows))
        left, unit, least, most = 430, 110, 0.25, 32
        place = lambda ratio: left + unit * math.log2(min(max(ratio, least), most) / least)
        parts, y = [], 40
        for title, rows in bars:
            parts.append(f'<text x="{left - 8}" y="{y + 6 * len(rows) + 3}" text-anchor="end">{html.escape(title)}</text>')
            for server, ratio in rows:
                start, end = sorted((place(1), place(ratio)))
                parts.append(f'<rect x="{start:.1f}" y="{y}" width="{max(1, end - start):.1f}" height="10"'
                             f' fill="{COLORS[server]}"/><text x="{end + 4:.1f}" y="{y + 9}" class="s">'
                             f"{ratio:.2f} × {server}</text>")
                y += 12
            y += 8
        grid = "".join(f'<line x1="{place(ratio):.1f}" y1="30" x2="{place(ratio):.1f}" y2="{y}" stroke="#ccc"/>'
                       f'<text x="{place(ratio):.1f}" y="24" text-anchor="middle" class="s">{ratio:g}</text>'
                       for ratio in (0.25, 0.5, 1, 2, 4, 8, 16, 32))
        width = place(most) + 120
        return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{y + 10}"'
                ' font-family="sans-serif" font-size="11"><style>.s{font-size:9px;fill:#555}</style>'
                f'<rect width="100%" height="100%" fill="#fff"/>{grid}{"".join(parts)}</svg>\n')
