# SPDX-License-Identifier: GPL-2.0-only
"""Measuring whole processes, for run (the table) and cost (the test).

Machines are noisy, so nothing here is worth much on its own: rounds of the
tracers alternate, and what counts is their ratio.
"""
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
AWL = os.path.abspath(os.environ.get('AWL', f'{ROOT}/build/awl'))
ONE_TRACEPOINT = 'tracepoint:sched:sched_process_exec { @ = count(); }'
BPF_STATS = '/proc/sys/kernel/bpf_stats_enabled'
PHASES = ('parse', 'check', 'generate', 'optimise', 'emit')


class Failed(Exception):
    """A tracer that did not do what was to be measured."""


def process(words):
    """Wall and CPU time in ms and the largest resident set in MB, from exec to exit."""
    with tempfile.TemporaryFile() as output:
        start = time.monotonic()
        child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read().decode(errors='replace')
    if child.returncode != 0 or '@' not in said:
        raise Failed(f'{words[0]} ended with {child.returncode}: {said.strip()}')
    cpu = usage.ru_utime + usage.ru_stime
    return {'wall': wall * 1e3, 'cpu': cpu * 1e3, 'rss': usage.ru_maxrss / 1024}


def alternate(commands, rounds):
    """For each name of `commands` the measures of all rounds; one round more goes first and is forgotten."""
    results = {name: [] for name in commands}
    for turn in range(rounds + 1):
        for name, words in commands.items():
            measured = process(words)
            if turn:
                results[name].append(measured)
    return results


def median(results, what):
    return statistics.median(one[what] for one in results)


def least(results, what):
    return min(one[what] for one in results)


def text_to_elf(script, rounds):
    """From script text to ELF in ms, by awl's own timers: the sum of the compiler's phases, one for each round."""
    totals = []
    for _ in range(rounds):
        done = subprocess.run([AWL, '--no-vm', '--stats', '--dump', 'elf', script], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        said = done.stderr.decode(errors='replace')
        times = {name: float(number) for name, number in re.findall(r'^ *(\w+) +([0-9.]+) ms$', said, re.MULTILINE)}
        if done.returncode != 0 or not set(PHASES) <= set(times):
            raise Failed(f'awl --dump elf ended with {done.returncode}: {said.strip()}')
        totals.append(sum(times[phase] for phase in PHASES))
    return totals


def program_cost(pid):
    """Run count and run time in ns of the BPF program of a process that ran most often."""
    best = (0, 0)
    for entry in os.scandir(f'/proc/{pid}/fdinfo'):
        try:
            with open(entry.path, encoding='ascii') as file:
                facts = dict(line.split(':\t', 1) for line in file.read().splitlines() if ':\t' in line)
        except OSError:
            continue
        if 'run_cnt' in facts:
            best = max(best, (int(facts['run_cnt']), int(facts['run_time_ns'])))
    return best


def event_ns(words):
    """Time in ns that a run of the busiest BPF program of a tracer takes, by the kernel's own clock.

    The command of the tracer must sleep at its end: the numbers are read while the program is still there.
    """
    with open(BPF_STATS, encoding='ascii') as file:
        before = file.read()
    with open(BPF_STATS, 'w', encoding='ascii') as file:
        file.write('1')
    try:
        child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        runs = nanoseconds = 0
        while child.poll() is None:
            try:
                runs, nanoseconds = max((runs, nanoseconds), program_cost(child.pid))
            except OSError:
                break
            time.sleep(0.05)
        child.wait()
    finally:
        with open(BPF_STATS, 'w', encoding='ascii') as file:
            file.write(before)
    if runs == 0:
        raise Failed(f'{words[0]} had no BPF program that ran')
    return nanoseconds / runs


def stripped_mb(path):
    """Size of an executable without its symbols, in MB."""
    with tempfile.NamedTemporaryFile() as copy:
        subprocess.run(['strip', '-o', copy.name, path], check=True)
        return os.path.getsize(copy.name) / 1e6


def peers(script, ply_script):
    """The other tracers of this machine, as commands that do what `awl -c true script` does."""
    commands = {}
    if shutil.which('bpftrace'):
        commands['bpftrace'] = ['bpftrace', '-c', shutil.which('true'), '-e', script]
    if shutil.which('ply'):
        commands['ply'] = ['ply', '-c', 'true', ply_script]
    return commands
