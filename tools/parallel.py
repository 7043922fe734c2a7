"""Parallel work in processes, on all cores."""

import multiprocessing
import os
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TypeVar

from lmul.tools.files import scratch_folder, uninterrupted
from lmul.tools.group import GROUP

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


def on_all_cores(
    work: Callable[[Item], Outcome],
    items: Sequence[Item],
    size: Callable[[Item], float],
    done: Callable[[], None] = lambda: None,
) -> list[Outcome]:
    """Apply `work` to items in parallel, one process a core; return the results in the items' order.

    Parameters
    ----------
    work : callable
        Function of one item; it and the items are sent to other processes.
    items : sequence
        Items to work on.
    size : callable
        Estimate of an item's run time, in any unit.
    done : callable
        Called after each item.
    """
    outcomes: dict[int, Outcome] = {}
    # `spawn`: a fork would copy the threads' locks of a progress bar.
    context = multiprocessing.get_context("spawn")
    with scratch_folder() as folder:
        count = min(cores(), max(len(items), 1))
        pool = ProcessPoolExecutor(count, context, initializer=_start, initargs=(str(folder), GROUP.number()))
        try:
            # The largest first, so that no core is left alone with one at the end.
            order = sorted(range(len(items)), key=lambda i: -size(items[i]))
            with uninterrupted():  # otherwise a worker could be left half started, and complain of it
                running = {pool.submit(work, items[i]): i for i in order}
                # The pool wakes up and then starts a worker, so that it may not watch the last one (Python 3.11). One
                # more call wakes it again, when all are there; no worker starts for it.
                pool.submit(os.getpid)
            for future in as_completed(running):
                outcomes[running[future]] = future.result()
                done()
        except BaseException:
            for process in multiprocessing.active_children():
                process.kill()  # some may not have joined the group yet
            GROUP.end()
            raise
        finally:
            pool.shutdown(cancel_futures=True)
    return [outcomes[i] for i in range(len(items))]


def cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _start(folder: str, group: int) -> None:
    GROUP.join(group)
    tempfile.tempdir = folder  # left-over files are deleted with the parent's folder
