"""A model of a CPU offloads instructions over CV-X-IF; what comes back is compared with the golden model's sums.

It offers instructions of ours and others, hands over registers one by one, commits and kills one or several at a time,
before or after they are taken, and takes results with waits; ids are not consecutive.
"""

import random
from dataclasses import dataclass
from itertools import count

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, RisingEdge

import lmul

DOT = lmul.DotParameters(lmul.Parameters(lmul.E4M3), lmul.Accumulator.FIXED)
KINDS = {"add": 0b000, "end": 0b001, "high": 0b010, "not ours": 0b011}
IDS = 16


@dataclass
class Instruction:
    kind: str
    number: int
    rd: int
    registers: tuple[int, int]
    accepted: bool | None = None  # None: not yet issued
    fate: str = ""  # "commit" or "kill"

    @property
    def word(self) -> int:
        return 0b0001011 | self.rd << 7 | KINDS[self.kind] << 12 | 11 << 15 | 12 << 20


class Model:
    """State of the instructions: terms of the sum that is under way, and the high word of the last one."""

    def __init__(self) -> None:
        self.x, self.y, self.high, self.sums = [], [], 0, 0

    def result(self, i: Instruction) -> tuple[bool, int]:
        if i.kind == "high":
            return True, self.high
        for codes, register in zip((self.x, self.y), i.registers, strict=True):
            codes += register.to_bytes(4, "little")
        if i.kind == "add":
            return False, 0
        total = int(lmul.dot_product(DOT, self.x, self.y).codes)
        self.x, self.y, self.high, self.sums = [], [], total >> 32 & 0xFFFFFFFF, self.sums + 1
        return True, total & 0xFFFFFFFF


@cocotb.test()
async def sums_are_those_of_the_model(dut):
    Clock(dut.clk, 10, "ns").start()
    dut.rst.value, dut.issue_valid.value, dut.register_valid.value, dut.commit_valid.value = 1, 0, 0, 0
    await ClockCycles(dut.clk, 2)
    dut.rst.value = 0
    model, flight, offered, last = Model(), [], None, 0
    seen = dict.fromkeys(("retracted", "killed", "killed at issue", "committed at issue", "not ours"), 0)
    for cycle in count():
        if offered is None and random.random() < 0.7 and (not flight or (last + 2 - flight[0].number) % IDS < IDS // 2):
            last = (last + random.randint(1, 2)) % IDS
            registers = random.getrandbits(32), random.getrandbits(32)
            offered = Instruction(random.choice([*KINDS, "add"]), last, random.randrange(32), registers)
            flight.append(offered)
            valid = 0
        dut.issue_valid.value = dut.register_valid.value = offered is not None
        if offered is not None:
            valid |= random.getrandbits(2)
            dut.issue_req_instr.value, dut.issue_req_id.value = offered.word, offered.number
            dut.issue_req_hartid.value = 0
            dut.register_rs1.value, dut.register_rs2.value = offered.registers
            dut.register_rs_valid.value = valid
        undecided = [i for i in flight if not i.fate]
        commits = bool(undecided) and random.random() < 0.4
        dut.commit_valid.value = commits
        if commits:
            place = random.randrange(len(undecided))
            kill = random.random() < 0.3
            dut.commit_id.value, dut.commit_kill.value = undecided[place].number, kill
            for i in undecided[place:] if kill else undecided[: place + 1]:
                i.fate = "kill" if kill else "commit"
                seen["killed"] += kill
                seen["killed at issue" if kill else "committed at issue"] += i is offered
        dut.result_ready.value = random.getrandbits(1)

        await RisingEdge(dut.clk)
        if dut.result_valid.value and dut.result_ready.value:
            i = next(i for i in flight if i.accepted and i.fate != "kill")
            we, data = model.result(i)
            assert i.fate == "commit" and dut.result_id.value == i.number and dut.result_rd.value == i.rd
            assert dut.result_we.value == we and (not we or dut.result_data.value == data), (i, data)
            flight.remove(i)
        if offered is not None and dut.issue_ready.value:
            offered.accepted = offered.kind != "not ours"
            assert dut.issue_resp_accept.value == offered.accepted
            assert not offered.accepted or dut.issue_resp_writeback.value == (offered.kind != "add")
            seen["not ours"] += not offered.accepted
            offered = None
        elif offered is not None and offered.fate == "kill" and random.getrandbits(1):
            flight.remove(offered)
            offered = None
            seen["retracted"] += 1
        ended = [i for i in flight if i.accepted is not None and (i.fate == "kill" or (i.fate and not i.accepted))]
        flight = [i for i in flight if i not in ended]
        assert cycle < 100_000, "it is stuck"
        if model.sums == 300:
            break
    assert all(seen.values()), seen
    dut._log.info("%d sums and %d cycles; %s", model.sums, cycle, seen)
